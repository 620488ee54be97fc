"""How far an answer can be believed to make a point, and how far to deny it, from everything known about the point.

A false claim holds the same words as the right one, so patterns and likeness alone can't tell them apart. Two cross-encoders
read the statement together with the passages nearest to it, one also with all of the answer, and give the odds of each. Both
scores are log odds of a logistic regression (``python -m tests.bench.grading.fit_credence``), which says what each sign is
worth.
"""

from __future__ import annotations

from collections.abc import Mapping

from server.grading.signals import Signals

FAR = -6.0
"""Log probability that stands for none."""
CLIP = 5.0
DENIES_FROM = 0.4
"""Likeness from which a passage can deny a point."""

MADE: Mapping[str, float] = {
    "says": 0.62,
    "stance of the nearest": 0.19,
    "stance at the match": 0.20,
    "denies": 0.09,
    "match": 1.51,
    "match across sentences": -1.40,
    "likeness": 0.66,
    "support": 1.11,
    "claim": -3.79,
    "dismissals": -0.04,
    "whole says": 0.07,
    "stance of the whole": 0.51,
}
MADE_BIAS = -2.44
DENIED: Mapping[str, float] = {
    "says": -0.09,
    "stance of the nearest": -0.19,
    "stance at the match": -0.18,
    "denies": 0.32,
    "match": -0.22,
    "match across sentences": 1.03,
    "likeness": 1.76,
    "support": -0.03,
    "claim": 5.39,
    "dismissals": -0.14,
    "whole says": 1.15,
    "stance of the whole": -1.05,
}
DENIED_BIAS = 0.02


def features(seen: Signals) -> dict[str, float]:
    """What the weights apply to. Where no answer was read as a whole its best passage stands for it."""
    best, first = seen.best, seen.nearest[0] if seen.nearest else None
    whole = seen.as_a_whole or best
    where = [seen.matched] if seen.matched else list(seen.nearest[:2])
    near = [reading.denies for reading in seen.readings if reading.likeness >= DENIES_FROM or reading is seen.matched]
    return {
        "says": best.says if best else FAR,
        "stance of the nearest": _clipped(first.stance) if first else 0.0,
        "stance at the match": sum(_clipped(reading.stance) for reading in where) / max(1, len(where)),
        "denies": max(near, default=FAR),
        "match": float(seen.pattern is not None),
        "match across sentences": float(seen.across_sentences),
        "likeness": max((reading.likeness for reading in seen.readings), default=0.0),
        "support": seen.support,
        "claim": float(seen.claim is not None),
        "dismissals": seen.dismissals,
        "whole says": whole.says if whole else FAR,
        "stance of the whole": _clipped(whole.stance) if whole else 0.0,
    }


def made(seen: Signals) -> float:
    """Log odds that the point is made."""
    return _score(features(seen), MADE, MADE_BIAS)


def denied(seen: Signals) -> float:
    """Log odds that its reverse is claimed."""
    return _score(features(seen), DENIED, DENIED_BIAS)


def _score(found: Mapping[str, float], weights: Mapping[str, float], bias: float) -> float:
    return bias + sum(weight * found[name] for name, weight in weights.items())


def _clipped(odds: float) -> float:
    return max(-CLIP, min(CLIP, odds))
