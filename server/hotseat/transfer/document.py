"""What an export holds. docs/export.md explains it; docs/export.schema.json is made from these models."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, ConfigDict, Field, JsonValue, ValidationError, model_validator

from hotseat.errors import InputError
from hotseat.speech.audio import SAMPLE_RATE
from hotseat.storage.rows import Rows
from hotseat.strict_model import StrictModel, first_error
from hotseat.text.controls import escaped_lines

VERSION: Final = 1
MAX_SAMPLES = 3600 * SAMPLE_RATE
"""Longest recording: an hour."""

_FEW, _BYTES_A_BRACKET = 10_000, 16
"""Limits on lists and objects in a document, as even empty ones take memory. Exports have forty bytes or more for each."""

_Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")]


class _Model(StrictModel):
    model_config = ConfigDict(use_attribute_docstrings=True)


class Recording(_Model):
    """One answer's audio, in a file beside export.json in the ZIP."""

    interview_id: _Id
    turn_id: Annotated[int, Field(ge=0, le=100_000)]
    first_frame: Annotated[int, Field(ge=0, le=2**31 - 1)]
    """Number of the first microphone frame (40 ms each) it holds."""
    samples: Annotated[int, Field(gt=0, le=MAX_SAMPLES)]
    """Samples of the original: mono, 16-bit, 16,000 a second."""
    codec: Literal["flac", "opus"]
    """flac gives the original back, sample for sample; opus only its sound."""
    file: Annotated[str, Field(max_length=200)]
    """Name in the ZIP."""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """SHA-256 of the file, in hex."""


class Document(_Model):
    """Interviews, or everything, as rows of the database's tables."""

    format: Literal["hotseat-export"] = "hotseat-export"
    version: Literal[1] = VERSION
    """Version of this document's form; ``revision`` gives the rows'."""
    hotseat: Annotated[str, Field(max_length=40)]
    """Version of the program that wrote it."""
    exported: AwareDatetime
    revision: Annotated[str, Field(pattern=r"^[0-9A-Za-z_]{1,64}$")]
    """Revision of the database schema. A newer Hotseat carries the rows forward by its migrations."""
    tables: dict[str, list[dict[str, JsonValue]]]
    """Rows by table. ``interviews`` and ``events`` (an interview's log, which is all of it) are always there."""
    recordings: list[Recording] = []

    @model_validator(mode="after")
    def _finite(self) -> Document:
        json.dumps(self.tables, allow_nan=False)  # raises ValueError for NaN and infinities, which JSON doesn't have
        return self

    @model_validator(mode="after")
    def _recordings_belong(self) -> Document:
        ids = {row["id"] for row in self.tables.get("interviews", []) if isinstance(row.get("id"), str)}
        stray = {recording.interview_id for recording in self.recordings if recording.interview_id not in ids}
        if stray:
            raise ValueError(f"recordings of interviews that are not in it: {', '.join(sorted(stray))}")
        turns = [(recording.interview_id, recording.turn_id) for recording in self.recordings]
        if len(set(turns)) < len(turns):
            raise ValueError("two recordings of one turn")
        if len({recording.file for recording in self.recordings}) < len(self.recordings):
            raise ValueError("two recordings in one file")
        return self

    def to_json(self) -> bytes:
        # JSON leaves some characters that a terminal obeys as they are.
        return escaped_lines(self.model_dump_json(indent=1)).encode()

    @property
    def rows(self) -> Rows:
        return Rows(self.revision, {name: [dict(row) for row in rows] for name, rows in self.tables.items()})


def from_json(data: bytes) -> Document:
    """Raises InputError naming the field."""
    if data.count(b"[") + data.count(b"{") > max(_FEW, len(data) // _BYTES_A_BRACKET):
        raise InputError("this is not an export of Hotseat: it is hardly more than brackets")
    try:
        return Document.model_validate_json(data)
    except ValidationError as error:
        raise InputError(f"this is not an export of Hotseat: {first_error(error)}") from None


def schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the document."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Document.model_json_schema()}
