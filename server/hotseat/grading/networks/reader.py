"""The networks as a reader: what they make of every point of a question, as probabilities and words that show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import exp

import numpy as np

from hotseat.domain.model import Answer, Question, Transcript
from hotseat.grading.networks.credence import denied, made
from hotseat.grading.networks.embedding import Embedder
from hotseat.grading.networks.hearing import hear
from hotseat.grading.networks.known import known
from hotseat.grading.networks.signals import Found, Signals, signals
from hotseat.grading.reading import Reading

CACHED = 64
"""Answers whose signals are kept."""
BESIDE = 1.0
"""How much less likely than the likeliest passage a pattern's match may be to say the point and still be quoted for it."""


class NetworksReader:
    """Implements ``Reader`` for the statements of a bank. Reads all points of a question at once."""

    def __init__(self, embedder: Embedder, questions: Iterable[Question], *, whole: bool = True) -> None:
        """``whole``: read answers from end to end as well, and passages by all networks; without, it takes half the time."""
        self._embedder = embedder
        self._whole = whole
        self._owners = {point.statement: (question, point.id) for question in questions for point in question.points}
        self._signals = lru_cache(CACHED)(self._all_signals)

    def read(self, statement: str, words: Sequence[str]) -> Reading:
        nothing = np.zeros(len(words), np.float32)
        if not words or statement not in self._owners:
            return Reading(0.0, 0.0, nothing, nothing)
        question, point_id = self._owners[statement]
        seen = self._signals(question, tuple(words))[point_id]
        if not seen.readings:
            return Reading(0.0, 0.0, nothing, nothing)
        against = max(seen.may_deny, key=lambda reading: reading.denies, default=None)
        return Reading(
            _probability(made(seen)),
            _probability(denied(seen)) if against else 0.0,
            _marked(len(words), _shown(seen)),
            _marked(len(words), against.found if against else None),
        )

    def _all_signals(self, question: Question, words: tuple[str, ...]) -> dict[str, Signals]:
        answer = Answer(1, 0, question.id, question.prompt, None, Transcript.of_typed(" ".join(words)), 0.0, "done")
        return signals(known(question), [hear(known(question), answer)], self._embedder, whole=self._whole)


def _shown(seen: Signals) -> Found | None:
    """The pattern's match where it is about as likely as the likeliest passage, else that."""
    best = seen.best
    if seen.pattern and seen.matched and best and seen.matched.says >= best.says - BESIDE:
        return seen.pattern
    return best.found if best else None


def _marked(length: int, found: Found | None) -> np.ndarray:
    marks = np.zeros(length, np.float32)
    if found is not None:
        marks[found.span[0] : found.span[1]] = 1.0
    return marks


def _probability(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds))
