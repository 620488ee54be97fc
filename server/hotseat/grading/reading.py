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
    """Implemented by grading.networks.reader.NetworksReader."""

    def read(self, statement: str, words: Sequence[str]) -> Reading:
        """Deterministic, and cached: asked again soon for the same pair it answers at once."""
        ...
