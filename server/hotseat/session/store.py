"""What everything that looks at interviews reads of them. hotseat.storage.store implements it."""

from __future__ import annotations

from typing import Protocol

from hotseat.session.records import Afterwards, InterviewRecord, LoggedEvent


class InterviewReader(Protocol):
    """Every method raises StorageError."""

    async def load(self, interview_id: str) -> tuple[InterviewRecord, tuple[LoggedEvent, ...]] | None: ...

    async def owner_of(self, interview_id: str) -> str | None:
        """Whose interview it is; None if there is no such interview."""
        ...

    async def list(
        self, owner: str | None, limit: int | None = None, offset: int = 0, *, answered: bool = False
    ) -> tuple[InterviewRecord, ...]:
        """This person's interviews, or everybody's (None), newest first; all without a limit; or only those ``answered``."""
        ...

    async def count(self, owner: str) -> int:
        """In how many interviews this person has answered something."""
        ...

    async def afterwards(self, interview_id: str) -> Afterwards:
        """What was added to the interview; empty where there is none."""
        ...
