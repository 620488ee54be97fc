"""The candidate's say about a grade: "I said this" with the words (a dispute), or yes or no about a point that is not sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pydantic.dataclasses

from hotseat.domain.evidence import evidence_between
from hotseat.domain.model import Answer, Grade, Point, PointFinding, PointStatus, Question, Verdict
from hotseat.grading import scoring
from hotseat.grading.advice import advice
from hotseat.grading.clauses import Span, clause_span, excerpt
from hotseat.grading.passage import passage_of
from hotseat.grading.reading import Reader, described
from hotseat.grading.thresholds import THRESHOLDS

MIN_WORDS = 3
MAX_WORDS = 60
"""Most words of a disputed passage: where one thing was said, not the whole answer."""
CANDIDATE = "the candidate's word"
"""Note of a finding that the candidate decided by yes or no."""
UPHELD = "found on dispute"
"""Note of a finding that a dispute changed to met."""


@pydantic.dataclasses.dataclass(frozen=True, slots=True, config={"extra": "forbid"})
class Claim:
    """A dispute, as the page sends it: the words in which the candidate says the point was made."""

    point_id: str
    turn_id: int
    word_start: int
    word_end: int
    """After the last word."""

    @property
    def span(self) -> Span:
        return self.word_start, self.word_end


@dataclass(frozen=True, slots=True)
class Ruling:
    """The outcome of a dispute."""

    finding: PointFinding
    """The disputed point's. If upheld, its evidence is the passage that the candidate named."""
    reason: str
    """A sentence for the candidate."""

    @property
    def upheld(self) -> bool:
        return self.finding.status is PointStatus.MET


def rule(reader: Reader, question: Question, answers: Sequence[Answer], claim: Claim) -> Ruling:
    """Rules on a claim for which ``why_not`` gives no objection. Blocking.

    The reader reads the named passage by itself, and the candidate has the benefit of the doubt.
    """
    answer = next(answer for answer in answers if answer.turn_id == claim.turn_id)
    point = next(point for point in question.points if point.id == claim.point_id)
    passage = passage_of(question, excerpt(answer, claim.span))
    [reading] = reader.read([described(point)], passage.words)
    if reading.says >= THRESHOLDS.unsure and reading.says >= reading.denies:
        evidence = evidence_between(answer.transcript, *claim.span, claim.turn_id)
        finding = PointFinding(point.id, PointStatus.MET, evidence, UPHELD)
        return Ruling(finding, "The passage says it. It counts now.")
    if reading.denies >= THRESHOLDS.check:
        reason = "Read by itself, the passage seems to say the opposite."
    else:
        reason = "Read by itself, the passage doesn't clearly say it."
    return Ruling(PointFinding(point.id, PointStatus.NOT_MET), reason)


def answered(grade: Grade, point_id: str, said: bool) -> PointFinding | None:
    """A not sure point's finding once the candidate says whether they said it; None if they may not decide the point."""
    finding = grade.by_point.get(point_id)
    if finding is None or not may_be_answered(finding):
        return None
    status = PointStatus.MET if said else PointStatus.NOT_MET
    return replace(finding, status=status, note=CANDIDATE, says=float(said), denies=0.0)


def may_be_answered(finding: PointFinding) -> bool:
    """Whether the candidate may decide the point by yes or no: it is not sure, or they decided it before."""
    return finding.status is PointStatus.NOT_SURE or (finding.note == CANDIDATE and finding.evidence is not None)


def in_whole_clauses(claim: Claim, answers: Sequence[Answer]) -> Claim:
    """The claim with its passage extended to whole clauses."""
    answer = next(answer for answer in answers if answer.turn_id == claim.turn_id)
    start, end = clause_span(answer, claim.span)
    return replace(claim, word_start=start, word_end=end)


def with_findings(question: Question, grade: Grade, findings: Mapping[str, PointFinding]) -> Grade:
    """The grade with these findings (by point id) in place of its own, and levels, verdict and advice computed anew."""
    before = {finding.point_id: finding for finding in grade.findings if not scoring.is_implied(finding)}
    now = scoring.implied(question, {**before, **findings})
    assessable = grade.verdict is not Verdict.NOT_ASSESSABLE
    return replace(
        grade,
        verdict=scoring.verdict_of(question, now) if assessable else grade.verdict,
        criteria=scoring.criterion_results(question, now),
        advice=advice(question, now) if assessable else "",
        seconds=0.0,
        tokens=0,
    )


def why_not(answers: Sequence[Answer], point: Point | None, grade: Grade, claim: Claim) -> str:
    """Why the claim can't be disputed, as a sentence for the candidate, or "" if it can."""
    answer = next((answer for answer in answers if answer.turn_id == claim.turn_id), None)
    finding = grade.by_point.get(claim.point_id)
    length = claim.word_end - claim.word_start
    if point is None or finding is None:
        return "The rubric no longer has this point."
    if finding.status is PointStatus.MET:
        return "This point already counts as made."
    if answer is None:
        return "There is no such answer to this question."
    if not 0 <= claim.word_start < claim.word_end <= len(answer.transcript.words):
        return f"The answer has {len(answer.transcript.words)} words; the passage must lie within them."
    if not MIN_WORDS <= length <= MAX_WORDS:
        return f"Select between {MIN_WORDS} and {MAX_WORDS} words in which you said it; these are {length}."
    return ""
