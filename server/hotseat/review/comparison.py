"""Two attempts at one question, held against each other point by point."""

from __future__ import annotations

from dataclasses import dataclass

from hotseat.domain.model import Criterion, Grade, Level, Point, PointFinding, PointStatus, Question
from hotseat.grading.scoring import finding_of

_RANK = {PointStatus.CONTRADICTED: 0, PointStatus.NOT_MET: 1, PointStatus.MET: 2}


@dataclass(frozen=True, slots=True)
class PointChange:
    point: Point
    earlier: PointFinding
    later: PointFinding

    @property
    def is_unsure(self) -> bool:
        """Whether one of them is not sure, so that nothing is known to be gained or lost."""
        return PointStatus.NOT_SURE in (self.earlier.status, self.later.status)

    @property
    def gained(self) -> bool:
        """Met now and not before, or no longer contradicted."""
        return not self.is_unsure and _RANK[self.later.status] > _RANK[self.earlier.status]

    @property
    def lost(self) -> bool:
        return not self.is_unsure and _RANK[self.later.status] < _RANK[self.earlier.status]


@dataclass(frozen=True, slots=True)
class CriterionChange:
    criterion: Criterion
    earlier: Level
    later: Level
    points: tuple[PointChange, ...]


def changes(question: Question, earlier: Grade, later: Grade) -> tuple[CriterionChange, ...]:
    """Every criterion of the question as it is now. A point that one of the grades does not know counts as not met in it."""
    before, after = ({result.criterion_id: result.level for result in grade.criteria} for grade in (earlier, later))
    return tuple(
        CriterionChange(
            criterion,
            before.get(criterion.id, Level.NO),
            after.get(criterion.id, Level.NO),
            tuple(PointChange(p, finding_of(p, earlier.by_point), finding_of(p, later.by_point)) for p in criterion.points),
        )
        for criterion in question.criteria
    )
