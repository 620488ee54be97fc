"""The bank's questions with the patterns that the networks' weights were fitted with."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from hotseat.domain.model import Point, Question

STORED = Path(__file__).with_name("patterns.json")
"""By "question#point": patterns, contradiction_patterns, phrasings and misconceptions. A point that isn't there has none."""
Patterns = tuple[tuple[tuple[str, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class KnownPoint(Point):
    """A point with its patterns."""

    patterns: Patterns = ()
    contradiction_patterns: Patterns = ()


@lru_cache(maxsize=512)
def known(question: Question) -> Question:
    """The question with known points in place of its own."""
    criteria = tuple(replace(c, points=tuple(_known(question, point) for point in c.points)) for c in question.criteria)
    return replace(question, criteria=criteria)


def _known(question: Question, point: Point) -> KnownPoint:
    stored = _stored().get(f"{question.id}#{point.id}", {})
    return KnownPoint(
        point.id,
        point.statement,
        point.tier,
        tuple(stored.get("phrasings", point.phrasings)),
        tuple(stored.get("misconceptions", point.misconceptions)),
        patterns=_frozen(stored.get("patterns", ())),
        contradiction_patterns=_frozen(stored.get("contradiction_patterns", ())),
    )


def _frozen(patterns: Any) -> Patterns:
    return tuple(tuple(tuple(group) for group in groups) for groups in patterns)


@cache
def _stored() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(STORED.read_text(encoding="utf-8"))
    return found
