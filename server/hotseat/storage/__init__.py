"""Where interviews, accounts and audio are kept: SQLite or PostgreSQL, a folder or an object store."""
