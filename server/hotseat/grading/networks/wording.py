"""Words as the grader compares them."""

from __future__ import annotations

from functools import lru_cache

from hotseat.domain.evidence import GLUE
from hotseat.grading.networks.known import KnownPoint as Point
from hotseat.text.normal import stem, tokenize

NEGATORS = frozenset({"not", "never", "no", "without", "neither", "nor", "cannot", "instead"})
_LIGHT = frozenset(stem(word) for word in (*GLUE, "and", "or"))


def right_stems(point: Point) -> frozenset[str]:
    """Stems of everything the rubric says of the point itself."""
    return stems(" ".join([point.statement, *point.phrasings]))


def stems(text: str) -> frozenset[str]:
    return frozenset(token.stem for token in tokenize(text))


def closeness(statement: str, passage: str) -> float:
    """Share of the words of both that are in both, those aside that any sentence is made with."""
    wanted, said = _telling(statement), _telling(passage)
    return 2 * len(wanted & said) / max(1, len(wanted) + len(said))


@lru_cache(maxsize=4096)
def _telling(text: str) -> frozenset[str]:
    return stems(text) - _LIGHT
