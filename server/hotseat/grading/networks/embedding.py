"""What is known of sentences by all their words together, and how like a point they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hotseat.grading.networks.known import KnownPoint as Point


class Embedder(Protocol):
    """A network that compares sentences, and three that read one beside another."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (n, d)."""
        ...

    def judge(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Log probabilities that a passage denies a statement, says it, or is about something else, and behind these
        the states of the network that they come from, shape (n, 3 + s). Asked again soon for a pair it knows the answer:
        who looks closer at some passages need not keep what was read of all."""
        ...

    def judge_plainly(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """The same, by the network that reads them in plain form (core/plain.py)."""
        ...

    def judge_closely(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """The same, by the network that has learned to tell apart what differs in little but the meaning."""
        ...


Judge = Callable[[Sequence[tuple[str, str]]], NDArray[np.float32]]
"""``Embedder.judge``, or both networks together."""


ODDS = 3
"""How many of the columns of what a judge says are log probabilities."""


def judge_twice(embedder: Embedder, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
    """The mean of the log odds that each network gives, and the states of both, shape (n, 3 + 2 s)."""
    first, second = embedder.judge(pairs), embedder.judge_plainly(pairs)
    mean = (first[:, :ODDS].astype(np.float64) + second[:, :ODDS]) / 2
    odds = mean - np.log(np.exp(mean).sum(axis=1, keepdims=True))
    return np.hstack([odds, first[:, ODDS:], second[:, ODDS:]], dtype=np.float32)


def likeness(point: Point, vectors: NDArray[np.float32], embedder: Embedder) -> NDArray[np.float32]:
    """Cosine of each vector to what the rubric says of the point, whichever phrasing is nearest; shape (n,)."""
    return (vectors @ embedder.embed([point.statement, *point.phrasings]).T).max(axis=1)
