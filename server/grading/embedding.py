"""What is known of sentences by all their words together, and how like a point they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from server.core.domain import Point


class Embedder(Protocol):
    """A network that compares sentences, and what reads one beside another."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (n, d)."""
        ...

    def judge(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Log probabilities that a passage denies a statement, says it, or is about something else, shape (n, 3)."""
        ...

    def alone(self) -> Embedder:
        """The same that judges with less work, and less well."""
        ...


def likeness(point: Point, vectors: NDArray[np.float32], embedder: Embedder) -> NDArray[np.float32]:
    """Cosine of each vector to what the rubric says of the point, whichever phrasing is nearest; shape (n,)."""
    return (vectors @ embedder.embed([point.statement, *point.phrasings]).T).max(axis=1)
