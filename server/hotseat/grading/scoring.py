"""Computes criteria's levels and the verdict from findings about points, and from nothing else.

A point counts with its probability of having been made. A criterion scores 0 to 2: up to 1 for its likeliest point, and up to 1
for its strong points, of which two thirds are enough. The score is the weighted mean of the criteria, minus up to
``contradiction`` for each contradicted point. It is a Strong Hire from 1.5 if criteria with half of the weight are, a Lean Hire
from 1, a Lean No Hire from 0.3 (docs/decisions/0032-verdict-rule.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum
from statistics import fmean

from hotseat.domain.model import (
    Criterion,
    CriterionResult,
    Level,
    Point,
    PointFinding,
    PointStatus,
    PointTier,
    Question,
    Verdict,
)

Findings = Mapping[str, PointFinding]
"""Point id to finding; a point without one was not heard."""


@dataclass(frozen=True, slots=True)
class VerdictRule:
    """Every number that turns points into a verdict."""

    strong_share: float = 0.66
    """Share of a criterion's strong points that makes it Strong Hire."""
    contradiction: float = 0.3
    """Deduction from the score for each contradicted point; less for one that may be contradicted."""
    noise: float = 0.4
    """Probability of a contradiction up to which nothing is deducted: many right answers look like one a little."""
    strong_hire: float = 1.5
    """Lowest score of each verdict; below the last it is No Hire."""
    lean_hire: float = 1.0
    lean_no_hire: float = 0.3


RULE = VerdictRule()
_NOT_SURE = 0.5
"""Stands for the probability of a point, or of its contradiction, that a grader without probabilities is not sure of."""
LADDER = (Level.NO, Level.LEAN, Level.STRONG)
"""From the worst level to the best."""


def criterion_level(criterion: Criterion, findings: Findings) -> Level:
    """Strong Hire with two thirds of its strong points, Lean Hire with anything; a contradiction drops it one step."""
    made = [point for point in criterion.points if finding_of(point, findings).status is PointStatus.MET]
    strong = _strong(criterion)
    step = 2 if sum(point in made for point in strong) / len(strong) >= RULE.strong_share else 1 if made else 0
    contradicted = any(finding_of(point, findings).status is PointStatus.CONTRADICTED for point in criterion.points)
    return LADDER[max(0, step - contradicted)]


def question_score(question: Question, findings: Findings) -> float:
    """Weighted mean of the criteria's scores, 0 to 2, minus ``deduction``; may be negative."""
    weight = fsum(criterion.weight for criterion in question.criteria)
    # fsum, so that a score on a threshold doesn't depend on the order of the criteria.
    mean = fsum(c.weight * _criterion_score(c, findings) for c in question.criteria) / weight
    return mean - deduction(question, findings)


def deduction(question: Question, findings: Findings) -> float:
    """What is deducted from the score for points that are, or may be, contradicted."""
    return RULE.contradiction * fsum(_contradicted(finding_of(point, findings)) for point in question.points)


def verdict_of(question: Question, findings: Findings) -> Verdict:
    """The verdict of a round. Never Not Assessable, which is decided without findings (grading.assessable)."""
    score = question_score(question, findings)
    if score >= RULE.strong_hire and _half_are_strong(question, findings):
        return Verdict.STRONG_HIRE
    if score >= RULE.lean_hire:
        return Verdict.LEAN_HIRE
    return Verdict.LEAN_NO_HIRE if score >= RULE.lean_no_hire else Verdict.NO_HIRE


def _half_are_strong(question: Question, findings: Findings) -> bool:
    """Whether criteria with half of the weight are at Strong Hire."""
    strong = fsum(c.weight for c in question.criteria if criterion_level(c, findings) is Level.STRONG)
    return 2 * strong >= fsum(criterion.weight for criterion in question.criteria)


def verdict_range(question: Question, findings: Findings) -> tuple[Verdict, Verdict]:
    """The verdict as it is, and as it would be if all points that are not sure were made."""
    unsure = [point_id for point_id, finding in findings.items() if finding.status is PointStatus.NOT_SURE]
    return verdict_of(question, findings), verdict_of(question, with_made(findings, *unsure))


def _criterion_score(criterion: Criterion, findings: Findings) -> float:
    """0 to 2."""
    strong = fmean(_made(finding_of(point, findings)) for point in _strong(criterion))
    return max(_made(finding_of(point, findings)) for point in criterion.points) + min(1.0, strong / RULE.strong_share)


def _strong(criterion: Criterion) -> Sequence[Point]:
    """The criterion's strong points, or all its points if none is strong."""
    return [point for point in criterion.points if point.tier is PointTier.STRONG] or criterion.points


def _made(finding: PointFinding) -> float:
    """How much of a point counts, 0 to 1."""
    if finding.says is not None:
        return finding.says
    if finding.status is PointStatus.NOT_SURE:
        return 0.0 if finding.may_deny else _NOT_SURE
    return float(finding.status is PointStatus.MET)


def _contradicted(finding: PointFinding) -> float:
    """How much of a contradiction counts, 0 to 1."""
    if finding.denies is not None:
        return max(0.0, finding.denies - RULE.noise) / (1.0 - RULE.noise)
    return _NOT_SURE if finding.may_deny else float(finding.status is PointStatus.CONTRADICTED)


IMPLIED = "shown by"
"""Begins the note of a lean point that was not sure and that a strong one shows."""


def is_implied(finding: PointFinding) -> bool:
    """Whether the point counts as made only because another one is."""
    return finding.note.startswith(IMPLIED)


def implied(question: Question, findings: Findings) -> dict[str, PointFinding]:
    """A finding for every point. If a strong point is made, lean points of its criterion that are not sure are met with its
    evidence, too; those that may be contradicted are not, as half of them are contradicted."""
    full: dict[str, PointFinding] = {}
    for criterion in question.criteria:
        strong = (finding_of(point, findings) for point in criterion.points if point.tier is PointTier.STRONG)
        shown = next((finding for finding in strong if finding.status is PointStatus.MET), None)
        for point in criterion.points:
            finding = finding_of(point, findings)
            unsure = finding.status is PointStatus.NOT_SURE and not finding.may_deny
            if shown and point.tier is PointTier.LEAN and unsure:
                finding = replace(shown, point_id=point.id, note=f"{IMPLIED} {shown.point_id}", denies=finding.denies)
            full[point.id] = finding
    return full


def criterion_results(question: Question, findings: Findings) -> tuple[CriterionResult, ...]:
    """Every criterion with its level and its points' findings, in rubric order."""
    return tuple(
        CriterionResult(c.id, criterion_level(c, findings), tuple(finding_of(point, findings) for point in c.points))
        for c in question.criteria
    )


def finding_of(point: Point, findings: Findings) -> PointFinding:
    """The point's finding; "not met" if there is none."""
    return findings.get(point.id) or PointFinding(point.id, PointStatus.NOT_MET)


def with_made(findings: Findings, *point_ids: str) -> Findings:
    """The findings as they would be if these points had been made."""
    return {**findings, **{point_id: PointFinding(point_id, PointStatus.MET) for point_id in point_ids}}
