"""The room an interview takes place in: its shell, ears, voice and interviewer, and the browser's socket."""
