"""An interview as it is stored: its record, its log, its lease, and what the candidate added afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hotseat.domain.corrections import Correction

LOCAL = "local"
"""Owner of all rows where there are no accounts. The first owner's account has this id, too, and so inherits them."""


@dataclass(frozen=True, slots=True)
class InterviewRecord:
    """One stored interview, without its log."""

    id: str
    created: float
    """Seconds since the epoch."""
    format: str
    title: str
    options: dict[str, Any]
    """What the candidate chose: tier, follow_ups, time_factor."""
    plan: dict[str, Any]
    summary: dict[str, Any]
    """What lists show (session.summary). In what ``SqlStore.list`` returns, verdicts and asides are of the latest grades."""
    owner: str
    """Id of the account, or LOCAL."""
    audio_deleted: float | None = None
    """When the audio was deleted for its age, in seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One event of an interview's log."""

    seq: int
    """From 0, without gaps."""
    monotonic: float
    wall: float
    type: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Lease:
    """An interview that this process may run, until another acquires it."""

    record: InterviewRecord
    log: tuple[LoggedEvent, ...]
    token: int
    """Fencing token, incremented on each acquire; writes with an older one are rejected."""


@dataclass(frozen=True, slots=True)
class HeldLease:
    """An interview that some process runs, or ran when it died."""

    interview_id: str
    replica: str
    token: int
    beat: int | None
    """Heartbeat: counts up while the process is alive; None once the process has shut down cleanly."""
    phase: str


@dataclass(frozen=True, slots=True)
class Note:
    """What the candidate wrote down about one round."""

    round: int
    """Index of the round."""
    text: str
    changed: float
    """Seconds since the epoch."""


class RegradeKind(StrEnum):
    """What a round was graded again for."""

    CORRECTED = "corrected"
    """Misheard words."""
    DISPUTED = "disputed"
    """"I said this" of one point."""
    ANSWERED = "answered"
    """The candidate's yes or no to "did you say this?"."""


@dataclass(frozen=True, slots=True)
class Regrade:
    """A later grade of one round. The latest counts; those before it are kept."""

    round: int
    """Index of the round."""
    kind: RegradeKind
    reason: str
    """Which words were corrected; empty for other kinds, except in old disputes, which have the candidate's reason."""
    grade: dict[str, Any]
    """The whole grade, as in the event log."""
    ruling: dict[str, Any]
    """For a dispute: the point, the passage named, whether it was upheld, and why. For a yes or no: the point, the passage and
    whether the candidate said it. Empty for corrections."""
    made: float
    """Seconds since the epoch."""
    by: str
    """Who asked for it."""


@dataclass(frozen=True, slots=True)
class Amendments:
    """Everything that was added to an interview once it was over, oldest first."""

    notes: tuple[Note, ...] = ()
    corrections: tuple[Correction, ...] = ()
    regrades: tuple[Regrade, ...] = ()
