"""How a point stands beside the others of its question: whose words an answer has.

What fits a point well but another better most likely makes the other; what is said in other words than all of them still has
more of one's than of the rest (docs/decisions/0028-tf-idf-comparisons.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hotseat.domain.model import Question
from hotseat.grading.networks.corpus import Corpus

ENOUGH = 50
"""Words of an answer from which its points can be compared."""
STRETCH, STEP = 8, 4
"""Words compared at a time, and how far the next begin after them, whatever the marks: a sentence may make two points."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one point. Likeness is a cosine; a lead is by how much a stretch is more like it than like any other point."""

    words: float
    """Likeness of the stretch whose words are most like the point's ..."""
    lead: float
    """... and its lead."""
    best_lead: float
    """The largest lead of any stretch."""
    covered: float
    """Share of the point's words that the answer has, rare ones counting more."""
    share: float
    """Share of the stretches whose words are most like this point's."""


def standings(question: Question, said: str, enough: int = ENOUGH) -> list[Standing | None]:
    """Of every point in order; None in fewer words than ``enough``."""
    words = said.split()
    if len(words) < enough:
        return [None] * len(question.points)
    corpus = _points(question)
    fit = np.array([corpus.likeness(" ".join(words[at : at + STRETCH])) for at in range(0, max(1, len(words) - STEP), STEP)])
    best = np.where(fit.max(axis=1) > 0, fit.argmax(axis=1), -1)
    ranked = np.sort(np.hstack([np.zeros((len(fit), 1)), fit]), axis=1)
    leads = fit - np.where(fit == ranked[:, -1:], ranked[:, -2:-1], ranked[:, -1:])
    return [
        Standing(
            words=float(fit[nearest, place]),
            lead=float(leads[nearest, place]),
            best_lead=float(np.max(leads[:, place])),
            covered=float(covered),
            share=float(np.mean(best == place)),
        )
        for place, (nearest, covered) in enumerate(zip(fit.argmax(axis=0), corpus.covered(said), strict=True))
    ]


@lru_cache(maxsize=512)
def _points(question: Question) -> Corpus:
    return Corpus([" . ".join([point.statement, *point.phrasings]) for point in question.points])
