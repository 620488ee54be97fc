"""From findings about points to levels of criteria to the verdict. Nothing else enters: no length, no model's opinion.

A criterion is a Strong Hire when two thirds of its strong points are made, a Lean Hire when anything of it is, and one step
lower when something it says is contradicted. A point that is not sure counts once the candidate says so. Criteria count 2 for
Strong Hire, 1 for Lean Hire and 0 for No Hire, by weight; their mean, less ``contradiction`` for every contradicted point and
``doubt`` for every one that a passage may contradict, is the score. The verdict is a Strong Hire from 1.5, a Lean Hire from 1
and a Lean No Hire from 0.3 (docs/decisions/0032-verdict-rule.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from hotseat.domain.model import (
    MAY_DENY,
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
    contradiction: float = 0.4
    """Taken off the score for each contradicted point."""
    doubt: float = 0.2
    """Taken off for each point that a passage may contradict, until the candidate has answered for it."""
    strong_hire: float = 1.5
    """Least score for each verdict; below the last it is No Hire."""
    lean_hire: float = 1.0
    lean_no_hire: float = 0.3


RULE = VerdictRule()
_LADDER = (Level.NO, Level.LEAN, Level.STRONG)


def criterion_level(criterion: Criterion, findings: Findings) -> Level:
    """Strong Hire with two thirds of its strong points, Lean Hire with anything; a contradiction drops it one step."""
    strong = [point for point in criterion.points if point.tier is PointTier.STRONG] or list(criterion.points)
    made = [point for point in criterion.points if finding_of(point, findings).status is PointStatus.MET]
    share = sum(point in made for point in strong) / len(strong)
    step = 2 if share >= RULE.strong_share else 1 if made else 0
    contradicted = any(finding_of(point, findings).status is PointStatus.CONTRADICTED for point in criterion.points)
    return _LADDER[max(0, step - contradicted)]


def question_score(question: Question, findings: Findings) -> float:
    """Weighted mean of the levels, 0 to 2, less what contradicted points take off, and those that may be contradicted."""
    weight = fsum(criterion.weight for criterion in question.criteria)
    # fsum: the order of the criteria must not decide a score that lies on a threshold.
    levels = fsum(c.weight * _LADDER.index(criterion_level(c, findings)) for c in question.criteria) / weight
    contradicted = sum(finding_of(point, findings).status is PointStatus.CONTRADICTED for point in question.points)
    return levels - RULE.contradiction * contradicted - RULE.doubt * doubts_in(findings.values())


def verdict_of(question: Question, findings: Findings) -> Verdict:
    """The verdict for a whole round. Never Not Assessable: that is decided before any point is."""
    score = question_score(question, findings)
    if score >= RULE.strong_hire:
        return Verdict.STRONG_HIRE
    if score >= RULE.lean_hire:
        return Verdict.LEAN_HIRE
    return Verdict.LEAN_NO_HIRE if score >= RULE.lean_no_hire else Verdict.NO_HIRE


def verdict_range(question: Question, findings: Findings) -> tuple[Verdict, Verdict]:
    """The verdict as it is, with none of the points that are not sure, and with all of them."""
    unsure = [point_id for point_id, finding in findings.items() if finding.status is PointStatus.NOT_SURE]
    return verdict_of(question, findings), verdict_of(question, with_made(findings, *unsure))


def doubts_in(findings: Iterable[PointFinding]) -> int:
    """Points that a passage may contradict."""
    return sum(finding.status is PointStatus.NOT_SURE and finding.note == MAY_DENY for finding in findings)


IMPLIED = "shown by"
"""Begins the note of a lean point that was not sure and that a strong one shows."""


def is_implied(finding: PointFinding) -> bool:
    """Whether the point counts as made only because another one is."""
    return finding.note.startswith(IMPLIED)


def implied(question: Question, findings: Findings) -> dict[str, PointFinding]:
    """Findings for every point: a strong point that is made settles the lean points of its criterion that are not sure, with
    its own evidence."""
    full: dict[str, PointFinding] = {}
    for criterion in question.criteria:
        strong = (finding_of(point, findings) for point in criterion.points if point.tier is PointTier.STRONG)
        shown = next((finding for finding in strong if finding.status is PointStatus.MET), None)
        for point in criterion.points:
            finding = finding_of(point, findings)
            if shown and point.tier is PointTier.LEAN and finding.status is PointStatus.NOT_SURE:
                finding = PointFinding(
                    point.id, PointStatus.MET, shown.evidence, f"{IMPLIED} {shown.point_id}", shown.confidence
                )
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
