"""State of the parts of a server: loading, ready, degraded, failed or off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from hotseat.errors import HotseatError

STORAGE, HEARING, VOICE, LLM, GRADER = "Storage", "Speech recognition", "Voice", "Interviewer (LLM)", "Grader"


class PartState(StrEnum):
    LOADING = "loading"
    READY = "ready"
    DEGRADED = "degraded"
    """Stopped working, and is being replaced by hotseat.supervision."""
    FAILED = "failed"
    OFF = "off"


@dataclass(slots=True)
class Part:
    """The state of one part, as the page shows it."""

    name: str
    state: PartState = PartState.LOADING
    detail: str = "waiting"
    done: int = 0
    total: int = 0
    """Bytes or steps; 0 if unknown."""
    replaced: int = 0
    """How often it stopped working and was replaced or came back."""

    @property
    def is_well(self) -> bool:
        """Whether it works, or is switched off."""
        return self.state in (PartState.READY, PartState.OFF)

    def progress(self, label: str, done: int, total: int) -> None:
        self.detail, self.done, self.total = label, done, total


@dataclass(slots=True)
class ServerStatus:
    """Every part by name, and whether interviews can be held."""

    parts: dict[str, Part] = field(
        default_factory=lambda: {name: Part(name) for name in (STORAGE, HEARING, VOICE, LLM, GRADER)}
    )
    """A server's, none of them loaded yet."""
    stopping: bool = False
    """The process is about to end and takes no new interviews."""

    @property
    def is_ready(self) -> bool:
        """Whether interviews can be held: every part works or is off, and the process is not about to end.

        Interviews can do without a degraded part other than speech recognition. An LLM that failed to load is off.
        """
        working = all(
            part.is_well or (part.state is PartState.DEGRADED and part.name != HEARING) for part in self.parts.values()
        )
        return not self.stopping and working

    @property
    def degraded(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts.values() if part.state is PartState.DEGRADED)

    @contextmanager
    def loading(self, name: str) -> Iterator[Part]:
        """Marks a part as ready at the end, or as failed with the reason of a HotseatError."""
        part = self.parts.setdefault(name, Part(name))
        try:
            yield part
        except HotseatError as error:
            part.state, part.detail = PartState.FAILED, str(error)
        else:
            if part.state is PartState.LOADING:
                part.state = PartState.READY
