"""How far a match of a point's patterns can be believed to say the point, and not the reverse of it.

A false claim holds the same words as the right one, so it matches. A cross-encoder reads statement and passage together and
tells which it is, most of the time; the rest is weak signs: negations, comparisons and dismissals that no right wording of
the point needs, a number of its own, and an answer that is full of dismissals. The weights are those of a logistic
regression (``python -m tests.bench.grading.fit_credence``); the score is its log odds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from server.core.domain import Point
from server.core.normal import Token, stem, tokenize
from server.grading.hearing import Heard, Span
from server.grading.polarity import NEGATORS

REACH = 12
"""Words on each side of a match that are looked at."""
CAP = 2
"""A kind of word counts at most so often."""
LONG = 40
"""Words from which a passage is as telling as it gets."""
MIN_WORDS = 40
"""Words that an answer's rates are taken over at least, so that one "not" does not taint a short answer."""

_KINDS = {
    "dismissals": """
        matter effect influence difference waste pointless useless unnecessary irrelevant need needless slow distract confuse
        purpose superfluous overkill myth nonsense obsolete outdated bother harm hurt ruin stop prevent forbid skip ignore drop
        wrong
    """,
    "comparisons": """
        more less better worse bigger smaller larger higher lower cheaper dearer slower faster longer shorter fewer most least
        best worst than
    """,
}
KINDS = {name: frozenset(stem(word) for word in words.split()) for name, words in _KINDS.items()}

WEIGHTS: Mapping[str, float] = {
    "comparisons": -0.79,
    "dismissal rate": -0.54,
    "dismissals": -0.62,
    "length": 4.20,
    "likeness": 1.15,
    "negations": -0.81,
    "other number": -0.67,
    "shared": 2.58,
    "spread": -4.51,
    "stance": 0.70,
}
BIAS = -1.91


def features(
    point: Point,
    heard: Heard,
    span: Span,
    *,
    right: Set[str],
    likeness: float,
    stance: float,
) -> dict[str, float]:
    """What the weights apply to.

    right: stems of the point; likeness: cosine to it; stance: log odds that it is said rather than denied.
    """
    passage = around(heard, span)
    tokens = [token for token in heard.tokens if passage[0] <= token.word < passage[1] and token.stem]
    said = {token.stem for token in tokens}
    found = {name: float(min(CAP, len((said & stems) - right))) for name, stems in KINDS.items()}
    return {
        "likeness": likeness,
        "stance": stance,
        "negations": 0.0 if right & NEGATORS else float(min(CAP, len(said & NEGATORS))),
        **found,
        "other number": float(_other_number(point, tokens)),
        "shared": len(said & right) / max(1, len(said)),
        "length": min(LONG, passage[1] - passage[0]) / LONG,
        "spread": (span[1] - span[0]) / LONG,
    }


def manner(round_: Sequence[Heard]) -> dict[str, float]:
    """Dismissals per hundred words of all answers."""
    stems = [token.stem for heard in round_ for token in heard.tokens if token.stem]
    rate = 100 / max(MIN_WORDS, len(stems))
    return {"dismissal rate": rate * sum(word in KINDS["dismissals"] for word in stems)}


def credence(found: Mapping[str, float]) -> float:
    """Log odds that the point is made."""
    return BIAS + sum(weight * found[name] for name, weight in WEIGHTS.items())


def around(heard: Heard, span: Span, reach: int = REACH) -> Span:
    """The match with so many words on each side, within its sentence."""
    start, end = next(((a, b) for a, b in heard.sentences if a <= span[0] < b), span)
    return max(start, span[0] - reach), min(max(end, span[1]), span[1] + reach)


def _other_number(point: Point, tokens: Sequence[Token]) -> bool:
    """Whether numbers are said where the point has some, and none is the same."""
    said = {token.text for token in tokens if token.text[0].isdigit()}
    right = {token.text for token in tokenize(" ".join([point.statement, *point.phrasings])) if token.text[0].isdigit()}
    return bool(said and right and not said & right)
