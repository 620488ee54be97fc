"""Words as the grader compares them."""

from __future__ import annotations

from server.core.domain import Point
from server.core.normal import tokenize

NEGATORS = frozenset({"not", "never", "no", "without", "neither", "nor", "cannot", "instead"})


def right_stems(point: Point) -> frozenset[str]:
    """Stems of everything the rubric says of the point itself."""
    return stems(" ".join([point.statement, *point.phrasings]))


def stems(text: str) -> frozenset[str]:
    return frozenset(token.stem for token in tokenize(text))
