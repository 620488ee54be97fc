"""Where interviews are written while they run: their records, logs and leases. hotseat.storage.store implements it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from hotseat.session.records import HeldLease, InterviewRecord, Lease, LoggedEvent
from hotseat.session.store import InterviewReader


class InterviewStore(InterviewReader, Protocol):
    """Every method raises StorageError."""

    async def create(self, record: InterviewRecord) -> None: ...

    async def acquire(self, interview_id: str, replica: str) -> Lease | None:
        """Makes the process the only one that may run the interview; None if there is none."""
        ...

    async def append(self, interview_id: str, events: Sequence[LoggedEvent], summary: dict[str, Any], token: int = 0) -> None:
        """``token`` is the lease's, 0 for an interview never leased.

        Raises TakenOverError if another process has acquired it since.
        """
        ...

    async def release(self, interview_id: str, token: int) -> None:
        """Says that nobody runs it any more, if this token is still the latest."""
        ...

    async def heartbeat(self, replica: str) -> dict[str, int]:
        """Says that the process is alive; the terms of the interviews it holds, by id."""
        ...

    async def leased_by_others(self, replica: str) -> tuple[HeldLease, ...]: ...

    async def release_all(self, replica: str) -> None:
        """The process ends in order; what it still holds is free."""
        ...

    async def unstarted(self, owner: str) -> tuple[str, ...]:
        """Ids of this person's interviews in which nothing has happened and that nobody runs or has noted on, newest first."""
        ...
