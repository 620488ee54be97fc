"""Exports interviews, or everything, as JSON, as a ZIP with the audio, or as a report for people."""

from __future__ import annotations

import asyncio
import hashlib
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import IO, Literal

from hotseat.clock import Clock
from hotseat.engines import codecs
from hotseat.errors import InputError
from hotseat.practice.preparation import Preparation
from hotseat.questions.library import Library
from hotseat.review.reviews import Reviews
from hotseat.review.rounds import Rounds
from hotseat.session.records import LOCAL
from hotseat.speech.recordings import AudioArchive
from hotseat.storage.rows import PERSON_COLUMNS, Row, Rows, Scope
from hotseat.storage.storage import Storage
from hotseat.transfer.document import Document, Recording
from hotseat.transfer.report import write_report

Format = Literal["json", "zip", "md", "html"]
MEDIA_TYPES: dict[Format, str] = {
    "json": "application/json",
    "zip": "application/zip",
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
}
DOCUMENT = "export.json"
"""Name of the document in a ZIP."""


async def export(
    storage: Storage, library: Library, clock: Clock, scope: Scope, kind: Format, codec: codecs.Codec, file: IO[bytes]
) -> None:
    """Writes the export to the open file. Raises InputError for an unknown interview, StorageError, OSError.

    An HTML report of chosen interviews contains their audio; one of everything would be too large to open with it.
    """
    if kind == "md" or kind == "html":
        ids = await storage.tables.interviews(scope)
        _check_present(scope, ids)
        shown = Reviews(Rounds(storage.store, library.bank, storage.store.load_state), storage.archive)
        reviews = [review for interview_id in ids if (review := await shown.review(interview_id)) is not None]
        assessments = []
        if everything := scope.interviews is None:
            preparation = Preparation(storage.store, clock, library, scope.owner or LOCAL)
            assessments = (await preparation.assessments())["assessments"]
        within = None if everything else codec
        await asyncio.to_thread(write_report, kind, reviews, assessments, file, storage.archive, within)
        return
    rows = await storage.tables.read(scope)
    _check_present(scope, [row["id"] for row in rows.tables["interviews"]])
    if scope.owner is not None:  # an account's id means nothing elsewhere
        rows = of_person(rows, LOCAL)
    exported = datetime.fromtimestamp(clock.wall(), UTC)
    document = Document(hotseat=version("hotseat"), exported=exported, revision=rows.revision, tables=rows.tables)
    if kind == "json":
        file.write(document.to_json())
    else:
        await asyncio.to_thread(_write_zip, document, storage.archive, codec, file)


def _check_present(scope: Scope, ids: Sequence[str]) -> None:
    missing = set(scope.interviews or ()).difference(ids)
    if missing:
        raise InputError(f"there is no interview {', '.join(sorted(missing))}")


def _write_zip(document: Document, archive: AudioArchive, codec: codecs.Codec, file: IO[bytes]) -> None:
    recordings = []
    # Stored, as the audio is compressed already.
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as target:
        for row in document.tables["interviews"]:
            for stored in archive.stored(str(row["id"])):
                pcm = archive.read(stored.interview_id, stored.turn_id)
                if not pcm:
                    continue
                data = codecs.encode(pcm, codec)
                recording = Recording(
                    **asdict(stored),
                    samples=len(pcm) // 2,
                    codec=codec,
                    file=f"audio/{stored.interview_id}/{stored.turn_id:03d}.{codecs.EXTENSIONS[codec]}",
                    sha256=hashlib.sha256(data).hexdigest(),
                )
                target.writestr(recording.file, data)
                recordings.append(recording)
        complete = document.model_copy(update={"recordings": recordings})
        target.writestr(DOCUMENT, complete.to_json(), zipfile.ZIP_DEFLATED)


def of_person(rows: Rows, person: str) -> Rows:
    """The rows with this person as their owner."""

    def own(row: Row) -> Row:
        return {name: person if name in PERSON_COLUMNS else value for name, value in row.items()}

    return replace(rows, tables={name: [own(row) for row in table] for name, table in rows.tables.items()})
