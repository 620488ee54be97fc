"""Starting one process: every part built, wired to the others, and loaded."""
