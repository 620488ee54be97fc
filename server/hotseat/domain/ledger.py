"""What the candidate has claimed in an interview, point by point, with their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hotseat.domain.model import Grade, PointStatus, Question

_KEPT = frozenset((PointStatus.MET, PointStatus.CONTRADICTED))


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing said about one point."""

    round: int
    question_id: str
    question_title: str
    point_id: str
    status: PointStatus
    """Made or contradicted."""
    quote: str
    turn_id: int


def claims(graded: Sequence[tuple[int, Grade]], questions: Mapping[int, Question]) -> tuple[Claim, ...]:
    """The claims of the graded rounds, in order; ``questions`` are the rounds' own. Follows from the event log alone."""
    return tuple(
        Claim(
            number,
            grade.question_id,
            questions[number].title,
            finding.point_id,
            finding.status,
            finding.evidence.quote,
            finding.evidence.turn_id,
        )
        for number, grade in sorted(graded, key=lambda item: item[0])
        for finding in grade.findings
        if finding.status in _KEPT and finding.evidence is not None
    )
