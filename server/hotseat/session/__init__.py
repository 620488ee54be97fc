"""An interview as a pure state machine, its events, and their log."""
