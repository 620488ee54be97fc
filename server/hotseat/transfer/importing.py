"""Imports an export: checks all of it, then stores its audio, then all its rows in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from typing import IO

from hotseat.clock import Clock
from hotseat.engines import codecs
from hotseat.errors import HotseatError, InputError, NoRoomError
from hotseat.practice.due import Practice
from hotseat.questions.library import Library
from hotseat.speech.recordings import AudioArchive, StoredAudio
from hotseat.storage.rows import Rows, Scope
from hotseat.storage.storage import Storage
from hotseat.storage.store import SqlStore
from hotseat.storage.tables import SqlTables
from hotseat.transfer.audio import put
from hotseat.transfer.checking import checked_rows
from hotseat.transfer.disk_space import free_bytes
from hotseat.transfer.document import Document, Recording, from_json
from hotseat.transfer.exporting import DOCUMENT, of_person
from hotseat.transfer.temporary_folders import temporary_folder
from hotseat.transfer.zips import ZipSource

MAX_DOCUMENT_BYTES = 256 << 20
_FEWER = f"export fewer interviews at a time, or use `hotseat import`, which takes up to {MAX_DOCUMENT_BYTES >> 20} MB"
_MAX_AUDIO_FILE_BYTES = 128 << 20
"""An hour of FLAC at its worst."""
_ZIP_MAGIC = b"PK"
_MAX_CONTENTS_BYTES = 4 << 20
"""Largest table of contents of a ZIP, enough for some 50,000 recordings."""


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of an import."""

    interviews: tuple[str, ...]
    """Ids of the interviews added."""
    skipped: tuple[str, ...]
    """Ids of interviews that existed already and were not changed."""
    rows: int
    """Rows added."""
    present: int
    """Other rows that existed already."""
    kept: tuple[str, ...]
    """Existing rows that differ from those imported and were not changed, such as "settings plan"."""
    recordings: int


async def import_file(
    storage: Storage,
    library: Library,
    clock: Clock,
    file: IO[bytes],
    owner: str | None = None,
    max_bytes: int = MAX_DOCUMENT_BYTES,
) -> Imported:
    """Imports a JSON or ZIP export for ``owner`` or, by default, for the owners it names.

    ``max_bytes`` limits its document. Raises InputError, NoRoomError, StorageError.
    """
    room = None if storage.is_archive_remote else free_bytes(storage.data_dir)
    document, source = await asyncio.to_thread(open_export, file, max_bytes, room)
    all_recordings = document.recordings
    async with migrated(storage, document.rows) as scratch:
        del document  # its rows are in the database: memory holds them only once
        checked = await checked_rows(scratch, library, clock, all_recordings)
    if owner is not None:
        checked = of_person(checked, owner)
    ids = tuple(row["id"] for row in checked.tables["interviews"])
    here = frozenset(await storage.tables.interviews(Scope(interviews=ids)))
    fresh = _without(checked, here)
    recordings = [recording for recording in all_recordings if recording.interview_id not in here]
    # Rows last: an interview is never in the list without its audio.
    try:
        await asyncio.to_thread(_store_audio, storage.archive, source, recordings)
        added = await storage.tables.add(fresh)
    except HotseatError:
        # Remove the audio again, unless somebody else has imported the same interview meanwhile.
        arrived = await storage.tables.interviews(Scope(interviews=ids))
        for interview_id in {recording.interview_id for recording in recordings}.difference(arrived):
            await asyncio.to_thread(storage.archive.delete, interview_id)
        raise
    practice = Practice(storage.store, clock, library.bank)
    await practice.recompute(fresh.tables["ratings"])
    await practice.catch_up()  # exports older than ratings have none
    return Imported(
        interviews=tuple(row["id"] for row in fresh.tables["interviews"]),
        skipped=tuple(sorted(here)),
        recordings=len(recordings),
        **asdict(added),
    )


def open_export(file: IO[bytes], limit: int = MAX_DOCUMENT_BYTES, room: int | None = None) -> tuple[Document, ZipSource | None]:
    """The export's document and, for a ZIP, its files, all of them checked. ``limit`` and ``room`` are bytes.

    Raises InputError, and NoRoomError if the audio needs more than ``room``.
    """
    start = file.read(2)
    file.seek(0)
    if start == _ZIP_MAGIC:
        source = ZipSource(file, _MAX_CONTENTS_BYTES)
        if source.size(DOCUMENT) > limit:
            raise InputError(f"{DOCUMENT} is larger than {limit} bytes; {_FEWER}")
        document = from_json(source.read(DOCUMENT, limit))
        needed = 2 * sum(recording.samples for recording in document.recordings)
        if room is not None and needed > max(0, room):
            raise NoRoomError(f"the audio takes {needed / 1e6:.0f} MB, and the disk has room for {max(0, room) / 1e6:.0f} MB")
        for recording in document.recordings:  # damage is reported before anything is changed
            _pcm(source, recording)
        return document, source
    data = file.read(limit + 1)
    if len(data) > limit:
        raise InputError(f"the file is larger than {limit >> 20} MB; {_FEWER}")
    document = from_json(data)
    # If the document was taken out of its ZIP, its audio isn't there.
    return document.model_copy(update={"recordings": []}), None


@asynccontextmanager
async def migrated(storage: Storage, rows: Rows) -> AsyncIterator[Storage]:
    """Storage with a scratch database of the present schema that holds only these rows, migrated from their own schema.

    Raises InputError if the rows don't fit their schema, or it is unknown.
    """
    with temporary_folder(storage.data_dir) as folder:
        store = SqlStore(f"sqlite+aiosqlite:///{folder / 'scratch.db'}")
        try:
            if rows.revision not in await store.revisions():
                raise InputError(f"revision: schema {rows.revision} is unknown; a newer version of Hotseat wrote this file")
            tables = SqlTables(store.engine)
            await store.migrate(rows.revision)
            await tables.add(rows)
            del rows
            await store.migrate()
            yield replace(storage, store=store, tables=tables)
        finally:
            await store.close()


def _without(rows: Rows, interview_ids: frozenset[str]) -> Rows:
    tables = {
        name: [row for row in table if row.get("id" if name == "interviews" else "interview_id") not in interview_ids]
        for name, table in rows.tables.items()
    }
    return replace(rows, tables=tables)


def _store_audio(archive: AudioArchive, source: ZipSource | None, recordings: Sequence[Recording]) -> None:
    """Raises InputError, StorageError."""
    for interview_id in {recording.interview_id for recording in recordings}:
        archive.delete(interview_id)  # left by an interrupted import
    for recording in recordings:
        assert source is not None
        stored = StoredAudio(recording.interview_id, recording.turn_id, recording.first_frame)
        put(archive, stored, _pcm(source, recording))


def _pcm(source: ZipSource, recording: Recording) -> bytes:
    data = source.read(recording.file, _MAX_AUDIO_FILE_BYTES, recording.sha256)
    try:
        return codecs.decode(data, recording.codec, recording.samples)
    except InputError as error:
        raise InputError(f"{recording.file} {error}") from None
