"""A SQLite database as one file: copied and replaced while others use it."""

from __future__ import annotations

import re
import shutil
import sqlite3
import time
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from hotseat.errors import InputError, StorageError

_TIMEOUT_S = 30.0
"""How long a copy waits for whoever writes."""


_COPIES = "before-update"
"""Folder beside the database for copies made before its schema changes."""
_COPY = re.compile(r"schema-(\w+)-([0-9TZ]+)\.db")
_KEPT = 3
"""How many of these copies are kept, the newest."""


class SqliteFile:
    """All methods block."""

    def __init__(self, url: str) -> None:
        """``url`` as in SQLAlchemy. Raises InputError for a database that isn't SQLite."""
        parsed = sa.make_url(url)
        if parsed.get_backend_name() != "sqlite":
            raise InputError(
                "the database is not SQLite: for PostgreSQL use pg_dump and pg_restore, and copy the audio store; "
                "or take everything out with `hotseat export --all --format zip --audio flac`"
            )
        self._live = Path(str(parsed.database))
        self._copies = self._live.parent / _COPIES

    def snapshot(self, path: Path) -> None:
        """Copies the database, as of one moment and without deleted content, to a new file. Raises StorageError."""
        try:
            with closing(sqlite3.connect(self._live, timeout=_TIMEOUT_S)) as database:
                database.execute("VACUUM INTO ?", (str(path),))
        except sqlite3.Error as error:
            raise StorageError(f"the database {self._live} can't be copied: {error}") from error

    def keep_copy(self, schema: str) -> None:
        """Makes and checks a copy named after the schema, and removes all but the newest ``_KEPT``. Raises StorageError."""
        try:
            self._copies.mkdir(mode=0o700, exist_ok=True)
            part = self._copies / "copy.part"
            part.unlink(missing_ok=True)
            self.snapshot(part)
            check(part)
            part.chmod(0o600)
            part.rename(self._copies / f"schema-{schema}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.db")
            for old, _schema in self._kept()[_KEPT:]:
                old.unlink()
        except (InputError, OSError) as error:
            raise StorageError(f"no copy of the database could be made before its update: {error}") from error

    def copy_for(self, schemas: Collection[str]) -> Path | None:
        """The newest copy with one of these schemas; None if there is none."""
        return next((path for path, schema in self._kept() if schema in schemas), None)

    def remove_copies(self) -> None:
        """Removes all copies, which have content that is being deleted. Raises OSError."""
        if self._copies.exists():
            shutil.rmtree(self._copies)

    def _kept(self) -> list[tuple[Path, str]]:
        """All copies with their schemas, newest first."""
        named = [(_COPY.fullmatch(path.name), path) for path in self._copies.glob("*.db")]
        found = sorted(((name[2], name[1], path) for name, path in named if name is not None), reverse=True)
        return [(path, schema) for _made, schema, path in found]

    def replace(self, path: Path) -> None:
        """Replaces the whole database, at one moment, by a file with the present schema.

        Processes that run interviews lose their leases. Raises InputError for a damaged file, StorageError.
        """
        try:
            check(path)
            latest = self._latest_token()
            with closing(sqlite3.connect(path)) as copy, closing(sqlite3.connect(self._live, timeout=_TIMEOUT_S)) as database:
                with copy:
                    copy.execute("DELETE FROM replicas")
                    copy.execute("UPDATE interviews SET replica = 'backup', term = max(term, ?) + 1", (latest,))
                # SQLite's own online copy: other connections see all of it or nothing, and wait meanwhile.
                copy.backup(database)
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except (sqlite3.Error, OSError) as error:
            raise StorageError(f"the database {self._live} can't be replaced: {error}") from error

    def _latest_token(self) -> int:
        """The highest fencing token; 0 for a new database. Removes a file that is too damaged for SQLite to write to."""
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


def check(path: Path) -> None:
    """Reads all of a database file. Raises InputError for a damaged one."""
    try:
        with closing(sqlite3.connect(path)) as database:
            damage = database.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as error:
        damage = str(error)
    if damage != "ok":
        raise InputError(f"the database {path.name} is damaged: {damage}")
