"""The interface of graders, which hotseat.grading.embedded, llm and fallback implement, and how they build a grade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hotseat.domain.model import Answer, Grade, Question, Verdict
from hotseat.grading import scoring
from hotseat.grading.advice import advice
from hotseat.grading.scoring import Findings


class Grader(Protocol):
    """Grades one round: the answer and the answers to its follow-ups."""

    async def grade(self, question: Question, answers: Sequence[Answer]) -> Grade:
        """Raises GraderError when the answer could not be graded."""


def build_grade(
    question: Question,
    findings: Findings,
    *,
    grader: str,
    reason: str = "",
    model: str = "",
    prompt_version: str = "",
    seconds: float = 0.0,
    tokens: int = 0,
) -> Grade:
    """The grade with these findings; levels, verdict and advice follow from them. With a ``reason`` it is Not Assessable."""
    return Grade(
        question_id=question.id,
        verdict=Verdict.NOT_ASSESSABLE if reason else scoring.verdict_of(question, findings),
        criteria=scoring.criterion_results(question, findings),
        grader=grader,
        model=model,
        rubric_version=question.rubric_version,
        prompt_version=prompt_version,
        reason=reason,
        seconds=round(seconds, 3),
        tokens=tokens,
        advice="" if reason else advice(question, findings),
    )
