"""Both graders together: the embedded one decides what it is sure of, the language model is asked about the rest."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from server.background import in_background
from server.core import scoring
from server.core.domain import Answer, Grade, PointFinding, PointStatus, Question
from server.errors import HotseatError
from server.grading import assessable
from server.grading.credence import made
from server.grading.decide import DEFAULT as CUTS
from server.grading.embedded import EmbeddedGrader, build_grade
from server.grading.llm import Checked, LlmGrader
from server.grading.signals import Signals
from server.operations.logs import failed

log = logging.getLogger(__name__)

NAME = "combined"
_PATIENCE_S = 120.0
"""For the language model; the embedded grade is better than none (core.session.GRADE_TIMEOUT_S is longer)."""


@dataclass(frozen=True, slots=True)
class Policy:
    """When the model is asked, and what its word is worth. Scores are log odds."""

    band: float = 0.5
    """A point is put to the model if its score is so near to what makes it, either way."""
    apart: int = 2
    """Verdicts this many steps apart, with and without the model, are Not Assessable."""


DEFAULT = Policy()


class CombinedGrader:
    """Implements ports.Grader. Without a model, or when it fails, the grade is the embedded one and says so."""

    def __init__(self, embedded: EmbeddedGrader, llm: LlmGrader | None, policy: Policy = DEFAULT) -> None:
        self._embedded = embedded
        self._llm = llm
        self._policy = policy

    async def grade(self, question: Question, answers: Sequence[Answer]) -> Grade:
        """Never raises GraderError: the embedded grade stands in."""
        started = time.perf_counter()
        alone = await in_background(self._embedded.grade_now, question, answers)
        if self._llm is None or assessable.why_not(answers):
            return alone
        if await in_background(self._embedded.why_none, question, answers):
            return alone
        seen = await in_background(self._embedded.signals, question, answers)
        findings = {finding.point_id: finding for finding in alone.findings}
        asked = [point_id for point_id, signals in seen.items() if is_unsure(signals, findings[point_id], self._policy)]
        try:
            async with asyncio.timeout(_PATIENCE_S):
                checked = await self._llm.check(question, answers, asked, confirm=True) if asked else Checked()
        except Exception as error:  # the embedded grade is there, whatever it was
            failed(log, "grading with the language model", error)
            reason = str(error) if isinstance(error, HotseatError) else "the language model was too slow or failed"
            return replace(alone, fallback=True, reason=reason, seconds=round(time.perf_counter() - started, 3))
        merged = {point_id: merge(finding, checked.findings.get(point_id)) for point_id, finding in findings.items()}
        grade = build_grade(
            question,
            scoring.implied(question, merged),
            grader=NAME,
            model=self._llm.model,
            version=alone.rubric_version,
            prompt_version=self._llm.prompt_version,
            seconds=time.perf_counter() - started,
            tokens=checked.tokens,
        )
        return self._settle(question, alone, grade)

    def _settle(self, question: Question, alone: Grade, together: Grade) -> Grade:
        before, after = scoring.ordered([alone.verdict, together.verdict])
        if abs(before - after) < self._policy.apart:
            return together
        findings: Mapping[str, PointFinding] = {finding.point_id: finding for finding in together.findings}
        return build_grade(
            question,
            findings,
            grader=NAME,
            reason=f"The graders disagree: {alone.verdict.value} without the language model, {together.verdict.value} with it.",
            model=together.model,
            version=together.rubric_version,
            prompt_version=together.prompt_version,
            seconds=together.seconds,
            tokens=together.tokens,
        )


def is_unsure(signals: Signals, finding: PointFinding, policy: Policy = DEFAULT) -> bool:
    """Whether a point is worth asking the model about."""
    if finding.status is PointStatus.CONTRADICTED or scoring.is_implied(finding) or not signals.readings:
        return False
    return abs(made(signals) - CUTS.made) < policy.band and not signals.listed


def merge(embedded: PointFinding, llm: PointFinding | None) -> PointFinding:
    """A point becomes met only if every vote of the model says so; a doubtful match falls only to a contradiction.

    On the develop half a 1.5B model denied 45% of the points that were made and, in doubtful passages, affirmed a third of
    those that were not, so a single reply is worth less than a pattern.
    """
    if llm is None:
        return embedded
    if embedded.status is PointStatus.NOT_MET and llm.status is PointStatus.MET and llm.confidence == 1.0:
        return llm
    return llm if embedded.status is PointStatus.MET and llm.status is PointStatus.CONTRADICTED else embedded
