"""Grades with a language model, and with the embedded grader if that fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

from hotseat.domain.model import Answer, Grade, Question
from hotseat.errors import HotseatError
from hotseat.grading.exam import Sitting
from hotseat.grading.grader import Grader
from hotseat.telemetry.logs import failed

log = logging.getLogger(__name__)

PATIENCE_S = 120.0
"""How long the language model may take; session.GRADE_TIMEOUT_S is longer, to leave time for the embedded grader."""


class FallbackGrader:
    """Implements ``Grader``. If the model fails, the embedded grader's grade has ``fallback`` set and the reason."""

    def __init__(self, llm: Grader, embedded: Grader, sitting: Sitting | None) -> None:
        self._llm = llm
        self._embedded = embedded
        self._sitting = sitting

    async def grade(self, question: Question, answers: Sequence[Answer]) -> Grade:
        """Raises GraderError only where the embedded grader does, too."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                grade = await self._llm.grade(question, answers)
        except Exception as error:  # an embedded grade is better than none
            failed(log, "grading with the language model", error)
            reason = str(error) if isinstance(error, HotseatError) else "the language model was too slow or failed"
            grade = await self._embedded.grade(question, answers)
            return replace(grade, fallback=True, reason=grade.reason or reason)
        if self._sitting is None:
            return grade
        return replace(grade, agreement=self._sitting.judge.agreement, reader_agreement=self._sitting.reader.agreement)
