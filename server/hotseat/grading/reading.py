"""What a passage does to a statement, and the model that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hotseat.domain.model import Point

MAX_PHRASINGS, MAX_MISCONCEPTIONS = 2, 3


def described(point: Point) -> str:
    """A point as the reader is told it: what it states, in other words, and what people say who have it wrong."""
    ways = "".join(f" or: {text}" for text in point.phrasings[:MAX_PHRASINGS])
    wrong = "".join(f" not: {text}" for text in point.misconceptions[:MAX_MISCONCEPTIONS])
    return point.statement + ways + wrong


@dataclass(frozen=True, slots=True)
class Reading:
    """What a passage does to a statement. Probabilities; what is left of one is "neither"."""

    says: float
    denies: float
    supports: NDArray[np.float32] = field(compare=False)
    """For each word of the passage, how likely it is part of what says the statement; shape (words,)."""
    opposes: NDArray[np.float32] = field(compare=False)
    """Likewise of what denies it."""


class Reader(Protocol):
    """Implemented by engines.reader.OnnxReader."""

    def read(self, statements: Sequence[str], words: Sequence[str]) -> tuple[Reading, ...]:
        """One reading for each statement. Deterministic, and cached: asked again soon for the same it answers at once."""
        ...
