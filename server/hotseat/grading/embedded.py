"""The grader that needs no LLM: the reader on every point, thresholds on what it says. Deterministic."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from hotseat.background import in_background
from hotseat.domain.model import Answer, Grade, Point, PointFinding, PointStatus, Question
from hotseat.errors import GraderError
from hotseat.grading import assessable, scoring
from hotseat.grading.grades import build_grade
from hotseat.grading.passage import Passage, passage_of
from hotseat.grading.reading import Reader
from hotseat.grading.thresholds import THRESHOLDS, Thresholds, finding_of
from hotseat.grading.word_order import is_shuffled

NAME = "embedded"


class EmbeddedGrader:
    """Implements ``Grader``. Without a reader nothing is graded."""

    def __init__(
        self, reader: Reader | None, *, versions: Mapping[str, str] | None = None, thresholds: Thresholds = THRESHOLDS
    ) -> None:
        self._reader = reader
        self._versions = versions or {}
        self._thresholds = thresholds

    async def grade(self, question: Question, answers: Sequence[Answer]) -> Grade:
        """Raises GraderError where there is no reader."""
        return await in_background(self.grade_now, question, answers)

    def grade_now(self, question: Question, answers: Sequence[Answer]) -> Grade:
        """The grade of a round. Never raises for anything that was said; GraderError where there is no reader."""
        started = time.perf_counter()
        reason = assessable.why_not(answers)
        findings = {} if reason else self.findings(question, answers)
        return build_grade(
            question,
            scoring.implied(question, findings),
            grader=NAME,
            reason=reason,
            version=self._versions.get(question.id, ""),
            seconds=time.perf_counter() - started,
        )

    def findings(self, question: Question, answers: Sequence[Answer]) -> dict[str, PointFinding]:
        """One finding per point, before lean points are taken as shown by strong ones."""
        if self._reader is None:
            raise GraderError("the reader is not installed; run ./hotseat doctor")
        if is_shuffled(answers):
            note = "the words are in no order"
            return {point.id: PointFinding(point.id, PointStatus.NOT_MET, None, note) for point in question.points}
        passages = [passage_of(question, answer) for answer in answers]

        return {point.id: self.find(point, passages) for point in question.points}

    def find(self, point: Point, passages: Sequence[Passage]) -> PointFinding:
        assert self._reader is not None
        read = [(passage, self._reader.read(point.statement, passage.words)) for passage in passages]
        return finding_of(point.id, read, self._thresholds)
