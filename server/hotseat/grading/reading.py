"""What a passage does to a statement, and the model that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


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
