"""Which doubtful points count: those that make up the verdict to be expected of all of them together.

Called one by one, points at even odds fall on either side, and where several fall on one the verdict goes with them. So
every set of points that may have been made is weighed: the verdict is the one nearest to the mean, and of the sets that have it
the likeliest is taken to have been made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import fsum

from server.core import scoring
from server.core.domain import Criterion, PointFinding, PointStatus, Question, Verdict

SCORE_DIGITS = 9
"""Scores that differ by less are the same sum, added up otherwise."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A point that was made or was not."""

    chance: float
    """That it was."""
    made: PointFinding
    missed: PointFinding


@dataclass(frozen=True, slots=True)
class _Way:
    """Sets of points with the same score."""

    chance: float
    """Of all of them."""
    likeliest: float
    """Chance of ``made``, the likeliest of them."""
    made: frozenset[str]


def settled(
    question: Question,
    findings: Mapping[str, PointFinding],
    doubts: Mapping[str, Doubt],
    thresholds: scoring.Thresholds = scoring.DEFAULT,
) -> dict[str, PointFinding]:
    """The findings with every doubtful point decided. Where no point is made by itself, none is together with others."""
    if not any(finding.status is PointStatus.MET for finding in findings.values()):
        return dict(findings)
    by_verdict: dict[Verdict, list[_Way]] = {}
    for way in _ways(question, findings, doubts, thresholds).values():
        verdict = scoring.verdict_of(question, _statuses(findings, doubts, way.made), thresholds)
        by_verdict.setdefault(verdict, []).append(way)
    rank = dict(zip(by_verdict, scoring.ordered(list(by_verdict)), strict=True))
    mean = fsum(way.chance * rank[verdict] for verdict, ways in by_verdict.items() for way in ways)
    expected = min(by_verdict, key=lambda verdict: (abs(rank[verdict] - mean), rank[verdict]))
    made = max(by_verdict[expected], key=lambda way: way.likeliest).made
    return {
        name: (doubts[name].made if name in made else doubts[name].missed) if name in doubts else finding
        for name, finding in findings.items()
    }


def _ways(
    question: Question,
    findings: Mapping[str, PointFinding],
    doubts: Mapping[str, Doubt],
    thresholds: scoring.Thresholds,
) -> dict[float, _Way]:
    """By score. Criteria add up, so that sets need not be told apart once their sum is the same."""
    ways = {0.0: _Way(1.0, 1.0, frozenset())}
    for criterion in question.criteria:
        joined: dict[float, _Way] = {}
        for made, chance in _sets([point.id for point in criterion.points if point.id in doubts], doubts):
            score = criterion.weight * _score(criterion, findings, doubts, made, thresholds)
            for before, way in ways.items():
                total = round(before + score, SCORE_DIGITS)
                new = _Way(way.chance * chance, way.likeliest * chance, way.made | made)
                joined[total] = _either(joined.get(total), new)
        ways = joined
    return ways


def _sets(names: list[str], doubts: Mapping[str, Doubt]) -> Iterator[tuple[frozenset[str], float]]:
    """Every subset, with its chance."""
    if not names:
        yield frozenset(), 1.0
        return
    chance = doubts[names[0]].chance
    for made, share in _sets(names[1:], doubts):
        yield made | {names[0]}, share * chance
        yield made, share * (1 - chance)


def _score(
    criterion: Criterion,
    findings: Mapping[str, PointFinding],
    doubts: Mapping[str, Doubt],
    made: frozenset[str],
    thresholds: scoring.Thresholds,
) -> float:
    return scoring.criterion_score(criterion, _statuses(findings, doubts, made), thresholds)


def _either(one: _Way | None, other: _Way) -> _Way:
    if one is None:
        return other
    best = max(one, other, key=lambda way: way.likeliest)
    return _Way(one.chance + other.chance, best.likeliest, best.made)


def _statuses(
    findings: Mapping[str, PointFinding], doubts: Mapping[str, Doubt], made: frozenset[str]
) -> dict[str, PointStatus]:
    return {
        name: (PointStatus.MET if name in made else PointStatus.NOT_MET) if name in doubts else finding.status
        for name, finding in findings.items()
    }
