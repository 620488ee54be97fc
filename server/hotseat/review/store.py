"""Where what the candidate adds to an interview is kept. hotseat.storage.store implements it."""

from __future__ import annotations

from typing import Protocol

from hotseat.domain.corrections import Correction
from hotseat.session.records import Note, Regrade
from hotseat.session.store import InterviewReader


class ReviewStore(InterviewReader, Protocol):
    """Every method raises StorageError."""

    async def keep_note(self, interview_id: str, note: Note) -> None:
        """Replaces the round's note."""
        ...

    async def add_correction(self, interview_id: str, correction: Correction) -> None: ...

    async def add_regrade(self, interview_id: str, regrade: Regrade) -> None: ...
