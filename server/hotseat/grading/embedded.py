"""The grader that needs no language model: thresholds on the reader's probabilities for every point. Deterministic."""

from __future__ import annotations

import time
from collections.abc import Sequence

from hotseat.background import in_background
from hotseat.domain.model import Answer, Grade, PointFinding, PointStatus, Question
from hotseat.grading import assessable, scoring
from hotseat.grading.grader import build_grade
from hotseat.grading.passage import passage_of
from hotseat.grading.reading import Reader, described
from hotseat.grading.thresholds import finding_from
from hotseat.grading.word_order import is_speech

NAME = "embedded"


class EmbeddedGrader:
    """Implements ``Grader``."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    async def grade(self, question: Question, answers: Sequence[Answer]) -> Grade:
        return await in_background(self.grade_now, question, answers)

    def grade_now(self, question: Question, answers: Sequence[Answer]) -> Grade:
        """Like ``grade``, but blocking. Never raises, whatever was said."""
        started = time.perf_counter()
        reason = assessable.why_not(answers)
        findings = {} if reason else self.findings(question, answers)
        return build_grade(
            question,
            scoring.implied(question, findings),
            grader=NAME,
            reason=reason,
            seconds=time.perf_counter() - started,
        )

    def findings(self, question: Question, answers: Sequence[Answer]) -> dict[str, PointFinding]:
        """A finding for every point, by point id, before ``scoring.implied``. Blocking."""
        if not is_speech(answers):
            note = "the words don’t form sentences"
            return {point.id: PointFinding(point.id, PointStatus.NOT_MET, None, note) for point in question.points}
        passages = [passage_of(question, answer) for answer in answers]
        statements = [described(point) for point in question.points]
        readings = [self.reader.read(statements, passage.words) for passage in passages]
        return {
            point.id: finding_from(point.id, list(zip(passages, of_point, strict=True)))
            for point, of_point in zip(question.points, zip(*readings, strict=True), strict=True)
        }
