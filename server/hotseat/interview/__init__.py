"""A running interview: its loop, the interviewer, the voice and the browser's socket."""
