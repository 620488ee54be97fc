"""An export put back: checked as a whole first, then its audio, then all its rows in one transaction."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from server.adapters import codecs
from server.adapters.store import SqlStore
from server.adapters.tables import SqlTables
from server.core import session
from server.errors import HotseatError, InputError
from server.ports import AudioArchive, Row, Rows, Scope, StoredAudio
from server.practice.due import Practice
from server.practice.preparation import Preparation
from server.room.eventlog import decode_event, decode_plan
from server.room.interviews import Interviews
from server.room.snapshot import summary
from server.services import Services
from server.transfer.audio import put
from server.transfer.document import Document, Recording, from_json
from server.transfer.exporting import DOCUMENT, of_person
from server.transfer.removing import work_out_cards
from server.transfer.zips import ZipSource

MAX_DOCUMENT_BYTES = 256 << 20
_MAX_AUDIO_FILE_BYTES = 128 << 20
"""An hour of FLAC at its worst."""
_ZIP_MAGIC = b"PK"
_ID = re.compile(r"^[A-Za-z0-9_-]{1,32}$")
_LATEST = 4_102_444_800.0
"""The year 2100, in seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an import."""

    interviews: tuple[str, ...]
    """Ids of those that were added."""
    skipped: tuple[str, ...]
    """Ids of those that are here already, and were left as they are."""
    rows: int
    present: int
    """Other rows that are here already."""
    kept: tuple[str, ...]
    """Other rows that differ from what is here, which was left as it is."""
    recordings: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


async def import_file(services: Services, file: IO[bytes], owner: str | None = None) -> Imported:
    """Adds what a JSON or ZIP export holds, for ``owner`` or for whom it says. Raises InputError, StorageError."""
    document, source = await asyncio.to_thread(_open, file)
    async with carried_forward(services, document.rows) as scratch:
        checked = await checked_rows(scratch)
    if owner is not None:
        checked = of_person(checked, owner)
    ids = tuple(row["id"] for row in checked.tables["interviews"])
    here = frozenset(await services.tables.interviews(Scope(interviews=ids)))
    fresh = _without(checked, here)
    recordings = [recording for recording in document.recordings if recording.interview_id not in here]
    # Rows last: an interview is never in the list without its audio.
    try:
        await asyncio.to_thread(_store_audio, services.archive, source, recordings)
        added = await services.tables.add(fresh)
    except HotseatError:
        # Unless somebody else has imported the same meanwhile.
        arrived = await services.tables.interviews(Scope(interviews=ids))
        for interview_id in {recording.interview_id for recording in recordings}.difference(arrived):
            await asyncio.to_thread(services.archive.delete, interview_id)
        raise
    await work_out_cards(services, fresh.tables["ratings"])
    await Practice(services).catch_up()  # exports older than ratings have none
    return Imported(
        interviews=tuple(row["id"] for row in fresh.tables["interviews"]),
        skipped=tuple(sorted(here)),
        rows=added.rows,
        present=added.present,
        kept=added.kept,
        recordings=len(recordings),
    )


def _open(file: IO[bytes]) -> tuple[Document, ZipSource | None]:
    start = file.read(2)
    file.seek(0)
    if start == _ZIP_MAGIC:
        source = ZipSource(file)
        document = from_json(source.read(DOCUMENT, MAX_DOCUMENT_BYTES))
        for recording in document.recordings:  # what is damaged is told before anything is changed
            _pcm(source, recording)
        return document, source
    data = file.read(MAX_DOCUMENT_BYTES + 1)
    if len(data) > MAX_DOCUMENT_BYTES:
        raise InputError(f"the file is larger than {MAX_DOCUMENT_BYTES >> 20} MB; export fewer interviews at a time")
    document = from_json(data)
    # A document taken out of its ZIP: the words are here, the audio is not.
    return document.model_copy(update={"recordings": []}), None


@asynccontextmanager
async def carried_forward(services: Services, rows: Rows) -> AsyncIterator[Services]:
    """Services on a database of today's schema that holds just the rows, whichever schema they are of.

    They go into an empty database of their own age, which is then migrated like any other. Raises InputError for rows that
    don't fit theirs.
    """
    with tempfile.TemporaryDirectory() as folder:
        store = SqlStore(f"sqlite+aiosqlite:///{Path(folder) / 'scratch.db'}")
        try:
            if rows.revision not in await store.revisions():
                raise InputError(f"revision: schema {rows.revision} is not known here; a newer Hotseat has written this file")
            tables = SqlTables(store.engine)
            await store.migrate(rows.revision)
            await tables.add(rows)
            await store.migrate()
            yield replace(services, store=store, tables=tables)
        finally:
            await store.close()


async def checked_rows(scratch: Services) -> Rows:
    """All rows, with every summary made anew from its log. Raises InputError for what no page could show."""
    rows = await scratch.tables.read(Scope())
    logs: dict[str, list[Row]] = {}
    for event in rows.tables["events"]:
        logs.setdefault(event["interview_id"], []).append(event)
    interviews = [
        # Held by a process that isn't alive: whichever is goes on with what the interview waits for.
        {**row, "summary": _summary(row, logs.get(row["id"], [])), "replica": "import"}
        for row in rows.tables["interviews"]
    ]
    shown = Interviews(scratch)
    for row in interviews:
        await _try(f"tables.interviews: {row['id']}", shown.review(row["id"]))
    for owner in {row["owner"] for name in ("assessments", "settings") for row in rows.tables[name]}:
        preparation = Preparation(scratch, shown, owner)
        for name, work in (("assessments", preparation.assessments), ("settings", preparation.plan)):
            await _try(f"tables.{name}", work())
    return replace(rows, tables={**rows.tables, "interviews": interviews})


async def _try(place: str, work: Awaitable[object]) -> None:
    try:
        await work
    except Exception as error:  # whatever it is, the page would meet it, too
        raise InputError(f"{place}: can't be shown: {type(error).__name__}: {error}") from None


def _summary(row: Row, log: Sequence[Row]) -> dict[str, Any]:
    place = f"tables.interviews: {row['id']!r:.40}"
    if not _ID.match(row["id"]):
        raise InputError(f"{place} is not an interview id")
    if not _is_date(row["created"]) or not isinstance(row["options"], dict):
        raise InputError(f"{place} has no date or no options")
    if [event["seq"] for event in log] != list(range(len(log))):
        raise InputError(f"{place} has gaps in its log")
    try:
        history = tuple((decode_event(event["type"], event["payload"]), event["monotonic"]) for event in log)
        return summary(session.replay(decode_plan(row["plan"]), history))
    except KeyError as error:
        raise InputError(f"{place}: its log has an event that is not known here: {error}") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise InputError(f"{place}: {'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from None
    except ValueError as error:
        raise InputError(f"{place}: {error}") from None


def _is_date(seconds: float) -> bool:
    return 0 <= seconds <= _LATEST


def _without(rows: Rows, interview_ids: frozenset[str]) -> Rows:
    tables = {
        name: [row for row in table if row.get("id" if name == "interviews" else "interview_id") not in interview_ids]
        for name, table in rows.tables.items()
    }
    return replace(rows, tables=tables)


def _store_audio(archive: AudioArchive, source: ZipSource | None, recordings: Sequence[Recording]) -> None:
    """Raises InputError, StorageError."""
    for interview_id in {recording.interview_id for recording in recordings}:
        archive.delete(interview_id)  # what an import that was cut off has left
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
