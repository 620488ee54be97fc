"""The interface of graders; hotseat.grading.embedded, llm and judge implement it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hotseat.domain.model import Answer, Grade, Question


class Grader(Protocol):
    """Grades one round: the answer and the answers to its follow-ups."""

    async def grade(self, question: Question, answers: Sequence[Answer]) -> Grade:
        """Raises GraderError when the answer could not be graded."""
        ...
