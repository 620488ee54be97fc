"""The grader that asks a language model which points were made in which sentences.

Quotes, levels and verdict are computed from its reply in code.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from hotseat.chat import ChatModel
from hotseat.domain.model import Answer, Grade, Point, PointFinding, Question
from hotseat.errors import ChatModelError, GraderError
from hotseat.grading import assessable, llm_prompt, scoring
from hotseat.grading.grader import build_grade
from hotseat.grading.llm_prompt import BadReply, Sentence
from hotseat.grading.word_order import is_speech
from hotseat.prompts import Prompts

NAME = "llm"
TEMPLATES = ("grade_system.j2", "grade_user.j2", "grade_repair.j2")
_Found = tuple[dict[str, PointFinding], int]
"""Findings by point id, and the tokens used."""


class LlmGrader:
    """Implements ``Grader`` over any ``ChatModel``."""

    def __init__(self, chat: ChatModel, prompts: Prompts) -> None:
        self._chat = chat
        self._prompts = prompts

    @property
    def model(self) -> str:
        return self._chat.name

    @property
    def prompt_version(self) -> str:
        return self._prompts.version(*TEMPLATES)

    async def grade(self, question: Question, answers: Sequence[Answer]) -> Grade:
        """Raises GraderError if the model fails (then caused by a ChatModelError) or its reply can't be read after a repair."""
        started = time.perf_counter()
        reason = assessable.why_not(answers)
        is_read = not reason and is_speech(answers)
        findings, tokens = await self._findings(question, llm_prompt.sentences_of(question, answers) if is_read else ())
        return build_grade(
            question,
            scoring.implied(question, findings),
            grader=NAME,
            reason=reason,
            model=self.model,
            prompt_version=self.prompt_version,
            seconds=time.perf_counter() - started,
            tokens=tokens,
        )

    async def _findings(self, question: Question, sentences: Sequence[Sentence]) -> _Found:
        """A finding for every point, or none if there are no sentences."""
        findings: dict[str, PointFinding] = {}
        tokens = 0
        for points in llm_prompt.batches(question) if sentences else ():
            found, used = await self._ask(question, points, sentences)
            findings |= found
            tokens += used
        return findings, tokens

    async def _ask(self, question: Question, points: Sequence[Point], sentences: Sequence[Sentence]) -> _Found:
        """One call, and one more to repair a reply that cannot be read."""
        user = self._prompts.render("grade_user.j2", question=question.prompt, sentences=sentences, points=points)
        messages = [
            {"role": "system", "content": self._prompts.render("grade_system.j2")},
            {"role": "user", "content": user},
        ]
        problem, tokens = "", 0
        for _ in range(2):
            try:
                reply, used = await self._chat.complete(
                    messages, max_tokens=llm_prompt.MAX_TOKENS, schema=llm_prompt.schema(points)
                )
            except ChatModelError as error:
                raise GraderError(f"the language model could not grade: {error}") from error
            tokens += used
            try:
                return llm_prompt.parse(reply, points, sentences), tokens
            except BadReply as error:
                problem = str(error)
                repair = self._prompts.render("grade_repair.j2", problem=problem)
                messages = [*messages, {"role": "assistant", "content": reply[:2000]}, {"role": "user", "content": repair}]
        raise GraderError(f"the language model's grading could not be read: {problem}")
