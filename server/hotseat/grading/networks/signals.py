"""What an answer shows about each point, before anything is decided: pattern matches, likeness, what the networks read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hotseat.background import beside, in_halves
from hotseat.domain.model import Question
from hotseat.grading.networks.asides import without_asides
from hotseat.grading.networks.embedding import ODDS, Embedder, Judge, judge_twice, likeness
from hotseat.grading.networks.explaining import (
    MIN_EXPLAINING,
    explaining,
    is_negated,
    looks_listed,
    names,
    only_repaired,
    own_words,
    share_named,
)
from hotseat.grading.networks.hearing import Heard, Span, around
from hotseat.grading.networks.known import KnownPoint as Point
from hotseat.grading.networks.standing import Standing, standings
from hotseat.grading.networks.wording import closeness, stems
from hotseat.text.matching import Match, Pattern

CONTRADICTION_WINDOW = 16
"""Tokens: a false claim is one clause."""
MARGIN = 5
MAX_CLAIMS = 3
"""Matches of a point's contradiction patterns that are weighed."""
CLAIM_REACH = 8
"""Words on each side of a claim that it is compared by."""
READ = 3
"""Windows nearest to a point that are read beside it ..."""
NEAR = 0.3
"""... after the first only those at least so like it."""
FAR_FROM_SAYING, FAR_FROM_DENYING = -1.5, -2.0
"""Log probabilities, by the first network, under which a passage is not read again."""
DENIES_FROM = 0.4
"""Likeness from which a passage can deny a point."""
CLOSE = 0.6
"""Closeness to the statement's words from which the closest passage is read closely, instead of the likeliest to say it."""
MAX_PAIR = 50
"""Words of two neighbouring clauses taken together."""
MIN_WORDS = 40
"""Words that an answer's rate of dismissals is taken over at least, so that one "useless" does not taint a short answer."""
_DISMISSING = stems(
    """
    matter effect influence difference waste pointless useless unnecessary irrelevant need needless slow distract confuse
    purpose superfluous overkill myth nonsense obsolete outdated bother harm hurt ruin stop prevent forbid skip ignore drop
    wrong
    """
)


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of one answer that bears on a point."""

    heard: Heard
    span: Span
    """Words."""
    within_sentence: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage as the networks read it beside the point's statement."""

    found: Found
    passage: str
    """What was read: more than ``found`` where that is a pattern's match."""
    likeness: float
    """Cosine to the point's phrasings."""
    denies: float
    """Log probability that it says the reverse."""
    says: float
    """Log probability that it says the statement; what is left is that it is about something else."""
    explains: bool
    """Whether a word of the point's own stands in it that is neither a key term nor a word of any answer."""
    states: NDArray[np.float32] = field(compare=False, repr=False)
    """Of the networks that read it, one behind the other."""

    @property
    def stance(self) -> float:
        """Log odds that it says the point rather than its reverse."""
        return self.says - self.denies


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
    """Largest share of an alternative's groups found in the nearest window."""
    nearest: tuple[Reading, ...] = ()
    """The windows most like the point, nearest first."""
    matched: Reading | None = None
    """The sentence around ``pattern``."""
    whole: tuple[Reading, ...] = ()
    """Each answer of the round, read from end to end; empty where there was no time for that."""
    close: Reading | None = None
    """One passage as the third network reads it; None where nothing comes near to the point or its reverse, and, while the
    candidate still speaks, where no passage is close to the statement's words."""
    standing: Standing | None = None
    """Beside the other points; None where there is no embedder, or too little is said to compare them."""
    dismissals: float = 0.0
    """Words that dismiss things, per hundred words of the round."""
    named: float = 0.0
    """Share of the round's words that are key terms of the question."""
    claim: Found | None = None
    """The best match of the contradiction patterns that is not denied."""
    claim_margin: float = 0.0
    """By how much its clause is more like the contradictions than like the point."""
    claim_stance: float = 0.0
    """Log odds that the claim's clause says the point."""

    @property
    def likeness(self) -> float:
        """Of the nearest window."""
        return self.nearest[0].likeness if self.nearest else 0.0

    @property
    def across_sentences(self) -> bool:
        """Whether the pattern's match is pieced together out of several sentences."""
        return self.pattern is not None and not self.pattern.within_sentence

    @property
    def readings(self) -> tuple[Reading, ...]:
        return (*self.nearest, self.matched) if self.matched else self.nearest

    @property
    def may_deny(self) -> tuple[Reading, ...]:
        """Passages near enough to deny the point."""
        return tuple(reading for reading in self.readings if reading.likeness >= DENIES_FROM or reading is self.matched)

    @property
    def closest(self) -> Reading | None:
        """The passage closest to the statement's words."""
        return max(self.readings, key=self._close_to, default=None)

    @property
    def closeness(self) -> float:
        """How close that is."""
        return self._close_to(self.closest) if self.closest else 0.0

    def _close_to(self, reading: Reading) -> float:
        return closeness(self.point.statement, reading.passage)

    @property
    def as_a_whole(self) -> Reading | None:
        """The answer likeliest to say the point, read from end to end."""
        return max(self.whole, key=lambda reading: reading.says, default=None)

    @property
    def best(self) -> Reading | None:
        """The passage likeliest to say the point."""
        return max(self.readings, key=lambda reading: reading.says, default=None)


@dataclass(frozen=True, slots=True)
class _Passages:
    """A round cut into overlapping windows, single clauses first."""

    round_: tuple[Heard, ...]
    windows: tuple[Found, ...]
    vectors: NDArray[np.float32]
    names: frozenset[str]
    """Of things that the question is about."""
    dismissals: float
    named: float


def signals(
    question: Question, round_: Sequence[Heard], embedder: Embedder | None = None, *, whole: bool = True
) -> dict[str, Signals]:
    """Signals by point id over all answers of a round.

    Reading each answer as a ``whole``, too, and passages by the other networks, takes most of the time; it is left out for
    points that the first network finds nothing of.
    """
    matched = {point.id: _matched(point, round_, names(question)) for point in question.points}
    if embedder is None or not any(heard.clauses for heard in round_):
        return matched
    round_ = [without_asides(question, heard, embedder, _found_in(heard, matched.values())) for heard in round_]
    windows = cut_in_windows(round_)
    texts = [window.heard.text(window.span) for window in windows]
    beside_others = standings(question, " ".join(heard.credit() for heard in round_))
    passages = _Passages(
        tuple(round_),
        windows,
        np.vstack(in_halves(embedder.embed, texts)) if whole else embedder.embed(texts),
        names(question),
        _dismissals(round_),
        share_named(question, round_),
    )
    compare = partial(_all_compared, passages=passages, embedder=embedder)
    glimpse = partial(compare, judge=embedder.judge)
    points = [replace(found, standing=one) for found, one in zip(matched.values(), beside_others, strict=True)]
    if not whole:
        seen = glimpse(points)
        return seen | {name: _read_closely(found, embedder) for name, found in seen.items() if found.closeness >= CLOSE}
    first, others = in_halves(glimpse, points)
    seen = first | others
    open_ = [found for found in points if not _far_from(seen[found.point.id])]
    wholes = {found.point.id: beside(_read_wholes, embedder.judge, found.point, round_) for found in open_}
    closer = compare(open_, judge=partial(judge_twice, embedder))
    closely = {name: _read_closely(found, embedder) for name, found in closer.items()}
    return seen | {name: replace(found, whole=wholes[name].result()) for name, found in closely.items()}


def _all_compared(matched: Sequence[Signals], passages: _Passages, judge: Judge, embedder: Embedder) -> dict[str, Signals]:
    return {found.point.id: _compared(found, passages, judge, embedder) for found in matched}


def _far_from(seen: Signals) -> bool:
    """Whether no passage comes near to saying the point or its reverse, so that no second look would find it."""
    return not (seen.pattern or seen.closeness >= CLOSE) and all(
        reading.says < FAR_FROM_SAYING and reading.denies < FAR_FROM_DENYING for reading in seen.readings
    )


def cut_in_windows(round_: Sequence[Heard]) -> tuple[Found, ...]:
    """Single clauses first, then each two neighbours together; none where no clause is long enough to say anything."""
    clauses = [Found(heard, span) for heard in round_ for span in heard.clauses]
    pairs = (Found(heard, span) for heard in round_ for span in _neighbours(heard))
    return (*clauses, *pairs) if clauses else ()


def _found_in(heard: Heard, matched: Iterable[Signals]) -> list[Span]:
    """Where patterns found something in one answer of a round."""
    return [
        found.span for seen in matched for found in (seen.pattern, seen.claim) if found is not None and found.heard is heard
    ]


def _matched(point: Point, round_: Sequence[Heard], names_: Set[str]) -> Signals:
    """What the patterns find. Of the acceptable matches the best is short and within one sentence."""
    best: list[tuple[tuple[bool, int], Found]] = []
    negated: Found | None = None
    listed = False
    for heard in round_:
        for match in _all_matches(heard, point.patterns):
            found = _found(heard, match)
            if looks_listed(heard, found.span) or explaining(heard, found.span, own_words(point), names_) < MIN_EXPLAINING:
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


def _compared(matched: Signals, passages: _Passages, judge: Judge, embedder: Embedder) -> Signals:
    """The same with what the embeddings and the networks add."""
    point, windows = matched.point, passages.windows
    like = likeness(point, passages.vectors, embedder)
    order = [int(i) for rank, i in enumerate(np.argsort(-like, kind="stable")[:READ]) if rank == 0 or like[i] >= NEAR]
    nearest = tuple(
        _read(
            judge,
            point,
            windows[i],
            windows[i].span,
            float(like[i]),
            explains=_explains(point, windows[i], passages.names),
        )
        for i in order
    )
    at = None
    if found := matched.pattern:
        passage = around(found.heard, found.span)
        close = max(0, found.span[0] - MARGIN), min(len(found.heard.words), found.span[1] + MARGIN)
        here = likeness(point, embedder.embed([found.heard.text(passage), found.heard.text(close)]), embedder)
        over = [like[i] for i, window in enumerate(windows) if _overlap(window, found)]
        at = _read(judge, point, found, passage, float(np.max([*here, *over])), explains=True)
    claim, margin, stance = _weighed(matched, passages, judge, embedder)
    return replace(
        matched,
        support=_support(point.patterns, windows[order[0]]),
        nearest=nearest,
        matched=at,
        dismissals=passages.dismissals,
        named=passages.named,
        claim=claim,
        claim_margin=margin,
        claim_stance=stance,
    )


def _read_closely(seen: Signals, embedder: Embedder) -> Signals:
    """With what the third network says of the passage closest to the statement's words, or of the likeliest to say it."""
    reading = seen.closest if seen.closeness >= CLOSE else seen.best
    assert reading is not None
    denies, says, states = _judged(embedder.judge_closely, seen.point, reading.passage)
    return replace(seen, close=replace(reading, denies=denies, says=says, states=states))


def _explains(point: Point, window: Found, names_: Set[str]) -> bool:
    return explaining(window.heard, window.span, own_words(point), names_) > 0


def _read(judge: Judge, point: Point, found: Found, passage: Span, likeness: float, *, explains: bool) -> Reading:
    text = found.heard.text(passage)
    denies, says, states = _judged(judge, point, text)
    return Reading(found, text, likeness, denies, says, explains, states)


def _read_wholes(judge: Judge, point: Point, round_: Sequence[Heard]) -> tuple[Reading, ...]:
    return tuple(_read_whole(judge, point, heard) for heard in round_)


def _read_whole(judge: Judge, point: Point, heard: Heard) -> Reading:
    text = heard.credit()
    denies, says, states = _judged(judge, point, text)
    return Reading(Found(heard, (0, len(heard.words))), text, 0.0, denies, says, explains=False, states=states)


def _judged(judge: Judge, point: Point, passage: str) -> tuple[float, float, NDArray[np.float32]]:
    """Log probabilities that the passage denies the point and that it says it, and the networks' states."""
    read = judge([(point.statement, passage)])[0]
    return float(read[0]), float(read[1]), read[ODDS:]


def _weighed(matched: Signals, passages: _Passages, judge: Judge, embedder: Embedder) -> tuple[Found | None, float, float]:
    """The claim most like the contradictions rather than the point, with its margin and its stance."""
    if matched.claim is None or not matched.point.misconceptions:
        return matched.claim, 0.0, 0.0
    found = claims(matched.point, passages.round_)
    texts = [claim.heard.text(around(claim.heard, claim.span, CLAIM_REACH)) for claim in found]
    vectors = embedder.embed(texts)
    denies = (vectors @ embedder.embed(matched.point.misconceptions).T).max(axis=1)
    margins = denies - likeness(matched.point, vectors, embedder)
    best = int(np.argmax(margins))
    against, for_, _ = _judged(judge, matched.point, texts[best])
    return found[best], float(margins[best]), for_ - against


def _dismissals(round_: Sequence[Heard]) -> float:
    said = [token.stem for heard in round_ for token in heard.tokens if token.stem]
    return 100 / max(MIN_WORDS, len(said)) * sum(stem in _DISMISSING for stem in said)


def _neighbours(heard: Heard) -> list[Span]:
    """Each two neighbouring clauses together, whatever is said beside the question between them."""
    return [
        (a[0], b[1])
        for a, b in pairwise(heard.credited)
        if heard.fillers.issuperset(range(a[1], b[0])) and b[1] - b[0] + a[1] - a[0] <= MAX_PAIR
    ]


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
    return a.heard.answer is b.heard.answer and a.span[0] < b.span[1] and b.span[0] < a.span[1]
