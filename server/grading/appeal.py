"""A disputed point, looked at again where the candidate says it was made. The passage is judged; the claim is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from server.background import in_background
from server.core import scoring
from server.core.domain import Answer, Grade, Point, PointFinding, PointStatus, Question, Verdict
from server.core.evidence import evidence_between
from server.errors import GraderError
from server.grading.combined import merge
from server.grading.credence import made, probability
from server.grading.embedded import EmbeddedGrader, build_grade
from server.grading.explaining import looks_listed
from server.grading.hearing import Span, hear
from server.grading.llm import LlmGrader
from server.grading.quoting import cut, passages
from server.grading.signals import Signals

MIN_WORDS = 3
MAX_WORDS = 60
"""A passage is where one thing was said, not the whole answer."""


@dataclass(frozen=True, slots=True)
class Claim:
    """ "I did say this": the words in which the candidate says the point was made."""

    point_id: str
    turn_id: int
    word_start: int
    word_end: int

    @property
    def span(self) -> Span:
        return self.word_start, self.word_end


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one grader makes of the passage."""

    grader: str
    status: PointStatus | None
    """None where it could not say."""
    reason: str


@dataclass(frozen=True, slots=True)
class Ruling:
    finding: PointFinding
    """Of the disputed point; its evidence is within the named passage."""
    opinions: tuple[Opinion, ...]


class Appeals:
    """Looks at disputed points again: the embedded grader always, a language model as a second opinion where there is one."""

    def __init__(self, embedded: EmbeddedGrader, judge: LlmGrader | None = None) -> None:
        self._embedded = embedded
        self._judge = judge

    async def hear(self, question: Question, answers: Sequence[Answer], claim: Claim) -> Ruling:
        """``answers`` are all of the round. Never raises for a failing model."""
        answer = next(answer for answer in answers if answer.turn_id == claim.turn_id)
        if looks_listed(hear(question, answer), claim.span):
            # Words cut out of a list may read like a sentence; what they were cut from tells, and no model is asked.
            reason = "The passage names things without explaining them."
            finding = PointFinding(claim.point_id, PointStatus.NOT_MET)
            return Ruling(finding, (Opinion("embedded", finding.status, reason),))
        disputed = (answer, claim.span, claim.point_id)
        first, signals = await in_background(self._embedded.reconsider, question, answers, *disputed)
        second, judged = await self._second(question, cut(answer, claim.span), claim)
        finding = merge(first, judged)
        if finding.status is not PointStatus.NOT_MET:
            evidence = evidence_between(answer.transcript, *claim.span, claim.turn_id)
            finding = replace(finding, evidence=evidence, note="found on dispute")
        return Ruling(finding, (Opinion("embedded", first.status, explained(first, signals)), *second))

    async def _second(
        self, question: Question, passage: Answer, claim: Claim
    ) -> tuple[tuple[Opinion, ...], PointFinding | None]:
        if self._judge is None:
            return (), None
        try:
            checked = await self._judge.check(question, [passage], [claim.point_id], confirm=True)
        except GraderError as error:
            return (Opinion(self._judge.model, None, str(error)),), None
        finding = checked.findings.get(claim.point_id)
        if finding is None:
            return (Opinion(self._judge.model, None, "It was given nothing it may judge."),), None
        reason = finding.note if finding.confidence == 1.0 else f"{finding.note} ({finding.confidence:.0%} of its votes)"
        return (Opinion(self._judge.model, finding.status, reason),), finding


def whole(claim: Claim, answers: Sequence[Answer]) -> Claim:
    """The claim with its passage extended to whole clauses, so that none is named without the "not" in front of it."""
    answer = next(answer for answer in answers if answer.turn_id == claim.turn_id)
    touched = [clause for clause in passages(answer) if clause[0] < claim.word_end and claim.word_start < clause[1]]
    return replace(claim, word_start=touched[0][0], word_end=touched[-1][1])


def decided(question: Question, grade: Grade, findings: Mapping[str, PointFinding]) -> Grade:
    """The grade with these findings in place of its own; levels, verdict and advice follow from them."""
    before = {finding.point_id: finding for finding in grade.findings if not scoring.is_implied(finding)}
    return build_grade(
        question,
        scoring.implied(question, {**before, **findings}),
        grader=grade.grader,
        model=grade.model,
        version=grade.rubric_version,
        prompt_version=grade.prompt_version,
        reason=grade.reason,
        fallback=grade.fallback,
        assessable=grade.verdict is not Verdict.NOT_ASSESSABLE,
    )


def explained(finding: PointFinding, signals: Signals) -> str:
    """Why the embedded grader found so, in one sentence."""
    if finding.status is PointStatus.MET:
        return "The passage says it."
    if finding.status is PointStatus.CONTRADICTED:
        return "The passage says the opposite."
    if finding.note:
        return f"The passage does not count: {finding.note}."
    if signals.best is None:
        return "The passage has none of the phrasings that the rubric knows for this point."
    return f"The chance that the passage says it is put at {probability(made(signals)):.0%}, which is too little."


def why_not(answers: Sequence[Answer], point: Point | None, grade: Grade, claim: Claim) -> str:
    """Why the claim can't be heard, or "" where it can."""
    answer = next((answer for answer in answers if answer.turn_id == claim.turn_id), None)
    finding = next((finding for finding in grade.findings if finding.point_id == claim.point_id), None)
    length = claim.word_end - claim.word_start
    if point is None or finding is None:
        return "The rubric has no such point any more."
    if finding.status is PointStatus.MET:
        return "This point counts as made already."
    if answer is None:
        return "There is no such answer to this question."
    if not 0 <= claim.word_start < claim.word_end <= len(answer.transcript.words):
        return f"The answer has {len(answer.transcript.words)} words; the passage must lie within them."
    if not MIN_WORDS <= length <= MAX_WORDS:
        return f"Name between {MIN_WORDS} and {MAX_WORDS} words in which you said it; these are {length}."
    wrong = finding.evidence if finding.status is PointStatus.CONTRADICTED else None
    if wrong and not (
        wrong.turn_id == claim.turn_id and claim.word_start <= wrong.word_start and wrong.word_end <= claim.word_end
    ):
        return f"You also said the opposite, which outweighs it: “{wrong.quote}”. If that is misheard, correct it first."
    return ""
