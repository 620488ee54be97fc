"""Data and commands that train the reader (docs/reader.md). Nothing here runs in the server."""
