"""The grader that asks a language model, one criterion at a time. It asks what was said; levels and verdict are computed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from server.core import scoring
from server.core.domain import Answer, Criterion, Evidence, Grade, Point, PointFinding, PointStatus, Question
from server.errors import ChatModelError, GraderError
from server.grading import asking, assessable
from server.grading.asking import BadReply, Reply
from server.grading.grades import build_grade
from server.grading.passage import Passage, passage_of
from server.ports import ChatModel
from server.prompts import Prompts

NAME = "llm"
TEMPLATES = ("grade_system.j2", "grade_user.j2", "grade_repair.j2")
EXTRA_VOTES = 2
"""Asked about one point alone when a reply is at odds with itself."""


@dataclass(slots=True)
class Usage:
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Checked:
    findings: dict[str, PointFinding] = field(default_factory=dict)
    tokens: int = 0


class LlmGrader:
    """Implements ports.Grader over any ports.ChatModel."""

    def __init__(
        self,
        chat: ChatModel,
        prompts: Prompts,
        *,
        versions: Mapping[str, str] | None = None,
    ) -> None:
        self._chat = chat
        self._prompts = prompts
        self._versions = versions or {}

    @property
    def model(self) -> str:
        return self._chat.name

    @property
    def prompt_version(self) -> str:
        return self._prompts.version(*TEMPLATES)

    async def grade(self, question: Question, answers: Sequence[Answer]) -> Grade:
        """Raises GraderError when the model fails or keeps replying nonsense."""
        started = time.perf_counter()
        reason = assessable.why_not(answers)
        checked = Checked() if reason else await self.check(question, answers)
        return build_grade(
            question,
            scoring.implied(question, checked.findings),
            grader=NAME,
            reason=reason,
            model=self.model,
            version=self._versions.get(question.id, ""),
            prompt_version=self.prompt_version,
            seconds=time.perf_counter() - started,
            tokens=checked.tokens,
        )

    async def check(
        self, question: Question, answers: Sequence[Answer], only: Iterable[str] | None = None, *, confirm: bool = False
    ) -> Checked:
        """Findings for all points or those named, one call per criterion. Raises GraderError.

        confirm: put every point found met to the vote as well, so that its confidence is the share of votes for it.
        """
        round_ = [passage_of(question, answer) for answer in answers]
        text = asking.answer_text(round_)
        wanted = None if only is None else set(only)
        usage = Usage()
        findings: dict[str, PointFinding] = {}
        if text:
            for criterion in question.criteria:
                points = [point for point in criterion.points if wanted is None or point.id in wanted]
                if points:
                    findings.update(await self._criterion(question, criterion, points, round_, text, usage, confirm))
        return Checked(findings, usage.tokens)

    async def _criterion(
        self,
        question: Question,
        criterion: Criterion,
        points: Sequence[Point],
        round_: Sequence[Passage],
        text: str,
        usage: Usage,
        confirm: bool,
    ) -> dict[str, PointFinding]:
        replies = await self._ask(question, criterion, points, text, usage)
        findings: dict[str, PointFinding] = {}
        for point in points:
            votes = [self._verified(replies[point.id], round_)]
            if asking.is_unsure(*votes[0]) or (confirm and asking.status_of(*votes[0]) is PointStatus.MET):
                for turn in range(EXTRA_VOTES):
                    again = await self._ask(question, criterion, [point], text, usage, phrasing=turn + 1)
                    votes.append(self._verified(again[point.id], round_))
            findings[point.id] = asking.majority(point, votes)
        return findings

    @staticmethod
    def _verified(reply: Reply, round_: Sequence[Passage]) -> tuple[Reply, Evidence | None]:
        return reply, asking.find_quote(reply.quote, round_) if reply.quote else None

    async def _ask(
        self, question: Question, criterion: Criterion, points: Sequence[Point], text: str, usage: Usage, phrasing: int = 0
    ) -> dict[str, Reply]:
        """One call, and one more to repair a reply that cannot be read. ``phrasing`` varies the wording between votes."""
        ids = ", ".join(point.id for point in points)
        shown = [{"id": p.id, "statement": p.statement, "phrasing": p.phrasings[phrasing % len(p.phrasings)]} for p in points]
        messages = [
            {"role": "system", "content": self._prompts.render("grade_system.j2")},
            {
                "role": "user",
                "content": self._prompts.render(
                    "grade_user.j2", question=question.prompt, answer=text, criterion=criterion.name, points=shown, ids=ids
                ),
            },
        ]
        problem = ""
        for _ in range(2):
            try:
                reply, tokens = await self._chat.complete(
                    messages, max_tokens=asking.TOKENS_PER_POINT * len(points) + 20, schema=asking.schema(points)
                )
            except ChatModelError as error:
                raise GraderError(f"the language model could not grade: {error}") from error
            usage.tokens += tokens
            try:
                return asking.parse(reply, points)
            except BadReply as error:
                problem = str(error)
                repair = self._prompts.render("grade_repair.j2", problem=problem, ids=ids)
                messages = [*messages, {"role": "assistant", "content": reply[:2000]}, {"role": "user", "content": repair}]
        raise GraderError(f"the language model's grading could not be read: {problem}")
