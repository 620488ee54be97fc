"""A SQLite database as one file: copied and replaced while others use it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from hotseat.errors import InputError, StorageError

_TIMEOUT_S = 30.0
"""How long a copy waits for whoever writes."""


class SqliteFile:
    """Both methods block for as long as the disk takes."""

    def __init__(self, url: str) -> None:
        """Of the database, as in SQLAlchemy. Raises InputError for a database that isn't SQLite."""
        parsed = sa.make_url(url)
        if parsed.get_backend_name() != "sqlite":
            raise InputError(
                "the database is not SQLite: for PostgreSQL use pg_dump and pg_restore, and copy the audio store; "
                "or take everything out with `hotseat export --all --format zip --audio flac`"
            )
        self._live = Path(str(parsed.database))

    def snapshot(self, path: Path) -> None:
        """A copy of the whole database as a new file, as of one moment; what was deleted is not in it. Raises StorageError."""
        try:
            with closing(sqlite3.connect(self._live, timeout=_TIMEOUT_S)) as database:
                database.execute("VACUUM INTO ?", (str(path),))
        except sqlite3.Error as error:
            raise StorageError(f"the database {self._live} can't be copied: {error}") from error

    def replace(self, path: Path) -> None:
        """Puts a file of today's schema in the place of the whole database, at one moment.

        Whoever runs an interview finds its term over. Raises InputError for a damaged file, StorageError.
        """
        try:
            latest = self._latest_term()
            with closing(sqlite3.connect(path)) as copy, closing(sqlite3.connect(self._live, timeout=_TIMEOUT_S)) as database:
                damage = copy.execute("PRAGMA integrity_check").fetchone()[0]
                if damage != "ok":
                    raise InputError(f"the database to restore is damaged: {damage}")
                with copy:
                    copy.execute("DELETE FROM replicas")
                    copy.execute("UPDATE interviews SET replica = 'backup', term = max(term, ?) + 1", (latest,))
                # SQLite's own online copy: other connections see all of it or nothing, and wait meanwhile.
                copy.backup(database)
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except (sqlite3.Error, OSError) as error:
            raise StorageError(f"the database {self._live} can't be replaced: {error}") from error

    def _latest_term(self) -> int:
        """Removes a file that is so damaged that SQLite can't write to it."""
        try:
            with closing(sqlite3.connect(self._live, timeout=_TIMEOUT_S)) as database:
                tables = database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'interviews'").fetchone()[0]
                return int(database.execute("SELECT coalesce(max(term), 0) FROM interviews").fetchone()[0]) if tables else 0
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                raise
            for suffix in ("", "-wal", "-shm"):
                self._live.with_name(self._live.name + suffix).unlink(missing_ok=True)
            return 0
