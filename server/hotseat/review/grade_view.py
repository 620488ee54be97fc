"""A grade as JSON, with everything that helps to learn from it: readable quotes, model sentences, the way to Strong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from hotseat.domain.corrections import Corrections, typed_in
from hotseat.domain.model import Answer, CriterionResult, Evidence, Grade, PointFinding, PointStatus, Question, Verdict
from hotseat.grading.advice import is_enough, most_worth_adding, to_strong
from hotseat.grading.disputes import CANDIDATE, may_be_answered
from hotseat.grading.quoting import in_whole_clauses
from hotseat.grading.scoring import is_implied, verdict_range
from hotseat.review.explanation import THE_RULE, follows_rule, why
from hotseat.review.model_sentences import model_sentences

GONE = "This point is no longer in the rubric."
IMPLIED_NOTE = "shown by another point"


def grade_json(grade: Grade, question: Question, answers: Sequence[Answer], corrections: Corrections) -> dict[str, Any]:
    """A grade with the names of what was graded, quotes as clauses, and for points not made the model answer's sentence.

    ``answers`` are those that were graded; ``corrections`` those made in them, so that quotes resting on them can say so.
    """
    said = {answer.turn_id: answer for answer in answers}
    typed = {answer.turn_id: typed_in(answer.turn_id, corrections) for answer in answers}
    sentences = model_sentences(question)
    plain = asdict(grade)
    del plain["question_id"], plain["criteria"]
    may_rise = _may_rise(question, grade)
    return {
        **plain,
        "verdict": grade.verdict.value,
        "range": _range(question, grade),
        "why": why(question, grade),
        "rule": THE_RULE,
        "to_strong": to_strong(question, grade) if may_rise else "",
        "advice_is_enough": may_rise and is_enough(question, grade),
        "next_point": _next_point(question, grade),
        "criteria": [_criterion(result, question, said, typed, sentences) for result in grade.criteria],
    }


def _next_point(question: Question, grade: Grade) -> str | None:
    """The point to say next time; None where there is none, or none to be trusted."""
    if grade.verdict is Verdict.NOT_ASSESSABLE:
        return None
    point = most_worth_adding(question, grade.by_point)
    return point.id if point is not None and point.id in grade.by_point else None


def _criterion(
    result: CriterionResult,
    question: Question,
    answers: Mapping[int, Answer],
    typed: Mapping[int, frozenset[int]],
    model: Mapping[str, str],
) -> dict[str, Any]:
    names = {criterion.id: criterion.name for criterion in question.criteria}
    points = {point.id: point for point in question.points}

    def finding_json(finding: PointFinding) -> dict[str, Any]:
        point = points.get(finding.point_id)
        return {
            "point_id": finding.point_id,
            "statement": point.statement if point else GONE,
            "tier": point.tier.value if point else "strong",
            "status": finding.status.value,
            "note": IMPLIED_NOTE if is_implied(finding) else finding.note,
            "may_answer": may_be_answered(finding),
            "said": finding.status is PointStatus.MET if finding.note == CANDIDATE else None,
            "confidence": round(finding.confidence, 3),
            "evidence": _evidence(finding.evidence, answers, typed) if finding.evidence is not None else None,
            "model_sentence": "" if finding.status is PointStatus.MET else model.get(finding.point_id, ""),
        }

    return {
        "criterion_id": result.criterion_id,
        "name": names.get(result.criterion_id, result.criterion_id.replace("-", " ").capitalize()),
        "level": result.level.value,
        "findings": [finding_json(finding) for finding in result.findings],
    }


def _evidence(evidence: Evidence, answers: Mapping[int, Answer], typed: Mapping[int, frozenset[int]]) -> dict[str, Any]:
    """The quote as shown; ``match`` are the words in it that decided, ``typed_in`` whether any of it was written later."""
    answer = answers.get(evidence.turn_id)
    quoted = evidence if answer is None else in_whole_clauses(answer, evidence)
    words = range(quoted.word_start, quoted.word_end)
    return {
        **asdict(quoted),
        "match": [evidence.word_start, evidence.word_end],
        "typed_in": not typed.get(evidence.turn_id, frozenset()).isdisjoint(words),
    }


def _range(question: Question, grade: Grade) -> list[str] | None:
    """The lowest and the highest verdict that answers to the points that are not sure can make; None where there is no rule
    to tell by."""
    if grade.verdict is Verdict.NOT_ASSESSABLE or not follows_rule(question, grade):
        return None
    return [verdict.value for verdict in verdict_range(question, grade.by_point)]


def _may_rise(question: Question, grade: Grade) -> bool:
    """Not where the rubric has changed either: the way would lead over points that were not graded."""
    is_open = grade.verdict not in (Verdict.NOT_ASSESSABLE, Verdict.STRONG_HIRE)
    return is_open and {point.id for point in question.points} == set(grade.by_point)
