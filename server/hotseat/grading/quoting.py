"""Quotations as they are shown: a match of a few words ("product of") with the whole clauses it was said in."""

from __future__ import annotations

from dataclasses import replace

from hotseat.domain.evidence import evidence_between
from hotseat.domain.model import Answer, Evidence
from hotseat.grading.clauses import Span, clauses


def shown(answer: Answer, evidence: Evidence) -> Evidence:
    """The evidence as whole clauses; still words of the transcript, and never less than what was matched."""
    start, end = widened(answer, (evidence.word_start, evidence.word_end))
    return evidence_between(answer.transcript, start, end, evidence.turn_id)


def widened(answer: Answer, span: Span) -> Span:
    """The clauses that the span touches, so that nothing is quoted without the "not" in front of it."""
    touched = [clause for clause in clauses(answer) if clause[0] < span[1] and span[0] < clause[1]]
    return touched[0][0], touched[-1][1]


def cut(answer: Answer, span: Span) -> Answer:
    """The answer with nothing but the span; what is found in it has to be placed by whoever cut."""
    return replace(answer, transcript=replace(answer.transcript, words=answer.transcript.words[slice(*span)]))
