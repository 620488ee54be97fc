"""Quotations as they are shown: a match of a few words ("product of") widened to the clause it was said in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hotseat.domain.evidence import bare, evidence_between
from hotseat.domain.model import Answer, Evidence
from hotseat.grading.clauses import Span, split_sentences

MAX_WORDS = 20
EDGE_WORDS = 6
"""That a long match may lack to the edge of its clause and still be shown from there."""
ENOUGH_WORDS = 7
"""A clause of so many can be understood by itself."""
_LEADS = frozenset("but so because which while whereas however then if when where since although though unless until".split())
"""Words that begin a clause where nothing is punctuated."""
_JOINS = frozenset({"and", "or"})
_OPENERS = frozenset("it its you we i they he she that this these then so there the each if when because what how".split())
"""Words after which a join begins a clause rather than joins two things."""
_DEGREES = frozenset({"much", "many", "few", "little", "far", "small", "large"})
_SOUNDS = frozenset({"um", "uh", "er", "erm", "ah", "hmm", "mm"})


def shown(answer: Answer, evidence: Evidence) -> Evidence:
    """The evidence as a readable clause; still words of the transcript, and never less than what was matched."""
    words = [word.text for word in answer.transcript.words]
    times = [(word.start, word.end) for word in answer.transcript.words]
    start, end = widen(words, (evidence.word_start, evidence.word_end), split_sentences(words, times))
    return evidence_between(answer.transcript, start, end, evidence.turn_id)


def widen(words: Sequence[str], span: Span, sentences: Sequence[Span]) -> Span:
    """The shortest stretch around the span that reads as a clause, within its sentence(s) and ``MAX_WORDS``.

    Punctuation bounds a clause better than a connective does; where neither is near, words are added on both sides.
    """
    start, end = span
    low = next((a for a, b in sentences if a <= start < b), start)
    high = next((b for a, b in sentences if a < end <= b), end)
    if high - low > MAX_WORDS and end - start > MAX_WORDS - EDGE_WORDS:
        before, after = next(_starts(words, start, low, True), start), next(_ends(words, end, high, True), end)
        low = before if start - before <= EDGE_WORDS else start
        high = after if after - end <= EDGE_WORDS else end
    elif high - low > MAX_WORDS:
        low, high = (
            _clause(words, span, (low, high), with_leads=False)
            or _clause(words, span, (low, high), with_leads=True)
            or _padded(span, (low, high))
        )
    return _without_sounds(words, span, (low, high))


def cut(answer: Answer, span: Span) -> Answer:
    """The answer with nothing but the span; what is found in it has to be placed by whoever cut."""
    return replace(answer, transcript=replace(answer.transcript, words=answer.transcript.words[slice(*span)]))


def _clause(words: Sequence[str], span: Span, within: Span, *, with_leads: bool) -> Span | None:
    """Of the clauses around the span that are long enough to understand the shortest, or the longest of the others."""
    fitting = [
        (start, end)
        for start in _starts(words, span[0], within[0], with_leads)
        for end in _ends(words, span[1], within[1], with_leads)
        if end - start <= MAX_WORDS
    ]
    enough = [clause for clause in fitting if clause[1] - clause[0] >= ENOUGH_WORDS]
    return min(enough, key=_length) if enough else None


def _starts(words: Sequence[str], start: int, low: int, with_leads: bool) -> Iterator[int]:
    for place in range(start, low - 1, -1):
        if place == low or _stops(words[place - 1]) or (with_leads and _leads(words, place)):
            yield place


def _ends(words: Sequence[str], end: int, high: int, with_leads: bool) -> Iterator[int]:
    for place in range(end, high + 1):
        if place == high or _stops(words[place - 1]) or (with_leads and _leads(words, place)):
            yield place


def _leads(words: Sequence[str], place: int) -> bool:
    """Whether a clause begins here: not at the "and" of "B and A", nor at the "so" of "so much"."""
    word, following = bare(words[place]), bare(words[place + 1]) if place + 1 < len(words) else ""
    if word in _JOINS:
        return following in _OPENERS
    return word in _LEADS and not (word == "so" and following in _DEGREES)


def _padded(span: Span, within: Span) -> Span:
    room = MAX_WORDS - (span[1] - span[0])
    start = max(within[0], span[0] - room // 2)
    return start, min(within[1], start + MAX_WORDS)


def _without_sounds(words: Sequence[str], span: Span, wide: Span) -> Span:
    """Without hesitations at either edge."""
    start, end = wide
    while start < span[0] and bare(words[start]) in _SOUNDS:
        start += 1
    while end > span[1] and bare(words[end - 1]) in _SOUNDS:
        end -= 1
    return start, end


def _stops(word: str) -> bool:
    return word.rstrip("\"'”’)").endswith((",", ".", ";", ":", "?", "!"))


def _length(span: Span) -> int:
    return span[1] - span[0]
