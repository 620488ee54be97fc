"""How far a match of a point's patterns can be believed to say the point, and not the reverse of it.

A false claim holds the same words as the right one, so it matches. A cross-encoder reads statement and passage together and
tells which it is, most of the time; the rest is weak signs: negations, absolutes, comparisons and dismissals that no right
wording of the point needs, a number of its own, likeness to known wrong claims, and an answer that is full of such. The
weights are those of a logistic regression on the develop half (``python -m tests.bench.grading.fit_credence``); the score
is its log odds.
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
    "absolutes": """
        always never ever any anything every everything exactly enough plenty definition regardless proven prove guarantee
        perfect perfectly certainly sure impossible completely fully entirely forever all
    """,
    "comparisons": """
        more less better worse bigger smaller larger higher lower cheaper dearer slower faster longer shorter fewer most least
        best worst than
    """,
}
KINDS = {name: frozenset(stem(word) for word in words.split()) for name, words in _KINDS.items()}

WEIGHTS: Mapping[str, float] = {
    "absolutes": -0.71,
    "comparisons": -0.62,
    "dismissal rate": -0.90,
    "dismissals": -1.14,
    "doubt": -1.81,
    "length": 4.33,
    "likeness": 1.99,
    "negation rate": -0.34,
    "negations": -1.24,
    "other number": -1.77,
    "shared": 1.29,
    "spread": -5.52,
    "stance": 0.65,
}
BIAS = 0.35


def features(
    point: Point,
    heard: Heard,
    span: Span,
    *,
    right: Set[str],
    likeness: float,
    doubt: float,
    stance: float,
) -> dict[str, float]:
    """What the weights apply to.

    right: stems of the point; likeness, doubt: cosine to the point and to its contradictions; stance: log odds that the point
    is said rather than denied.
    """
    passage = around(heard, span)
    tokens = [token for token in heard.tokens if passage[0] <= token.word < passage[1] and token.stem]
    said = {token.stem for token in tokens}
    found = {name: float(min(CAP, len((said & stems) - right))) for name, stems in KINDS.items()}
    return {
        "likeness": likeness,
        "doubt": doubt,
        "stance": stance,
        "negations": 0.0 if right & NEGATORS else float(min(CAP, len(said & NEGATORS))),
        **found,
        "other number": float(_other_number(point, tokens)),
        "shared": len(said & right) / max(1, len(said)),
        "length": min(LONG, passage[1] - passage[0]) / LONG,
        "spread": (span[1] - span[0]) / LONG,
    }


def manner(round_: Sequence[Heard]) -> dict[str, float]:
    """Negations and dismissals per hundred words of all answers."""
    stems = [token.stem for heard in round_ for token in heard.tokens if token.stem]
    rate = 100 / max(MIN_WORDS, len(stems))
    return {
        "negation rate": rate * sum(word in NEGATORS for word in stems),
        "dismissal rate": rate * sum(word in KINDS["dismissals"] for word in stems),
    }


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
