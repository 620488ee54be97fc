"""A grade's advice: the one point to check or add next time, and what would have made it a Strong Hire."""

from __future__ import annotations

from hotseat.domain.model import Grade, Point, PointStatus, PointTier, Question, Verdict
from hotseat.grading.scoring import Findings, finding_of, question_score, verdict_of, with_made

MAX_QUOTE_WORDS = 24


def advice(question: Question, findings: Findings) -> str:
    """One or two sentences: correct a contradicted point, else add the most valuable missing one; empty if there is neither."""
    point = most_worth_adding(question, findings)
    if point is None:
        return ""
    finding = findings.get(point.id)
    if finding and finding.status is PointStatus.CONTRADICTED and finding.evidence:
        return f'Check this: you said "{_short(finding.evidence.quote)}". In fact, {_lower(point.statement)}'
    return f"Add this next time: {_lower(point.statement)}"


def most_worth_adding(question: Question, findings: Findings) -> Point | None:
    """A contradicted point, else the missing one that would raise the score most; never a point that is not sure."""

    def gain(point: Point) -> tuple[bool, float, bool]:
        after = question_score(question, with_made(findings, point.id))
        return finding_of(point, findings).status is PointStatus.CONTRADICTED, after, point.tier is PointTier.STRONG

    return max(missing(question, findings), key=gain, default=None)


def missing(question: Question, findings: Findings) -> list[Point]:
    """Points that were not made: not heard or contradicted, but not those that are not sure."""
    may_be_made = (PointStatus.MET, PointStatus.NOT_SURE)
    return [point for point in question.points if finding_of(point, findings).status not in may_be_made]


def is_enough(question: Question, grade: Grade) -> bool:
    """Whether the point of the advice alone would have made the verdict Strong Hire."""
    point = most_worth_adding(question, grade.by_point)
    return point is not None and verdict_of(question, with_made(grade.by_point, point.id)) is Verdict.STRONG_HIRE


def to_strong(question: Question, grade: Grade) -> str:
    """What would have made the verdict Strong Hire: few points, the most valuable first, at most three of them named.

    Empty for a Strong Hire, and if all missing points together would not be enough.
    """
    findings: Findings = grade.by_point
    needed: list[Point] = []
    while verdict_of(question, findings) is not Verdict.STRONG_HIRE:
        left = missing(question, findings)
        if not left:
            return ""
        best = max(left, key=lambda point: question_score(question, with_made(findings, point.id)))
        findings = with_made(findings, best.id)
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
