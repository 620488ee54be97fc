"""The grader that needs no LLM: patterns, and small networks that read each point beside what was said. Deterministic."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from server.background import in_background
from server.core import scoring
from server.core.domain import Answer, Grade, PointFinding, PointStatus, Question, Verdict
from server.grading import assessable
from server.grading.decide import DEFAULT as DEFAULT_CUTS
from server.grading.decide import GLANCE, decide_all
from server.grading.embedding import Embedder
from server.grading.hearing import Span, hear
from server.grading.quoting import cut
from server.grading.report import advice
from server.grading.signals import Signals, signals
from server.grading.subject import Subjects
from server.grading.word_order import order

NAME = "embedded"


class EmbeddedGrader:
    """Implements ports.Grader. Without an embedder it grades by patterns alone."""

    def __init__(
        self,
        embedder: Embedder | None = None,
        *,
        versions: Mapping[str, str] | None = None,
        whole: bool = True,
        subjects: Subjects | None = None,
    ) -> None:
        """``whole``: read answers from end to end as well, and passages twice; without, only what is new of a growing one
        costs time. ``subjects``: of the questions that an answer may be to instead of its own."""
        self._embedder = embedder
        self._versions = versions or {}
        self._cuts = DEFAULT_CUTS if whole else GLANCE
        self._whole = whole
        self._subjects = subjects

    async def grade(self, question: Question, answers: Sequence[Answer]) -> Grade:
        return await in_background(self.grade_now, question, answers)

    def grade_now(self, question: Question, answers: Sequence[Answer]) -> Grade:
        """The grade of a round. Never raises for anything that was said."""
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

    def signals(self, question: Question, answers: Sequence[Answer]) -> dict[str, Signals]:
        return signals(question, [hear(question, answer) for answer in answers], self._embedder, whole=self._whole)

    def findings(self, question: Question, answers: Sequence[Answer]) -> dict[str, PointFinding]:
        """One finding per point, before lean points are taken as shown by strong ones."""
        if why := self.why_none(question, answers):
            return {point.id: PointFinding(point.id, PointStatus.NOT_MET, None, why, 0.7) for point in question.points}
        return self._decide(self.signals(question, answers))

    def why_none(self, question: Question, answers: Sequence[Answer]) -> str:
        """Why no point can be made, whatever is matched; empty if it may be."""
        if order(answers) < self._cuts.ordered:
            return "the words are in no order"
        if self._subjects and self._subjects.lead(question, answers) < self._cuts.astray:
            return "the answer is about something else"
        return ""

    def reconsider(
        self, question: Question, answers: Sequence[Answer], answer: Answer, span: Span, point_id: str
    ) -> tuple[PointFinding, Signals]:
        """One point's finding with only a passage of the answer looked at, beside what the round shows of the others; whatever
        most of the answer is about."""
        here = self.signals(question, [cut(answer, span)])[point_id]
        return self._decide({**self.signals(question, answers), point_id: here})[point_id], here

    def _decide(self, seen: Mapping[str, Signals]) -> dict[str, PointFinding]:
        return decide_all(seen, with_likeness=self._embedder is not None, cuts=self._cuts)


def build_grade(
    question: Question,
    findings: Mapping[str, PointFinding],
    *,
    grader: str,
    reason: str = "",
    model: str = "",
    version: str = "",
    prompt_version: str = "",
    fallback: bool = False,
    seconds: float = 0.0,
    tokens: int = 0,
    assessable: bool | None = None,
) -> Grade:
    """Levels, verdict and advice from findings. A reason makes it Not Assessable unless ``assessable`` says otherwise."""
    statuses = {point_id: finding.status for point_id, finding in findings.items()}
    counts = not reason if assessable is None else assessable
    return Grade(
        question_id=question.id,
        verdict=scoring.verdict_of(question, statuses) if counts else Verdict.NOT_ASSESSABLE,
        criteria=scoring.criterion_results(question, findings),
        grader=grader,
        model=model,
        rubric_version=version,
        prompt_version=prompt_version,
        reason=reason,
        fallback=fallback,
        seconds=round(seconds, 3),
        tokens=tokens,
        advice=advice(question, findings) if counts else "",
    )
