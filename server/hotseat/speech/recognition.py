"""What listening needs of a speech recogniser, of voice activity and end-of-turn detection: hotseat.engines implements them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from hotseat.domain.model import Word
from hotseat.speech.audio import Samples


class Priority(IntEnum):
    """Order in which recognition jobs run; lower runs first."""

    FINAL = 0
    COMMIT = 1
    PARTIAL = 2
    REVIEW = 3
    """Heard before; heard again with more around it if nobody else is speaking."""


@dataclass(frozen=True, slots=True)
class RecognitionJob:
    """One stretch of audio to be recognised."""

    session: str
    """Id of whose audio it is; a newer PARTIAL of a session replaces its waiting one."""
    samples: Samples
    priority: Priority
    terms: tuple[str, ...] = ()
    """Key terms of the question, to bias towards."""
    fresh: Callable[[], Samples] | None = None
    """The audio once the job begins, where there is more by then (partials): a word spoken while it waits is heard, too."""


class Superseded(Exception):
    """A waiting partial was replaced by a newer one or dropped under load, or there are no reviews here."""


class Transcriber(Protocol):
    """Speech to text. Word times are seconds from the start of the job's samples."""

    async def recognise(self, job: RecognitionJob) -> tuple[Word, ...]:
        """Raises Superseded (partials and reviews only) or TranscriberError."""
        ...


class TurnModel(Protocol):
    """Tells from how somebody sounds whether they have finished."""

    def finished(self, samples: Samples) -> float:
        """Probability that the speaker is done after these samples. May take a tenth of a second, in any thread."""
        ...


class VoiceActivity(Protocol):
    """Speech probability, one instance per answer."""

    def feed(self, samples: Samples) -> list[float]:
        """Returns one probability per whole 512-sample window completed by these samples."""
        ...
