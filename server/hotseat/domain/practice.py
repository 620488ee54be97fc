"""Self-assessments, ratings of points, and cards that say when a point is due again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Assessment:
    """How the candidate rated themselves on one day."""

    taken: float
    """Seconds since the epoch."""
    scores: dict[str, int]
    """Topic id to 1 to 5."""


@dataclass(frozen=True, slots=True)
class Rated:
    """How the points of one question came out in one round."""

    interview_id: str
    round: int
    """Index of the round in the interview."""
    question_id: str
    at: float
    """Seconds since the epoch."""
    ratings: dict[str, int]
    """Point id to 1 (again), 2 (hard), 3 (good) or 4 (easy)."""


@dataclass(frozen=True, slots=True)
class PointCard:
    """How well one point of a question is remembered, and when it is due again."""

    question_id: str
    point_id: str
    due: float
    """Seconds since the epoch."""
    reviewed: float
    """Likewise, the last time."""
    stability: float
    """Days until the chance of recalling it falls to nine in ten."""
    difficulty: float
    """1 to 10."""
