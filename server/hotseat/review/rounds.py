"""A round of a past interview, with the changes made to it since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hotseat.domain.corrections import Correction, corrected, corrections_in_force
from hotseat.domain.model import Answer, Bank, Grade, Point, PointFinding, Question
from hotseat.errors import MissingError
from hotseat.grading import disputes, scoring
from hotseat.session.eventlog import LoadInterview, counted_grade, decode_grade
from hotseat.session.phases import Progress, RoundGrade, RoundPlan
from hotseat.session.records import Amendments, Regrade, RegradeKind
from hotseat.storage.store import SqlStore


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a past interview."""

    index: int
    """From 0."""
    owner: str
    question: Question
    progress: Progress
    """The whole interview's."""
    amendments: Amendments
    """The whole interview's."""

    @property
    def plan(self) -> RoundPlan:
        return self.progress.plan.rounds[self.index]

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The answers as recognised."""
        return self.progress.answers_of(self.index)

    @property
    def corrections(self) -> list[Correction]:
        """All corrections of its answers, oldest first."""
        turns = {answer.turn_id for answer in self.answers}
        return [entry for entry in self.amendments.corrections if entry.turn_id in turns]

    @property
    def amended(self) -> list[Answer]:
        """The answers as corrected."""
        in_force = corrections_in_force(self.corrections)
        return [corrected(answer, in_force) for answer in self.answers]

    @property
    def regrades(self) -> list[Regrade]:
        return [entry for entry in self.amendments.regrades if entry.round == self.index]

    @property
    def first_grade(self) -> RoundGrade | None:
        """How it was graded at the end of the interview; None until then."""
        return next((item for item in self.progress.grades if item.round == self.index), None)

    @property
    def grade(self) -> Grade | None:
        """The grade that counts; None if there is none."""
        return counted_grade(self.progress, self.amendments, self.index)

    def grade_with(self, findings: Mapping[str, PointFinding]) -> Grade:
        """The grade with these findings (by point id) in place of its own. The round must have been graded."""
        assert self.grade is not None
        return disputes.with_findings(self.question, self.grade, {**self._own_findings(), **findings})

    def _own_findings(self) -> dict[str, PointFinding]:
        """Each point's latest finding since the round was last graded as a whole, except those implied by another point.

        So a point that is no longer implied has its own finding again.
        """
        grades = [self.first_grade.grade] if self.first_grade and self.first_grade.grade else []
        for regrade in self.regrades:
            grade = decode_grade(regrade.grade)
            grades = [grade] if regrade.kind is RegradeKind.CORRECTED else [*grades, grade]
        return {f.point_id: f for grade in grades for f in grade.findings if not scoring.is_implied(f)}

    def point(self, point_id: str) -> Point:
        """Raises MissingError."""
        for point in self.question.points:
            if point.id == point_id:
                return point
        raise MissingError("there is no such point in this question's rubric")


@dataclass(frozen=True, slots=True)
class Rounds:
    """Finds rounds and answers of interviews, running or over. Methods raise MissingError, StorageError."""

    store: SqlStore
    bank: Bank
    load: LoadInterview

    async def find(self, interview_id: str, number: int) -> Round:
        """A round by its number, from 1."""
        found = await self.load(interview_id)
        if found is None or not 0 < number <= len(found[1].progress.plan.rounds):
            raise MissingError("there is no such round of an interview")
        record, progress = found[0], found[1].progress
        question = progress.plan.rounds[number - 1].question_in(self.bank)
        return Round(number - 1, record.owner, question, progress, await self.store.amendments(interview_id))

    async def answer(self, interview_id: str, turn_id: int) -> Answer:
        """The answer of a turn, as recognised."""
        found = await self.load(interview_id)
        for answer in found[1].progress.answers if found is not None else ():
            if answer.turn_id == turn_id:
                return answer
        raise MissingError("there is no such turn of an interview")
