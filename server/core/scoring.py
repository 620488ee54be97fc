"""From the status of points to levels of criteria to the verdict. Nothing else enters: no length, no model's opinion.

A criterion's score is between 0 and 1: ``recognition`` as soon as one of its points is met, the rest in proportion to its
strong points met. The verdict is the weighted mean of the scores against the thresholds below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from server.core.domain import Criterion, CriterionResult, Level, PointFinding, PointStatus, PointTier, Question, Verdict

Statuses = Mapping[str, PointStatus]
"""Point id to status; a missing point is not met."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Every number that turns points into a verdict."""

    recognition: float = 0.33
    """Score of a criterion with only recognition shown."""
    strong_share: float = 0.75
    """Share of a criterion's strong points that makes it Strong Hire."""
    contradiction: float = 0.2
    """Taken off a criterion's score for each contradicted point."""
    strong_hire: float = 0.68
    """Least weighted mean for each verdict; below the last it is No Hire."""
    lean_hire: float = 0.38
    lean_no_hire: float = 0.06


THRESHOLDS = Thresholds()


def criterion_score(criterion: Criterion, statuses: Statuses) -> float:
    """0 to 1. A criterion without strong points is scored by the share of its lean ones."""
    met = [point for point in criterion.points if statuses.get(point.id) is PointStatus.MET]
    contradicted = sum(statuses.get(point.id) is PointStatus.CONTRADICTED for point in criterion.points)
    strong = [point for point in criterion.points if point.tier is PointTier.STRONG]
    counted = strong or list(criterion.points)
    share = sum(point in met for point in counted) / len(counted)
    score = THRESHOLDS.recognition + (1 - THRESHOLDS.recognition) * share if met else 0.0
    return max(0.0, score - THRESHOLDS.contradiction * contradicted)


def criterion_level(criterion: Criterion, statuses: Statuses) -> Level:
    """Strong Hire with (nearly) all strong points, Lean Hire with any point, No Hire with none; a contradiction drops it."""
    ladder = (Level.NO, Level.LEAN, Level.STRONG)
    met = [point for point in criterion.points if statuses.get(point.id) is PointStatus.MET]
    counted = [point for point in criterion.points if point.tier is PointTier.STRONG] or list(criterion.points)
    share = sum(point in met for point in counted) / len(counted)
    step = 2 if share >= THRESHOLDS.strong_share else 1 if met else 0
    contradicted = any(statuses.get(point.id) is PointStatus.CONTRADICTED for point in criterion.points)
    return ladder[max(0, step - contradicted)]


def question_score(question: Question, statuses: Statuses) -> float:
    """Weighted mean of the criterion scores, 0 to 1."""
    weight = fsum(criterion.weight for criterion in question.criteria)
    # fsum: the order of the criteria must not decide a score that lies on a threshold.
    return fsum(c.weight * criterion_score(c, statuses) for c in question.criteria) / weight


def verdict_of(question: Question, statuses: Statuses) -> Verdict:
    """The verdict for a whole round. Never Not Assessable: that is decided before any point is."""
    score = question_score(question, statuses)
    if score >= THRESHOLDS.strong_hire:
        return Verdict.STRONG_HIRE
    if score >= THRESHOLDS.lean_hire:
        return Verdict.LEAN_HIRE
    return Verdict.LEAN_NO_HIRE if score >= THRESHOLDS.lean_no_hire else Verdict.NO_HIRE


IMPLIED = "shown by"
"""Begins the note of a lean point that a strong one shows."""


def is_implied(finding: PointFinding) -> bool:
    """Whether the point counts as made only because another one is."""
    return finding.note.startswith(IMPLIED)


def implied(question: Question, findings: Mapping[str, PointFinding]) -> dict[str, PointFinding]:
    """Findings for every point: a strong point met carries the lean points of its criterion, with its own evidence.

    A lean point that was contradicted stays contradicted.
    """
    full: dict[str, PointFinding] = {}
    for criterion in question.criteria:
        shown = next((f for p in criterion.points if p.tier is PointTier.STRONG and (f := _met(findings, p.id))), None)
        for point in criterion.points:
            finding = findings.get(point.id) or PointFinding(point.id, PointStatus.NOT_MET)
            if shown and point.tier is PointTier.LEAN and finding.status is PointStatus.NOT_MET:
                finding = PointFinding(
                    point.id, PointStatus.MET, shown.evidence, f"{IMPLIED} {shown.point_id}", shown.confidence
                )
            full[point.id] = finding
    return full


def criterion_results(question: Question, findings: Mapping[str, PointFinding]) -> tuple[CriterionResult, ...]:
    """Every criterion with its level and its points' findings, in rubric order."""
    statuses = {point_id: finding.status for point_id, finding in findings.items()}
    return tuple(CriterionResult(c.id, criterion_level(c, statuses), _findings_of(c, findings)) for c in question.criteria)


def _findings_of(criterion: Criterion, findings: Mapping[str, PointFinding]) -> tuple[PointFinding, ...]:
    return tuple(findings.get(point.id) or PointFinding(point.id, PointStatus.NOT_MET) for point in criterion.points)


def _met(findings: Mapping[str, PointFinding], point_id: str) -> PointFinding | None:
    finding = findings.get(point_id)
    return finding if finding and finding.status is PointStatus.MET else None


def ordered(verdicts: Sequence[Verdict]) -> list[int]:
    """Verdicts as 0 (No Hire or Not Assessable) to 3 (Strong Hire), for measuring agreement."""
    rank = {Verdict.LEAN_NO_HIRE: 1, Verdict.LEAN_HIRE: 2, Verdict.STRONG_HIRE: 3}
    return [rank.get(verdict, 0) for verdict in verdicts]
