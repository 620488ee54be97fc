"""What an answer shows about each point, before anything is decided: pattern matches, likeness, contradictions, negation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from server.core.domain import Point, Question
from server.core.matching import Match, Pattern
from server.grading.claims import closest_claim, right_stems, stems
from server.grading.explaining import is_negated, is_overstated, looks_listed, only_repaired
from server.grading.hearing import Heard, Span
from server.grading.polarity import conflicts

CONTRADICTION_WINDOW = 16
"""Tokens: a false claim is one clause."""


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
    overstated: Found | None = None
    """A match in a clause that claims "always", "never" or the like where the rubric does not."""
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
    """The clause most like a contradiction."""
    claim_score: float = 0.0
    """Its cosine plus a share of its telling words, up to 1.3."""
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
    overstated: Found | None = None
    listed = False
    right = right_stems(point)
    for heard in round_:
        for match in _all_matches(heard, point.patterns):
            found = _found(heard, match)
            if looks_listed(heard, found.span):
                listed = True
            elif only_repaired(heard, match):
                continue
            elif is_negated(heard, match):
                negated = negated or found
            elif is_overstated(heard, found.span, right):
                overstated = overstated or found
            else:
                key = (not found.within_sentence, match.end - match.start)
                if best is None or key < best[0]:
                    best = (key, found)
    pattern = best[1] if best else None
    claim = next(
        (_found(h, m) for h in round_ for m in _all_matches(h, point.contradiction_patterns, CONTRADICTION_WINDOW)), None
    )
    if vectors is None or embedder is None:
        return Signals(point, pattern, negated, overstated, listed, claim=claim)
    texts = [point.statement, *point.phrasings]
    says = vectors @ embedder.embed(texts).T
    like = says.max(axis=1)
    top = int(like.argmax())
    at_pattern = [
        like[i] for i, w in enumerate(windows) if pattern and w.heard is pattern.heard and _overlap(w.span, pattern.span)
    ]
    denies = vectors @ embedder.embed(point.contradictions or ("",)).T
    said = [_said(window) for window in windows]
    wrong = closest_claim(point, said, denies, like)
    return Signals(
        point,
        pattern,
        negated,
        overstated,
        listed,
        support=_support(point.patterns, windows[top]),
        likeness=float(like[top]),
        closest=windows[top],
        clashes=conflicts(said[top], stems(f"{texts[int(says[top].argmax())]} {point.statement}")),
        likeness_at_pattern=float(max(at_pattern, default=0.0)),
        claim=claim,
        claim_closest=windows[wrong.window] if wrong else None,
        claim_score=wrong.score if wrong else 0.0,
        doubt=float(denies[top].max()) if point.contradictions else 0.0,
    )


def _said(window: Found) -> frozenset[str]:
    return frozenset(token.stem for token in window.heard.tokens if window.span[0] <= token.word < window.span[1])


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
