"""What the candidate has claimed so far in an interview, with quotes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hotseat.domain.model import Grade, PointStatus, Question

_KEPT = frozenset((PointStatus.MET, PointStatus.CONTRADICTED))


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing said about one point."""

    question_title: str
    status: PointStatus
    """Made or contradicted."""
    quote: str


def claims(graded: Iterable[tuple[Question, Grade]]) -> tuple[Claim, ...]:
    """The claims of the graded rounds, in their order."""
    return tuple(
        Claim(question.title, finding.status, finding.evidence.quote)
        for question, grade in graded
        for finding in grade.findings
        if finding.status in _KEPT and finding.evidence is not None
    )
