"""What a grade should tell the candidate: the point most worth saying next, and what would have made it Strong."""

from __future__ import annotations

from collections.abc import Mapping

from server.core import scoring
from server.core.domain import Grade, Point, PointFinding, PointStatus, PointTier, Question, Verdict


def advice(question: Question, findings: Mapping[str, PointFinding]) -> str:
    """One sentence: the point most worth saying next time, wrong claims first. Empty where nothing is missing."""
    point = most_worth_saying(question, findings)
    if point is None:
        return ""
    finding = findings.get(point.id)
    if finding and finding.status is PointStatus.CONTRADICTED and finding.evidence:
        return f'Correct this first: you said "{_short(finding.evidence.quote)}", but {_lower(point.statement)}'
    return f"Next time, say this: {_lower(point.statement)}"


def most_worth_saying(question: Question, findings: Mapping[str, PointFinding]) -> Point | None:
    """The missing point that would raise the score most; a contradicted one before all others."""
    statuses = {point_id: finding.status for point_id, finding in findings.items()}
    missing = [point for point in question.points if statuses.get(point.id) is not PointStatus.MET]

    def gain(point: Point) -> tuple[bool, float, bool]:
        after = scoring.question_score(question, {**statuses, point.id: PointStatus.MET})
        return statuses.get(point.id) is PointStatus.CONTRADICTED, after, point.tier is PointTier.STRONG

    return max(missing, key=gain, default=None)


def is_enough(question: Question, grade: Grade) -> bool:
    """Whether the one point of the advice would have made the verdict Strong Hire."""
    findings = {finding.point_id: finding for finding in grade.findings}
    point = most_worth_saying(question, findings)
    statuses = {point_id: finding.status for point_id, finding in findings.items()}
    return point is not None and (scoring.verdict_of(question, {**statuses, point.id: PointStatus.MET}) is Verdict.STRONG_HIRE)


def to_strong(question: Question, grade: Grade) -> str:
    """One sentence saying what would have made the verdict Strong Hire: the fewest points, most valuable first."""
    if grade.verdict is Verdict.STRONG_HIRE:
        return "This was a Strong Hire answer."
    statuses = {finding.point_id: finding.status for finding in grade.findings}
    wrong = [p for p in question.points if statuses.get(p.id) is PointStatus.CONTRADICTED]
    needed: list[Point] = []
    while scoring.verdict_of(question, statuses) is not Verdict.STRONG_HIRE:
        missing = [point for point in question.points if statuses.get(point.id) is not PointStatus.MET]
        best = max(missing, key=lambda p: scoring.question_score(question, {**statuses, p.id: PointStatus.MET}))
        statuses[best.id] = PointStatus.MET
        needed.append(best)
    names = [criterion.name for criterion in question.criteria if any(point in criterion.points for point in needed)]
    repair = "Without the wrong claim" + ("s" if len(wrong) > 1 else "") + " and with" if wrong else "With"
    listing = "; ".join(_lower(point.statement).rstrip(".") for point in needed[:3])
    more = f", and {len(needed) - 3} more points ({', '.join(names)})" if len(needed) > 3 else ""
    return f"{repair} this it would have been a Strong Hire: {listing}{more}."


def _lower(statement: str) -> str:
    """A statement as part of a sentence; a leading acronym or name keeps its capitals."""
    first = statement.split(" ", 1)[0]
    return statement if sum(letter.isupper() for letter in first) > 1 else statement[:1].lower() + statement[1:]


def _short(quote: str, words: int = 24) -> str:
    said = quote.split()
    return quote if len(said) <= words else " ".join(said[:words]) + " …"
