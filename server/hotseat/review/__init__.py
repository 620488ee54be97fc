"""An interview looked back on: what its review shows, and what the candidate adds to it."""
