"""Splits a transcript into sentences and clauses, and widens quotes to whole clauses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from hotseat.domain.evidence import bare, evidence_between
from hotseat.domain.model import Answer, Evidence, Word

Span = tuple[int, int]
"""Word indexes: (first, after the last)."""

SENTENCE_PAUSE_S = 1.2
"""A silence between words that ends a sentence where the recogniser wrote no full stop."""
LONG_CLAUSE = 34
"""Most words of a clause; longer ones are cut at commas and connectives once they have half of this."""

_END = re.compile(r"(?:[.?!;]+[\"'”’)]*|\})$")
"""A full stop, or the end of something in braces that was typed between two sentences."""
_NO_END = re.compile(r"^(?:e\.g\.|i\.e\.|vs\.|etc\.|dr\.|mr\.|no\.|\d+\.)$", re.I)
_CUT_BEFORE = frozenset("and but so because then also which while whereas however finally next".split())


def clauses(answer: Answer) -> list[Span]:
    """The answer's sentences, long ones cut at commas and connectives."""
    words = answer.transcript.words
    return [clause for sentence in sentence_spans(words) for clause in _pieces(words, sentence)]


def sentence_spans(words: Sequence[Word]) -> tuple[Span, ...]:
    """Sentences by punctuation and by long silences."""
    spans: list[Span] = []
    start = 0
    for place, word in enumerate(words):
        stops = bool(_END.search(word.text)) and not _NO_END.match(word.text)
        if not stops and place + 1 < len(words):
            stops = words[place + 1].start - word.end >= SENTENCE_PAUSE_S and place - start >= 5
        if stops or place + 1 == len(words):
            spans.append((start, place + 1))
            start = place + 1
    return tuple(spans)


def _pieces(words: Sequence[Word], span: Span) -> list[Span]:
    """The clauses of a sentence: itself, or pieces of at most ``LONG_CLAUSE`` words cut at commas and connectives."""
    if span[1] - span[0] <= LONG_CLAUSE:
        return [span]
    pieces: list[Span] = []
    start = span[0]
    for place in range(span[0] + 1, span[1]):
        length = place - start
        cut = bare(words[place].text) in _CUT_BEFORE or words[place - 1].text.endswith((",", ":"))
        if (cut and length >= LONG_CLAUSE // 2 and span[1] - place >= 5) or length >= LONG_CLAUSE:
            pieces.append((start, place))
            start = place
    pieces.append((start, span[1]))
    return pieces


def in_whole_clauses(answer: Answer, evidence: Evidence) -> Evidence:
    """The evidence for display, widened from a few words ("product of") to the clauses it touches."""
    start, end = clause_span(answer, (evidence.word_start, evidence.word_end))
    return evidence_between(answer.transcript, start, end, evidence.turn_id)


def clause_span(answer: Answer, span: Span) -> Span:
    """The span widened to the clauses it touches, so that nothing is quoted without the "not" in front of it."""
    touched = [clause for clause in clauses(answer) if clause[0] < span[1] and span[0] < clause[1]]
    return touched[0][0], touched[-1][1]


def excerpt(answer: Answer, span: Span) -> Answer:
    """The answer with only the span's words. Their indexes start at 0, so the caller must map findings back."""
    return replace(answer, transcript=replace(answer.transcript, words=answer.transcript.words[slice(*span)]))
