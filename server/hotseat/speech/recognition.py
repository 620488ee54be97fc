"""Interfaces of speech recognisers, voice activity detectors and end-of-turn models; hotseat.engines implements them."""

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
    """A second pass over segments that were recognised before; only if nobody else is speaking."""


@dataclass(frozen=True, slots=True)
class RecognitionJob:
    """One stretch of audio to be recognised."""

    session: str
    """Id of whose audio it is; a newer PARTIAL of a session replaces its waiting one."""
    samples: Samples
    priority: Priority
    terms: tuple[str, ...] = ()
    """Hotwords: key terms of the question that the recogniser is biased towards."""
    fresh: Callable[[], Samples] | None = None
    """Returns the audio to use in place of ``samples`` when the job starts, as more may have been said (partials)."""


class Superseded(Exception):
    """A partial was replaced by a newer one or dropped under load, or a review was dropped or isn't supported."""


class Transcriber(Protocol):
    """Speech to text. Word times are seconds from the start of the job's samples."""

    async def recognise(self, job: RecognitionJob) -> tuple[Word, ...]:
        """Raises Superseded (partials and reviews only) or TranscriberError."""


JUDGED_S = 8
"""Seconds of audio, up to the silence, that a ``TurnModel`` is given."""


class TurnModel(Protocol):
    """Tells from the sound of somebody's speech whether they have finished."""

    def finished(self, samples: Samples) -> float:
        """Probability, 0 to 1, that the speaker has finished after these samples (``JUDGED_S``). Takes 0.1 s; thread-safe."""


class VoiceActivity(Protocol):
    """Voice activity detector; has state, so one instance per answer."""

    def feed(self, samples: Samples) -> list[float]:
        """The speech probability, 0 to 1, of each 512-sample window that these samples complete."""
