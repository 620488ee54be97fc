"""Compares two attempts at one question, point by point."""

from __future__ import annotations

from typing import Any

from hotseat.attributes import attributes
from hotseat.domain.model import Grade, Level, Point, PointFinding, PointStatus, Question
from hotseat.grading.scoring import finding_of

_RANK = {PointStatus.CONTRADICTED: 0, PointStatus.NOT_MET: 1, PointStatus.MET: 2}


def changes(question: Question, earlier: Grade, later: Grade) -> list[dict[str, Any]]:
    """The changes in every criterion of the present rubric, as JSON. A point that a grade doesn't have counts as not met."""
    before, after = ({result.criterion_id: result.level for result in grade.criteria} for grade in (earlier, later))
    return [
        {
            **attributes(criterion, "id", "name"),
            "earlier": before.get(criterion.id, Level.NO).value,
            "later": after.get(criterion.id, Level.NO).value,
            "points": [
                _point(point, finding_of(point, earlier.by_point), finding_of(point, later.by_point))
                for point in criterion.points
            ],
        }
        for criterion in question.criteria
    ]


def change(before: PointStatus, after: PointStatus) -> str:
    """ "gained", "lost" or "same", from contradicted over not met to met; "not sure" if either status is."""
    if PointStatus.NOT_SURE in (before, after):
        return "not sure"
    return "gained" if _RANK[after] > _RANK[before] else "lost" if _RANK[after] < _RANK[before] else "same"


def _point(point: Point, earlier: PointFinding, later: PointFinding) -> dict[str, Any]:
    return {
        **attributes(point, "id", "statement", "tier"),
        "change": change(earlier.status, later.status),
        "earlier": _finding(earlier),
        "later": _finding(later),
    }


def _finding(finding: PointFinding) -> dict[str, Any]:
    evidence = finding.evidence
    return {
        "status": finding.status.value,
        "quote": evidence.quote if evidence is not None else None,
        "turn_id": evidence.turn_id if evidence is not None else None,
        "start": evidence.start if evidence is not None else None,
    }
