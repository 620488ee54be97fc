"""What a grade tells the candidate to do: the one thing to check or add, and what would make it a Strong Hire."""

from __future__ import annotations

from collections.abc import Mapping

from hotseat.domain.model import Grade, Point, PointFinding, PointStatus, PointTier, Question, Verdict
from hotseat.grading import scoring

MAX_QUOTE_WORDS = 24


def advice(question: Question, findings: Mapping[str, PointFinding]) -> str:
    """One sentence or two: a contradicted point first, else the missing point most worth adding. Empty where nothing is."""
    point = most_worth_adding(question, findings)
    if point is None:
        return ""
    finding = findings.get(point.id)
    if finding and finding.status is PointStatus.CONTRADICTED and finding.evidence:
        return f'Check this: you said "{_short(finding.evidence.quote)}". In fact, {_lower(point.statement)}'
    return f"Add this next time: {_lower(point.statement)}"


def most_worth_adding(question: Question, findings: Mapping[str, PointFinding]) -> Point | None:
    """A contradicted point, else the unheard one that would raise the score most. Never a point that may have been said."""
    statuses = {point_id: finding.status for point_id, finding in findings.items()}

    def gain(point: Point) -> tuple[bool, float, bool]:
        after = scoring.question_score(question, {**statuses, point.id: PointStatus.MET})
        return statuses.get(point.id) is PointStatus.CONTRADICTED, after, point.tier is PointTier.STRONG

    return max(missing(question, statuses), key=gain, default=None)


def missing(question: Question, statuses: Mapping[str, PointStatus]) -> list[Point]:
    """Points that were surely not made."""
    may_be_made = (PointStatus.MET, PointStatus.NOT_SURE)
    return [point for point in question.points if statuses.get(point.id) not in may_be_made]


def is_enough(question: Question, grade: Grade) -> bool:
    """Whether the one point of the advice would have made the verdict Strong Hire."""
    point = most_worth_adding(question, {finding.point_id: finding for finding in grade.findings})
    statuses = {finding.point_id: finding.status for finding in grade.findings}
    if point is None:
        return False
    after = scoring.verdict_of(question, {**statuses, point.id: PointStatus.MET}, scoring.doubts_in(grade.findings))
    return after is Verdict.STRONG_HIRE


def to_strong(question: Question, grade: Grade) -> str:
    """What would have made the verdict Strong Hire: the fewest points, most valuable first, three named at most.

    Empty where it is one, or where the points that may have been said are what it lacks.
    """
    statuses = {finding.point_id: finding.status for finding in grade.findings}
    doubts = scoring.doubts_in(grade.findings)
    needed: list[Point] = []
    while scoring.verdict_of(question, statuses, doubts) is not Verdict.STRONG_HIRE:
        left = missing(question, statuses)
        if not left:
            return ""
        best = max(left, key=lambda p: scoring.question_score(question, {**statuses, p.id: PointStatus.MET}))
        statuses[best.id] = PointStatus.MET
        needed.append(best)
    if not needed:
        return ""
    listing = "; ".join(_lower(point.statement).rstrip(".") for point in needed[:3])
    return f"To reach Strong Hire, add{' first' if len(needed) > 3 else ''}: {listing}."


def _lower(statement: str) -> str:
    """A statement as part of a sentence; a leading acronym or name keeps its capitals."""
    first = statement.split(" ", 1)[0]
    return statement if sum(letter.isupper() for letter in first) > 1 else statement[:1].lower() + statement[1:]


def _short(quote: str) -> str:
    said = quote.split()
    return quote if len(said) <= MAX_QUOTE_WORDS else " ".join(said[:MAX_QUOTE_WORDS]) + " …"
