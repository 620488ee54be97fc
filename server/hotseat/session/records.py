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
    """What lists need, derived from the log: phase, rounds, answered, said, verdicts, asides. In records of a list, verdicts
    and asides are those of the grades that count (``Afterwards.latest``)."""
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
    """Counts up while the process is alive; None once it has ended in order."""
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
    """Yes or no to one point that was not sure."""


@dataclass(frozen=True, slots=True)
class Regrade:
    """A later grade of one round. The latest counts; those before it are kept."""

    round: int
    """Index of the round."""
    kind: RegradeKind
    reason: str
    """Which words were corrected; empty for the others, except in old disputes, where it is the candidate's."""
    grade: dict[str, Any]
    """The whole grade, as in the event log."""
    ruling: dict[str, Any]
    """Of a dispute: the point, the passage named, whether it was upheld, and why. Of an answer: the point, the passage and
    whether the candidate said it. Otherwise empty."""
    made: float
    """Seconds since the epoch."""
    by: str
    """Who asked for it."""


@dataclass(frozen=True, slots=True)
class Afterwards:
    """Everything the candidate added to an interview once it was over, oldest first."""

    notes: tuple[Note, ...] = ()
    corrections: tuple[Correction, ...] = ()
    regrades: tuple[Regrade, ...] = ()

    def latest(self, round_index: int) -> Regrade | None:
        """The one that counts in place of the round's first grade."""
        return next((entry for entry in reversed(self.regrades) if entry.round == round_index), None)
