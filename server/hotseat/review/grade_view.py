"""A grade as JSON for the review page: with whole clauses as quotes, model sentences, and what would make a Strong Hire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from hotseat.domain.corrections import Corrections, typed_in
from hotseat.domain.model import Answer, Evidence, Grade, PointFinding, PointStatus, Question, Verdict
from hotseat.grading.advice import is_enough, most_worth_adding, to_strong
from hotseat.grading.clauses import in_whole_clauses
from hotseat.grading.disputes import CANDIDATE, may_be_answered
from hotseat.grading.scoring import is_implied, verdict_range
from hotseat.review.explanation import THE_RULE, follows_rule, why
from hotseat.review.model_sentences import model_sentences

NOT_IN_RUBRIC = "This point is no longer in the rubric."
IMPLIED_NOTE = "shown by another point"
UNCLEAR_NOTE = "may say this or the opposite"
_LIKELY_DENIED = 0.9
"""Probability from which a passage is said to contradict a point. Of such passages in the develop answers 75 % do; of those
from 0.6 to 0.9 34 % do, and 41 % make the point."""


def grade_json(grade: Grade, question: Question, answers: Sequence[Answer], corrections: Corrections) -> dict[str, Any]:
    """The grade with names and statements from the rubric and, for points not made, the model answer's sentence.

    ``answers`` are those that were graded, with ``corrections`` in force: quotes say if they contain a typed word.
    """
    said = {answer.turn_id: answer for answer in answers}
    names = {criterion.id: criterion.name for criterion in question.criteria}
    points = {point.id: point for point in question.points}
    sentences = model_sentences(question)

    def finding_json(finding: PointFinding) -> dict[str, Any]:
        point = points.get(finding.point_id)
        return {
            "point_id": finding.point_id,
            "statement": point.statement if point else NOT_IN_RUBRIC,
            "tier": point.tier.value if point else "strong",
            "status": finding.status.value,
            "note": _note(finding),
            "may_answer": may_be_answered(finding),
            "said": finding.status is PointStatus.MET if finding.note == CANDIDATE else None,
            "confidence": round(finding.confidence, 3),
            "evidence": _evidence(finding.evidence, said, corrections) if finding.evidence is not None else None,
            "model_sentence": "" if finding.status is PointStatus.MET else sentences.get(finding.point_id, ""),
        }

    plain = asdict(grade)
    del plain["question_id"], plain["criteria"]
    findings = grade.by_point
    assessable = grade.verdict is not Verdict.NOT_ASSESSABLE
    # If the rubric has changed, its new points were never graded.
    may_rise = assessable and grade.verdict is not Verdict.STRONG_HIRE and points.keys() == findings.keys()
    next_point = most_worth_adding(question, findings) if assessable else None
    # Lowest and highest, by how the points that are not sure turn out; the present rule says nothing about an old grade.
    bounds = verdict_range(question, findings) if assessable and follows_rule(question, grade) else None
    return {
        **plain,
        "verdict": grade.verdict.value,
        "range": bounds and [verdict.value for verdict in bounds],
        "why": why(question, grade),
        "rule": THE_RULE,
        "to_strong": to_strong(question, grade) if may_rise else "",
        "advice_is_enough": may_rise and is_enough(question, grade),
        "next_point": next_point.id if next_point is not None and next_point.id in findings else None,
        "criteria": [
            {
                "criterion_id": result.criterion_id,
                "name": names.get(result.criterion_id, result.criterion_id.replace("-", " ").capitalize()),
                "level": result.level.value,
                "findings": [finding_json(finding) for finding in result.findings],
            }
            for result in grade.criteria
        ],
    }


def _note(finding: PointFinding) -> str:
    if is_implied(finding):
        return IMPLIED_NOTE
    if finding.may_deny and finding.denies is not None and finding.denies < _LIKELY_DENIED:
        return UNCLEAR_NOTE
    return finding.note


def _evidence(evidence: Evidence, answers: Mapping[int, Answer], corrections: Corrections) -> dict[str, Any]:
    """The quote in whole clauses; ``match`` are the words that decided, ``typed_in`` tells if any word is a correction."""
    answer = answers.get(evidence.turn_id)
    quoted = evidence if answer is None else in_whole_clauses(answer, evidence)
    typed = typed_in(evidence.turn_id, corrections)
    return {
        **asdict(quoted),
        "match": [evidence.word_start, evidence.word_end],
        "typed_in": not typed.isdisjoint(range(quoted.word_start, quoted.word_end)),
    }
