"""Export, import, deletion, backup and restore."""
