"""From the status of points to levels of criteria to the verdict. Nothing else enters: no length, no model's opinion.

A criterion is a Strong Hire when two thirds of its strong points are made, a Lean Hire when anything of it is, and one step
lower when something it says is contradicted. A point that is not sure counts once the candidate says so. Criteria count 2 for
Strong Hire, 1 for Lean Hire and 0 for No Hire, by weight; their mean, less ``contradiction`` for every contradicted point and
``doubt`` for every one that a passage may contradict, is the score. The verdict is a Strong Hire from 1.5, a Lean Hire from 1
and a Lean No Hire from 0.3
(docs/decisions/0032-verdict-rule.md).
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
    PointFinding,
    PointStatus,
    PointTier,
    Question,
    Verdict,
)

Statuses = Mapping[str, PointStatus]
"""Point id to status; a missing point was not heard."""


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


def criterion_level(criterion: Criterion, statuses: Statuses) -> Level:
    """Strong Hire with two thirds of its strong points, Lean Hire with anything; a contradiction drops it one step."""
    strong = [point for point in criterion.points if point.tier is PointTier.STRONG] or list(criterion.points)
    made = [point for point in criterion.points if statuses.get(point.id) is PointStatus.MET]
    share = sum(point in made for point in strong) / len(strong)
    step = 2 if share >= RULE.strong_share else 1 if made else 0
    contradicted = any(statuses.get(point.id) is PointStatus.CONTRADICTED for point in criterion.points)
    return _LADDER[max(0, step - contradicted)]


def question_score(question: Question, statuses: Statuses, doubts: int = 0) -> float:
    """Weighted mean of the levels, 0 to 2, less what contradicted points take off, and ``doubts`` that may be contradicted."""
    weight = fsum(criterion.weight for criterion in question.criteria)
    # fsum: the order of the criteria must not decide a score that lies on a threshold.
    levels = fsum(c.weight * _LADDER.index(criterion_level(c, statuses)) for c in question.criteria) / weight
    contradicted = sum(statuses.get(point.id) is PointStatus.CONTRADICTED for point in question.points)
    return levels - RULE.contradiction * contradicted - RULE.doubt * doubts


def verdict_of(question: Question, statuses: Statuses, doubts: int = 0) -> Verdict:
    """The verdict for a whole round. Never Not Assessable: that is decided before any point is."""
    score = question_score(question, statuses, doubts)
    if score >= RULE.strong_hire:
        return Verdict.STRONG_HIRE
    if score >= RULE.lean_hire:
        return Verdict.LEAN_HIRE
    return Verdict.LEAN_NO_HIRE if score >= RULE.lean_no_hire else Verdict.NO_HIRE


def verdict_range(question: Question, statuses: Statuses, doubts: int = 0) -> tuple[Verdict, Verdict]:
    """The verdict as it is, with none of the points that are not sure, and with all of them."""
    all_made = {name: PointStatus.MET if status is PointStatus.NOT_SURE else status for name, status in statuses.items()}
    return verdict_of(question, statuses, doubts), verdict_of(question, all_made)


def doubts_in(findings: Iterable[PointFinding]) -> int:
    """Points that a passage may contradict."""
    return sum(finding.status is PointStatus.NOT_SURE and finding.note == MAY_DENY for finding in findings)


IMPLIED = "shown by"
"""Begins the note of a lean point that was not sure and that a strong one shows."""


def is_implied(finding: PointFinding) -> bool:
    """Whether the point counts as made only because another one is."""
    return finding.note.startswith(IMPLIED)


def implied(question: Question, findings: Mapping[str, PointFinding]) -> dict[str, PointFinding]:
    """Findings for every point: a strong point that is made settles the lean points of its criterion that are not sure, with
    its own evidence."""
    full: dict[str, PointFinding] = {}
    for criterion in question.criteria:
        shown = next((f for p in criterion.points if p.tier is PointTier.STRONG and (f := _met(findings, p.id))), None)
        for point in criterion.points:
            finding = findings.get(point.id) or PointFinding(point.id, PointStatus.NOT_MET)
            if shown and point.tier is PointTier.LEAN and finding.status is PointStatus.NOT_SURE:
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
