"""False claims that no contradiction pattern foresaw, by likeness to the known ones.

Embeddings hardly see what makes a claim wrong, so a clause must also hold words of the contradiction that the right
statements lack.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from server.core.domain import Point
from server.core.normal import tokenize

SHARE_WEIGHT = 0.3
"""What sharing all the telling words adds to the cosine."""
MIN_SHARE = 0.4
MAX_SHORTFALL = 0.1
"""By how much likeness to the contradiction may fall short of likeness to the point."""
_COMMON_WORDS = "is are be the a an of to in it and with for on that you do ar by or"
_COMMON = frozenset(_COMMON_WORDS.split())


@dataclass(frozen=True, slots=True)
class Claim:
    window: int
    """Index of the clause."""
    score: float
    """Cosine plus the share of telling words, 0 to 1.3."""


def closest_claim(
    point: Point,
    subject: frozenset[str],
    said: Sequence[frozenset[str]],
    denies: NDArray[np.float32],
    like: NDArray[np.float32],
) -> Claim | None:
    """The clause nearest to a contradiction.

    subject: stems of what the question is about; said: stems of each clause; denies: likeness of clauses (rows) to
    contradictions (columns); like: likeness of clauses to the point.
    """
    right = right_stems(point)
    best: Claim | None = None
    for column, contradiction in enumerate(point.contradictions):
        telling = stems(contradiction) - right - subject - _COMMON
        for row, words in enumerate(said):
            share = len(telling & words) / max(1, len(telling))
            score = float(denies[row, column]) + SHARE_WEIGHT * share
            near = share >= MIN_SHARE and denies[row, column] >= like[row] - MAX_SHORTFALL
            if near and (best is None or score > best.score):
                best = Claim(row, score)
    return best


def right_stems(point: Point) -> frozenset[str]:
    """Stems of everything the rubric says of the point itself."""
    return stems(" ".join([point.statement, *point.phrasings]))


def stems(text: str) -> frozenset[str]:
    return frozenset(token.stem for token in tokenize(text))
