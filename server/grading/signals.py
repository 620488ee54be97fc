"""What an answer shows about each point, before anything is decided: pattern matches, likeness, contradictions, negation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from server.core.domain import Point, Question
from server.core.evidence import is_term_list
from server.core.matching import Match, Pattern
from server.core.normal import tokenize
from server.grading.hearing import Heard, Span
from server.grading.polarity import NEGATORS, conflicts

CONTRADICTION_WINDOW = 16
"""Tokens: a false claim is one clause."""
LONG_SENTENCE = 30
CONTEXT = 10
"""In sentences of more words, the words on each side of a match looked at to tell an explanation from a list."""

_BETWEEN_WORDS = "really actually even just have to need be any a the use using do care about worry bother with of"
_BETWEEN = frozenset(_BETWEEN_WORDS.split())
TELLING_SHARE = 0.6
"""Of a contradiction's own words that a clause must hold."""
_COMMON_WORDS = "is are be the a an of to in it and with for on that you do ar by or"
_COMMON = frozenset(_COMMON_WORDS.split())


class Embedder(Protocol):
    """Sentences as unit vectors, float32, shape (n, d)."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of one answer that bears on a point."""

    heard: Heard
    span: Span
    """Words."""
    within_sentence: bool = True


@dataclass(frozen=True, slots=True)
class Signals:
    """Everything known about one point. Likeness is a cosine, 0 where there is no embedder."""

    point: Point
    pattern: Found | None = None
    """The best acceptable match of the point's patterns."""
    negated: Found | None = None
    """A match whose predicate is negated."""
    listed: bool = False
    """A match was turned down as a bare list of terms."""
    support: float = 0.0
    """Largest share of an alternative's groups found in ``closest``."""
    likeness: float = 0.0
    """Of the clause most like the point's phrasings."""
    closest: Found | None = None
    clashes: bool = False
    """``closest`` holds an opposite, an absolute or a negation that the phrasing it resembles does not."""
    likeness_at_pattern: float = 0.0
    claim: Found | None = None
    """The best match of the contradiction patterns."""
    claim_closest: Found | None = None
    """The clause most like a contradiction, among those that share the words which make it wrong."""
    claim_likeness: float = 0.0
    doubt: float = 0.0
    """Likeness of ``closest`` to a contradiction, whatever words it shares."""


def signals(question: Question, round_: Sequence[Heard], embedder: Embedder | None = None) -> dict[str, Signals]:
    """Signals by point id over all answers of a round."""
    windows = [Found(heard, span) for heard in round_ for span in _windows(heard)]
    vectors = embedder.embed([window.heard.text(window.span) for window in windows]) if embedder and windows else None
    return {point.id: _signals(point, round_, windows, vectors, embedder) for point in question.points}


def _signals(
    point: Point,
    round_: Sequence[Heard],
    windows: Sequence[Found],
    vectors: NDArray[np.float32] | None,
    embedder: Embedder | None,
) -> Signals:
    best: tuple[tuple[bool, int], Found] | None = None
    negated: Found | None = None
    listed = False
    for heard in round_:
        for match in _all_matches(heard, point.patterns):
            found = _found(heard, match)
            if looks_listed(heard, found.span):
                listed = True
            elif only_repaired(heard, match):
                continue
            elif is_negated(heard, match):
                negated = negated or found
            else:
                key = (not found.within_sentence, match.end - match.start)
                if best is None or key < best[0]:
                    best = (key, found)
    pattern = best[1] if best else None
    claim = next(
        (_found(h, m) for h in round_ for m in _all_matches(h, point.contradiction_patterns, CONTRADICTION_WINDOW)), None
    )
    if vectors is None or embedder is None:
        return Signals(point, pattern, negated, listed, claim=claim)
    right = [point.statement, *point.phrasings]
    says = vectors @ embedder.embed(right).T
    like = says.max(axis=1)
    top = int(like.argmax())
    at_pattern = [
        like[i] for i, w in enumerate(windows) if pattern and w.heard is pattern.heard and _overlap(w.span, pattern.span)
    ]
    denies = vectors @ embedder.embed(point.contradictions or ("",)).T
    claim_closest, claim_likeness = _closest_claim(point, windows, denies, like)
    return Signals(
        point,
        pattern,
        negated,
        listed,
        support=_support(point.patterns, windows[top]),
        likeness=float(like[top]),
        closest=windows[top],
        clashes=conflicts(_said(windows[top]), _stems(right[int(says[top].argmax())]) | _stems(point.statement)),
        likeness_at_pattern=float(max(at_pattern, default=0.0)),
        claim=claim,
        claim_closest=claim_closest,
        claim_likeness=claim_likeness,
        doubt=float(denies[top].max()) if point.contradictions else 0.0,
    )


def _closest_claim(
    point: Point,
    windows: Sequence[Found],
    denies: NDArray[np.float32],
    like: NDArray[np.float32],
) -> tuple[Found | None, float]:
    """Embeddings hardly see what makes a claim wrong, so a clause must also hold the words that the right statements lack."""
    if not point.contradictions:
        return None, 0.0
    right = _stems(point.statement).union(*(_stems(phrasing) for phrasing in point.phrasings))
    best: tuple[Found | None, float] = (None, 0.0)
    for column, contradiction in enumerate(point.contradictions):
        wrong = _stems(contradiction)
        telling = wrong - right - _COMMON
        for row, window in enumerate(windows):
            said = _said(window)
            if len(telling & said) < TELLING_SHARE * max(1, len(telling)) or bool(wrong & NEGATORS) != bool(said & NEGATORS):
                continue
            if denies[row, column] > max(best[1], like[row] - 0.05):
                best = (window, float(denies[row, column]))
    return best


def _said(window: Found) -> set[str]:
    return {token.stem for token in window.heard.tokens if window.span[0] <= token.word < window.span[1]}


def _stems(text: str) -> set[str]:
    return {token.stem for token in tokenize(text)}


def _windows(heard: Heard) -> list[Span]:
    """Each clause, and each two neighbours together."""
    clauses = list(heard.credited)
    pairs = [(a[0], b[1]) for a, b in pairwise(clauses) if a[1] == b[0] and b[1] - a[0] <= 50]
    return [span for span in clauses if span[1] - span[0] >= 3] + pairs


def _all_matches(heard: Heard, patterns: Sequence[Pattern], window: int | None = None) -> Iterator[Match]:
    for groups in patterns:
        yield from heard.index.matches(groups, window) if window else heard.index.matches(groups)


def _found(heard: Heard, match: Match) -> Found:
    span = heard.word_span(match.start, match.end)
    return Found(heard, span, any(start <= span[0] and span[1] <= end for start, end in heard.sentences))


def looks_listed(heard: Heard, span: Span) -> bool:
    """Whether the sentence of a match only names things; of a long sentence, the words around the match."""
    start, end = next(((a, b) for a, b in heard.sentences if a <= span[0] < b), span)
    end = max(end, span[1])
    if end - start > LONG_SENTENCE:
        start, end = max(start, span[0] - CONTEXT), min(end, span[1] + CONTEXT)
    return is_term_list(heard.text((start, end)))


def only_repaired(heard: Heard, match: Match) -> bool:
    """Whether every part of the match rests on words the recogniser did not write itself."""
    words = heard.answer.transcript.words
    return all(any(words[heard.tokens[i].word].raw is not None for i in range(*part)) for part in match.parts)


def is_negated(heard: Heard, match: Match) -> bool:
    """Whether a negator governs the first word of one of the parts: "not freeze", "never really merge", "no need to rerank"."""
    for start, end in match.parts:
        if any(heard.tokens[i].text in NEGATORS for i in range(start, end)):
            continue  # the pattern itself says "not"
        place = start - 1
        while place >= 0 and place >= start - 4 and heard.tokens[place].text in _BETWEEN:
            place -= 1
        if place >= 0 and heard.tokens[place].text in NEGATORS and _same_clause(heard, place, start):
            return True
    return False


def _same_clause(heard: Heard, earlier: int, later: int) -> bool:
    words = heard.words[heard.tokens[earlier].word : heard.tokens[later].word]
    return not any(word.endswith((".", ",", ";", "?", "!", ":")) for word in words)


def _support(patterns: Sequence[Pattern], window: Found) -> float:
    """Largest share of an alternative's groups with a phrase inside the window."""
    inside = {i for i, token in enumerate(window.heard.tokens) if window.span[0] <= token.word < window.span[1]}
    best = 0.0
    for groups in patterns:
        hits = sum(
            any(start in inside for phrase in group for start, _ in window.heard.index.phrase(phrase)) for group in groups
        )
        best = max(best, hits / len(groups))
    return best


def _overlap(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]
