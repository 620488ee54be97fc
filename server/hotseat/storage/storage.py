"""Where interviews are kept: one database and one audio archive."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hotseat.speech.recordings import AudioArchive
from hotseat.storage.store import SqlStore
from hotseat.storage.tables import SqlTables


@dataclass(frozen=True, slots=True)
class Storage:
    """The parts of the storage that one process has open."""

    store: SqlStore
    tables: SqlTables
    """The same database as the store's."""
    archive: AudioArchive
    data_dir: Path
    """Folder for temporary files; also holds the database and the audio unless they are elsewhere."""
    database_url: str
    is_archive_remote: bool = False
    """Audio is in an object store, so that its size is not limited by the disk of the data directory."""
