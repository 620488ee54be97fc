"""The interface of the reader: the model that tells what a passage says of a statement, and what an utterance does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hotseat.domain.acts import Act
from hotseat.domain.model import Point

MAX_PHRASINGS, MAX_MISCONCEPTIONS = 2, 3
"""How many of a point's phrasings and misconceptions the reader is given."""


def described(point: Point) -> str:
    """A point as the reader is given it: statement, phrasings and misconceptions in one text."""
    ways = "".join(f" or: {text}" for text in point.phrasings[:MAX_PHRASINGS])
    wrong = "".join(f" not: {text}" for text in point.misconceptions[:MAX_MISCONCEPTIONS])
    return point.statement + ways + wrong


@dataclass(frozen=True, slots=True)
class Reading:
    """How a passage relates to a statement."""

    says: float
    """Probability, 0 to 1, that the passage makes the statement."""
    denies: float
    """Probability that it contradicts the statement; the rest of 1 is "neither"."""
    supports: NDArray[np.float32] = field(compare=False)
    """Probability of each word of the passage to be part of what makes the statement; shape (words,)."""
    opposes: NDArray[np.float32] = field(compare=False)
    """Likewise of what contradicts it."""


class Reader(Protocol):
    """Implemented by engines.reader.OnnxReader."""

    def read(self, statements: Sequence[str], words: Sequence[str]) -> tuple[Reading, ...]:
        """One reading for each statement (see ``described``). Deterministic; recent readings are cached."""

    def acts(self, question: str, words: Sequence[str]) -> Mapping[Act, float]:
        """The probability of each act, of the words as a reply to the question."""
