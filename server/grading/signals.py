"""What an answer shows about each point, before anything is decided: pattern matches, likeness, contradictions, negation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from server.core.domain import Point, Question
from server.core.matching import Match, Pattern
from server.grading.claims import closest_claim, right_stems, stems
from server.grading.credence import around, features, manner
from server.grading.explaining import explains, is_negated, looks_listed, names, only_repaired, own_words
from server.grading.hearing import Heard, Span
from server.grading.polarity import conflicts

CONTRADICTION_WINDOW = 16
"""Tokens: a false claim is one clause."""
MARGIN = 5
MAX_CLAIMS = 3
"""Matches of a point's contradiction patterns that are weighed."""
CLAIM_REACH = 8
"""Words on each side of a claim that it is compared by."""
NEAR = 0.45
"""Likeness below which nobody asks what the nearest clause says of the point."""
MAX_PAIR = 50
"""Words of two neighbouring clauses taken together."""


class Embedder(Protocol):
    """What is known of sentences by their words together."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (n, d)."""
        ...

    def judge(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Log probabilities that a passage denies a statement, says it, or is about something else, shape (n, 3)."""
        ...


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
    features: Mapping[str, float] = field(default_factory=dict)
    """What ``credence`` weighs of it; empty where there is no embedder."""
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
    closest_stance: float = 0.0
    """``stance`` of ``closest``, where it is near enough to matter."""
    likeness_at_pattern: float = 0.0
    claim: Found | None = None
    """The best match of the contradiction patterns that is not denied."""
    claim_margin: float = 0.0
    """By how much its clause is more like the contradictions than like the point."""
    claim_stance: float = 0.0
    """``stance`` of the claim's clause."""
    claim_score: float = 0.0
    """Its cosine plus a share of its telling words, up to 1.3."""
    doubt: float = 0.0
    """Likeness of ``closest`` to a contradiction, whatever words it shares."""


@dataclass(frozen=True, slots=True)
class _Passages:
    """A round cut into overlapping windows, single clauses first."""

    round_: tuple[Heard, ...]
    windows: tuple[Found, ...]
    singles: int
    """How many of the windows are single clauses."""
    said: tuple[frozenset[str], ...]
    """Stems of each window."""
    vectors: NDArray[np.float32]
    subject: frozenset[str]
    """Stems of what the question is about."""
    manner: Mapping[str, float]
    """Of the whole round, for ``credence``."""


def signals(question: Question, round_: Sequence[Heard], embedder: Embedder | None = None) -> dict[str, Signals]:
    """Signals by point id over all answers of a round."""
    matched = {point.id: _matched(point, round_, names(question)) for point in question.points}
    clauses = [Found(heard, span) for heard in round_ for span in heard.credited if span[1] - span[0] >= 3]
    if embedder is None or not clauses:
        return matched
    windows = (*clauses, *(Found(heard, span) for heard in round_ for span in _neighbours(heard)))
    passages = _Passages(
        tuple(round_),
        windows,
        len(clauses),
        tuple(_said(window) for window in windows),
        embedder.embed([window.heard.text(window.span) for window in windows]),
        stems(" ".join([question.prompt, question.title, *(term.term for term in question.key_terms)])),
        manner(round_),
    )
    return {point.id: _compared(matched[point.id], passages, embedder) for point in question.points}


def _matched(point: Point, round_: Sequence[Heard], names_: Set[str]) -> Signals:
    """What the patterns find. Of the acceptable matches the best is short and within one sentence."""
    best: list[tuple[tuple[bool, int], Found]] = []
    negated: Found | None = None
    listed = False
    for heard in round_:
        for match in _all_matches(heard, point.patterns):
            found = _found(heard, match)
            if looks_listed(heard, found.span) or not explains(heard, found.span, own_words(point), names_):
                listed = True
            elif only_repaired(heard, match):
                continue
            elif is_negated(heard, match):
                negated = negated or found
            else:
                best.append(((not found.within_sentence, match.end - match.start), found))
    pattern = min(best, key=lambda option: option[0])[1] if best else None
    return Signals(point, pattern, negated=negated, listed=listed, claim=next(iter(claims(point, round_)), None))


def claims(point: Point, round_: Sequence[Heard]) -> list[Found]:
    """Matches of the contradiction patterns that are said, not denied, in one sentence; one for each place."""
    found: dict[tuple[int, int], Found] = {}
    for number, heard in enumerate(round_):
        for match in _all_matches(heard, point.contradiction_patterns, CONTRADICTION_WINDOW):
            claim = _found(heard, match)
            if claim.within_sentence and not is_negated(heard, match):
                found.setdefault((number, claim.span[0]), claim)
    return list(found.values())[:MAX_CLAIMS]


def _compared(matched: Signals, passages: _Passages, embedder: Embedder) -> Signals:
    """The same with what the embeddings add."""
    point, windows = matched.point, passages.windows
    texts = [point.statement, *point.phrasings]
    says = passages.vectors @ embedder.embed(texts).T
    like = says.max(axis=1)
    top = int(np.argmax(like))
    told = _features(matched, passages, texts, embedder)
    at = [told["likeness"]] if told else []
    at += [float(like[i]) for i, window in enumerate(windows) if matched.pattern and _overlap(window, matched.pattern)]
    denies = passages.vectors @ embedder.embed(point.contradictions or ("",)).T
    n = passages.singles
    claim, margin, against = _weighed(matched, passages.round_, texts, embedder)
    wrong = closest_claim(point, passages.subject, passages.said[:n], denies[:n], like[:n])
    return replace(
        matched,
        support=_support(point.patterns, windows[top]),
        likeness=float(like[top]),
        closest=windows[top],
        closest_stance=stance(embedder, point, windows[top].heard.text(windows[top].span)) if like[top] >= NEAR else 0.0,
        clashes=conflicts(passages.said[top], stems(f"{texts[int(says[top].argmax())]} {point.statement}")),
        likeness_at_pattern=max(at, default=0.0),
        features=told,
        claim=claim,
        claim_margin=margin,
        claim_stance=against,
        claim_score=wrong.score if wrong else 0.0,
        doubt=float(denies[top].max()) if point.contradictions else 0.0,
    )


def stance(embedder: Embedder, point: Point, passage: str) -> float:
    """Log odds that the passage says the point rather than its reverse."""
    denies, says, _ = (float(p) for p in embedder.judge([(point.statement, passage)])[0])
    return says - denies


def _weighed(
    matched: Signals, round_: Sequence[Heard], right: Sequence[str], embedder: Embedder
) -> tuple[Found | None, float, float]:
    """The claim most like the contradictions rather than the point, with its margin and its stance."""
    if matched.claim is None or not matched.point.contradictions:
        return matched.claim, 0.0, 0.0
    found = claims(matched.point, round_)
    texts = [claim.heard.text(around(claim.heard, claim.span, CLAIM_REACH)) for claim in found]
    vectors = embedder.embed(texts)
    margins = (vectors @ embedder.embed(matched.point.contradictions).T).max(axis=1) - (vectors @ embedder.embed(right).T).max(
        axis=1
    )
    best = int(np.argmax(margins))
    return found[best], float(margins[best]), stance(embedder, matched.point, texts[best])


def _features(matched: Signals, passages: _Passages, texts: Sequence[str], embedder: Embedder) -> dict[str, float]:
    """What can be told of the pattern's match: by its sentence and by the words next to it, whichever is nearer."""
    if matched.pattern is None:
        return {}
    heard, span = matched.pattern.heard, matched.pattern.span
    close = max(0, span[0] - MARGIN), min(len(heard.words), span[1] + MARGIN)
    passage = heard.text(around(heard, span))
    vectors = embedder.embed([passage, heard.text(close)])
    return {**passages.manner} | features(
        matched.point,
        heard,
        span,
        right=right_stems(matched.point),
        likeness=float(np.max(vectors @ embedder.embed(texts).T)),
        stance=stance(embedder, matched.point, passage),
    )


def _said(window: Found) -> frozenset[str]:
    return frozenset(token.stem for token in window.heard.tokens if window.span[0] <= token.word < window.span[1])


def _neighbours(heard: Heard) -> list[Span]:
    """Each two neighbouring clauses together."""
    return [(a[0], b[1]) for a, b in pairwise(heard.credited) if a[1] == b[0] and b[1] - a[0] <= MAX_PAIR]


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


def _overlap(a: Found, b: Found) -> bool:
    return a.heard is b.heard and a.span[0] < b.span[1] and b.span[0] < a.span[1]
