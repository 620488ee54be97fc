"""Quotes for display: a match of a few words ("product of") is widened to whole clauses."""

from __future__ import annotations

from dataclasses import replace

from hotseat.domain.evidence import evidence_between
from hotseat.domain.model import Answer, Evidence
from hotseat.grading.clauses import Span, clauses


def in_whole_clauses(answer: Answer, evidence: Evidence) -> Evidence:
    """The evidence widened to the clauses it touches."""
    start, end = clause_span(answer, (evidence.word_start, evidence.word_end))
    return evidence_between(answer.transcript, start, end, evidence.turn_id)


def clause_span(answer: Answer, span: Span) -> Span:
    """The span widened to the clauses it touches, so that nothing is quoted without the "not" in front of it."""
    touched = [clause for clause in clauses(answer) if clause[0] < span[1] and span[0] < clause[1]]
    return touched[0][0], touched[-1][1]


def excerpt(answer: Answer, span: Span) -> Answer:
    """The answer with only the span's words. Their indexes start at 0, so the caller must map findings back."""
    return replace(answer, transcript=replace(answer.transcript, words=answer.transcript.words[slice(*span)]))
