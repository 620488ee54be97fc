"""Two attempts at one question, held against each other point by point."""

from __future__ import annotations

from dataclasses import dataclass

from hotseat.domain.model import Criterion, Grade, Level, Point, PointFinding, PointStatus, Question

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
    return tuple(
        CriterionChange(
            criterion,
            _level(earlier, criterion.id),
            _level(later, criterion.id),
            tuple(PointChange(point, _finding(earlier, point.id), _finding(later, point.id)) for point in criterion.points),
        )
        for criterion in question.criteria
    )


def _level(grade: Grade, criterion_id: str) -> Level:
    return next((result.level for result in grade.criteria if result.criterion_id == criterion_id), Level.NO)


def _finding(grade: Grade, point_id: str) -> PointFinding:
    found = (finding for finding in grade.findings if finding.point_id == point_id)
    return next(found, PointFinding(point_id, PointStatus.NOT_MET))
