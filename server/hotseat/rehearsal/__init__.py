"""Audio files in place of a candidate."""
