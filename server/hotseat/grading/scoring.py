"""From findings about points to levels of criteria to the verdict. Nothing else enters: no length, no model's opinion.

A point counts as much as it is likely that it was made. A criterion counts up to 2, by its weight: 1 for its likeliest point,
and 1 for two thirds of its strong points, less in proportion. The mean, less up to ``contradiction`` for each point that was
contradicted, is the score. The verdict is a Strong Hire from 1.5, if half of the criteria are, a Lean Hire from 1 and a Lean No
Hire from 0.3 (docs/decisions/0032-verdict-rule.md).
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
"""By point id; a missing point was not heard."""


@dataclass(frozen=True, slots=True)
class VerdictRule:
    """Every number that turns points into a verdict."""

    strong_share: float = 0.66
    """Share of a criterion's strong points that makes it Strong Hire."""
    contradiction: float = 0.3
    """Taken off the score for each contradicted point, less for one that may be."""
    noise: float = 0.4
    """Probability of a contradiction that takes nothing off: many right answers look like one a little."""
    strong_hire: float = 1.5
    """Least score for each verdict; below the last it is No Hire."""
    lean_hire: float = 1.0
    lean_no_hire: float = 0.3


RULE = VerdictRule()
_NOT_SURE = 0.5
"""What a point, or its contradiction, counts that a grader without probabilities is not sure of."""
_LADDER = (Level.NO, Level.LEAN, Level.STRONG)


def criterion_level(criterion: Criterion, findings: Findings) -> Level:
    """Strong Hire with two thirds of its strong points, Lean Hire with anything; a contradiction drops it one step."""
    made = [point for point in criterion.points if finding_of(point, findings).status is PointStatus.MET]
    strong = _strong(criterion)
    step = 2 if sum(point in made for point in strong) / len(strong) >= RULE.strong_share else 1 if made else 0
    contradicted = any(finding_of(point, findings).status is PointStatus.CONTRADICTED for point in criterion.points)
    return _LADDER[max(0, step - contradicted)]


def question_score(question: Question, findings: Findings) -> float:
    """Weighted mean of what the criteria count, 0 to 2, less what contradictions take off."""
    weight = fsum(criterion.weight for criterion in question.criteria)
    # fsum: the order of the criteria must not decide a score that lies on a threshold.
    mean = fsum(c.weight * _value(c, findings) for c in question.criteria) / weight
    return mean - taken_off(question, findings)


def taken_off(question: Question, findings: Findings) -> float:
    """What contradicted points take off the score, and those that may be."""
    return RULE.contradiction * fsum(_contradicted(finding_of(point, findings)) for point in question.points)


def verdict_of(question: Question, findings: Findings) -> Verdict:
    """The verdict for a whole round. Never Not Assessable: that is decided before any point is."""
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
    """The verdict as it is, and with all points that are not sure."""
    unsure = [point_id for point_id, finding in findings.items() if finding.status is PointStatus.NOT_SURE]
    return verdict_of(question, findings), verdict_of(question, with_made(findings, *unsure))


def _value(criterion: Criterion, findings: Findings) -> float:
    """What a criterion counts, 0 to 2."""
    strong = fmean(_made(finding_of(point, findings)) for point in _strong(criterion))
    return max(_made(finding_of(point, findings)) for point in criterion.points) + min(1.0, strong / RULE.strong_share)


def _strong(criterion: Criterion) -> Sequence[Point]:
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
    """Findings for every point: a strong point that is made settles the lean points of its criterion that are not sure, with
    its own evidence. One that a passage may contradict stays so: half of those are contradicted."""
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
    """Not heard where there is none."""
    return findings.get(point.id) or PointFinding(point.id, PointStatus.NOT_MET)


def with_made(findings: Findings, *point_ids: str) -> Findings:
    """The findings as they would be if these points had been made."""
    return {**findings, **{point_id: PointFinding(point_id, PointStatus.MET) for point_id in point_ids}}


def ordered(verdicts: Sequence[Verdict]) -> list[int]:
    """Verdicts as 0 (No Hire or Not Assessable) to 3 (Strong Hire), for measuring agreement."""
    rank = {Verdict.LEAN_NO_HIRE: 1, Verdict.LEAN_HIRE: 2, Verdict.STRONG_HIRE: 3}
    return [rank.get(verdict, 0) for verdict in verdicts]
