"""Interviews, or everything, written to a file: JSON, a ZIP with the audio, or a report to read."""

from __future__ import annotations

import asyncio
import hashlib
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import IO, Literal

from server.adapters import codecs
from server.errors import InputError
from server.ports import LOCAL, PERSON_COLUMNS, AudioArchive, Row, Rows, Scope
from server.services import Services
from server.transfer.document import Document, Recording, make_document, to_json

Format = Literal["json", "zip"]
MEDIA_TYPES: dict[Format, str] = {
    "json": "application/json",
    "zip": "application/zip",
}
DOCUMENT = "export.json"
"""Name of the document in a ZIP."""


async def export(services: Services, scope: Scope, kind: Format, codec: codecs.Codec, file: IO[bytes]) -> None:
    """Writes the export to the open file. Raises InputError for an interview that isn't there, StorageError, OSError."""
    rows = await services.tables.read(scope)
    ids = [row["id"] for row in rows.tables["interviews"]]
    missing = set(scope.interviews or ()).difference(ids)
    if missing:
        raise InputError(f"there is no interview {', '.join(sorted(missing))}")
    document = make_document(
        # An account's id means nothing elsewhere.
        of_person(rows, LOCAL) if scope.owner is not None else rows,
        [],
        version("hotseat"),
        datetime.fromtimestamp(services.clock.wall(), UTC),
    )
    if kind == "json":
        file.write(to_json(document))
    else:
        await asyncio.to_thread(_write_zip, document, services.archive, codec, file)


def _write_zip(document: Document, archive: AudioArchive, codec: codecs.Codec, file: IO[bytes]) -> None:
    recordings = []
    # Audio doesn't get smaller by being packed once more.
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as target:
        for row in document.tables["interviews"]:
            for stored in archive.stored(str(row["id"])):
                pcm = archive.read(stored.interview_id, stored.turn_id)
                if not pcm:
                    continue
                data = codecs.encode(pcm, codec)
                recording = Recording(
                    interview_id=stored.interview_id,
                    turn_id=stored.turn_id,
                    first_frame=stored.first_frame,
                    samples=len(pcm) // 2,
                    codec=codec,
                    file=f"audio/{stored.interview_id}/{stored.turn_id:03d}.{codecs.EXTENSIONS[codec]}",
                    sha256=hashlib.sha256(data).hexdigest(),
                )
                target.writestr(recording.file, data)
                recordings.append(recording)
        complete = document.model_copy(update={"recordings": recordings})
        target.writestr(DOCUMENT, to_json(complete), zipfile.ZIP_DEFLATED)


def of_person(rows: Rows, person: str) -> Rows:
    """The rows as this person's."""

    def own(row: Row) -> Row:
        return {name: person if name in PERSON_COLUMNS else value for name, value in row.items()}

    return replace(rows, tables={name: [own(row) for row in table] for name, table in rows.tables.items()})
