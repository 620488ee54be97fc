"""How far an answer can be believed to make a point, and how far to deny it, from everything known about the point.

A false claim holds the same words as the right one, so patterns and likeness alone can't tell them apart. Two cross-encoders
read the statement together with the passages nearest to it, one also with all of the answer, and give the odds of each. Both
scores are log odds of a logistic regression (``python -m benchmarks.grading.fit_credence``), which says what each sign is
worth, and each of the networks' states: these show what no network's own odds do, of answers that it has not learned from
(docs/decisions/0023). A third network reads one of the passages, and a second regression weighs its word against these scores,
the more the closer the passage is to the statement's words (docs/decisions/0026, 0027); in an answer long enough to compare a
point with the others of its question a small network does, from how the point stands there, too (docs/decisions/0028).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple
from functools import cache
from math import exp
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hotseat.grading.networks.signals import CLOSE, Reading, Signals

Array = NDArray[np.float64]
WORTH = Path(__file__).with_name("credence.npz")
"""By ``passage`` and ``whole``: what each state of the networks is worth to both scores, shape (s, 2), and its mean; and the
small network: mean and spread of its values, weights from these to a hidden layer, from that and directly to both scores."""
LIMIT = 4.0
"""Standard deviations from its mean that a value of the small network is taken to be at most."""
FAR = -6.0
"""Log probability that stands for none."""
CLIP = 5.0

MADE: Mapping[str, float] = {
    "says": 0.04,
    "stance of the nearest": 0.12,
    "stance at the match": 0.12,
    "denies": 0.13,
    "match": 1.36,
    "match across sentences": -1.14,
    "likeness": 2.61,
    "support": 1.26,
    "claim": -2.78,
    "dismissals": -0.10,
    "whole says": 0.13,
    "stance of the whole": 0.11,
}
MADE_BIAS = -4.22
DENIED: Mapping[str, float] = {
    "says": 0.06,
    "stance of the nearest": -0.18,
    "stance at the match": -0.17,
    "denies": 0.21,
    "match": -0.01,
    "match across sentences": 0.73,
    "likeness": 1.22,
    "support": 0.25,
    "claim": 4.09,
    "dismissals": 0.09,
    "whole says": 0.19,
    "stance of the whole": -0.14,
}
DENIED_BIAS = -3.75

CLOSE_MADE: Mapping[str, float] = {
    "made": 0.91,
    "denied": 0.05,
    "says": 0.33,
    "denies": 0.03,
    "stance": 0.18,
    "closeness": -0.51,
    "made by closeness": -0.97,
    "denied by closeness": -0.24,
    "stance by closeness": 0.62,
}
CLOSE_MADE_BIAS = 0.48
CLOSE_DENIED: Mapping[str, float] = {
    "made": 0.03,
    "denied": 0.93,
    "says": -0.07,
    "denies": 0.27,
    "stance": -0.14,
    "closeness": -0.49,
    "made by closeness": -0.26,
    "denied by closeness": -1.12,
    "stance by closeness": -0.64,
}
CLOSE_DENIED_BIAS = 0.04


def features(seen: Signals) -> dict[str, float]:
    """What the weights apply to. Where no answer was read as a whole its best passage stands for it."""
    best, first = seen.best, seen.nearest[0] if seen.nearest else None
    whole = seen.as_a_whole or best
    where = [seen.matched] if seen.matched else list(seen.nearest[:2])
    return {
        "says": best.says if best else FAR,
        "stance of the nearest": _clipped(first.stance) if first else 0.0,
        "stance at the match": sum(_clipped(reading.stance) for reading in where) / max(1, len(where)),
        "denies": max((reading.denies for reading in seen.may_deny), default=FAR),
        "match": float(seen.pattern is not None),
        "match across sentences": float(seen.across_sentences),
        "likeness": max((reading.likeness for reading in seen.readings), default=0.0),
        "support": seen.support,
        "claim": float(seen.claim is not None),
        "dismissals": seen.dismissals,
        "whole says": whole.says if whole else FAR,
        "stance of the whole": _clipped(whole.stance) if whole else 0.0,
    }


def close_features(made: float, denied: float, says: float, denies: float, closeness: float) -> dict[str, float]:
    """What the weights of a close reading apply to: the scores without it, and what its reader says (log probabilities), the
    more the closer the answer comes to the statement's words."""
    stance = _clipped(says - denies)
    closer = max(0.0, closeness - CLOSE) / (1 - CLOSE)
    return {
        "made": made,
        "denied": denied,
        "says": says,
        "denies": denies,
        "stance": stance,
        "closeness": closer,
        "made by closeness": made * closer,
        "denied by closeness": denied * closer,
        "stance by closeness": stance * closer,
    }


def weighed_values(made: float, denied: float, seen: Signals) -> list[float]:
    """What the small network weighs: as ``close_features``, and how the point stands beside the others."""
    assert seen.close is not None and seen.standing is not None
    read = seen.close
    return [made, denied, read.says, read.denies, _clipped(read.stance), seen.closeness, *astuple(seen.standing)]


def weigh(network: Mapping[str, Array], values: Array) -> Array:
    """Both scores, shape (..., 2), from the values that the small network weighs, shape (..., v)."""
    z = centred(network, values)
    hidden = np.tanh(z @ network["inner"] + network["inner_bias"])
    return np.asarray(hidden @ network["outer"] + z @ network["direct"] + network["bias"])


def centred(network: Mapping[str, Array], values: Array) -> Array:
    """Standard deviations from the mean, as the small network takes its values."""
    return np.asarray(np.clip((values - network["usual"]) / network["spread"], -LIMIT, LIMIT))


def made(seen: Signals) -> float:
    """Log odds that the point is made."""
    return scores(seen)[0]


def denied(seen: Signals) -> float:
    """Log odds that its reverse is claimed."""
    return scores(seen)[1]


def scores(seen: Signals) -> tuple[float, float]:
    """Log odds that the point is made, and that its reverse is claimed."""
    found, leaning = features(seen), _leaning(seen)
    made = _score(found, MADE, MADE_BIAS) + leaning[0]
    denied = _score(found, DENIED, DENIED_BIAS) + leaning[1]
    if seen.close is None:
        return made, denied
    if seen.standing is not None:
        made, denied = weigh(_stored(), np.array(weighed_values(made, denied, seen)))
        return float(made), float(denied)
    closer = close_features(made, denied, seen.close.says, seen.close.denies, seen.closeness)
    return _score(closer, CLOSE_MADE, CLOSE_MADE_BIAS), _score(closer, CLOSE_DENIED, CLOSE_DENIED_BIAS)


def probability(score: float) -> float:
    """Of log odds."""
    return 1 / (1 + exp(-score))


def _score(found: Mapping[str, float], weights: Mapping[str, float], bias: float) -> float:
    return bias + sum(weight * found[name] for name, weight in weights.items())


def _leaning(seen: Signals) -> tuple[float, float]:
    """What the states of the networks add to both scores: nothing where nothing was read, half where one of them reads."""
    passage, whole = _worth("passage", seen.best), _worth("whole", seen.as_a_whole)
    return passage[0] + whole[0], passage[1] + whole[1]


def _worth(place: str, reading: Reading | None) -> tuple[float, float]:
    if reading is None:
        return 0.0, 0.0
    worth, usual = _stored()[place], _stored()[f"{place}_usual"]
    known = len(reading.states)
    made, denied = (reading.states - usual[:known]) @ worth[:known]
    return float(made), float(denied)


@cache
def _stored() -> Mapping[str, Array]:
    with np.load(WORTH) as stored:
        return {name: stored[name] for name in stored.files}


def _clipped(odds: float) -> float:
    return max(-CLIP, min(CLIP, odds))
