"""A network of one hidden layer beside a straight line, trained in numpy: what weighs the scores of ``credence.py``."""

from __future__ import annotations

import numpy as np

from server.grading.credence import Array, centred

HIDDEN = 12
"""Units of one network; the mean of ``len(SEEDS)`` is kept."""
SEEDS = (0, 1, 2)
STEPS = 600
RATE = 0.02
DECAY = 3e-4
"""Of the squares of the hidden layer's weights ..."""
DECAY_DIRECT = 3e-6
"""... and of those of the straight line."""


def train(x: Array, wanted: Array, weight: Array) -> dict[str, Array]:
    """The arrays that ``credence.weigh`` takes. x: (rows, values); wanted, 0 or 1, and weight: (rows, scores)."""
    scale = {"usual": x.mean(axis=0), "spread": x.std(axis=0) + 1e-6}
    z = centred(scale, x)
    found = [_one(z, wanted, weight / weight.sum(), seed) for seed in SEEDS]
    mean = {name: np.mean([one[name] for one in found], axis=0) for name in ("direct", "bias")}
    return {
        **scale,
        "inner": np.hstack([one["inner"] for one in found]),
        "inner_bias": np.hstack([one["inner_bias"] for one in found]),
        "outer": np.vstack([one["outer"] for one in found]) / len(found),
        **mean,
    }


def _one(z: Array, wanted: Array, weight: Array, seed: int) -> dict[str, Array]:
    """One network, by Adam on all rows at once, its rate rising and falling again."""
    random = np.random.default_rng(seed)
    values, scores = z.shape[1], wanted.shape[1]
    bounds = {"inner": values, "inner_bias": values, "outer": HIDDEN, "direct": values, "bias": values}
    shapes = {
        "inner": (values, HIDDEN),
        "inner_bias": (HIDDEN,),
        "outer": (HIDDEN, scores),
        "direct": (values, scores),
        "bias": (scores,),
    }
    found = {name: random.uniform(-1, 1, shape) / np.sqrt(bounds[name]) for name, shape in shapes.items()}
    decay = {"inner": DECAY, "outer": DECAY, "direct": DECAY_DIRECT}
    mean, square = ({name: np.zeros(shape) for name, shape in shapes.items()} for _ in range(2))
    for step in range(1, STEPS + 1):
        hidden = np.tanh(z @ found["inner"] + found["inner_bias"])
        odds = hidden @ found["outer"] + z @ found["direct"] + found["bias"]
        wrong = (1 / (1 + np.exp(-odds)) - wanted) * weight
        back = wrong @ found["outer"].T * (1 - hidden**2)
        slope = {
            "inner": z.T @ back,
            "inner_bias": back.sum(axis=0),
            "outer": hidden.T @ wrong,
            "direct": z.T @ wrong,
            "bias": wrong.sum(axis=0),
        }
        rate = RATE * np.sin(np.pi * (step - 0.5) / STEPS)
        for name, value in found.items():
            gradient = slope[name] + 2 * decay.get(name, 0.0) * value
            mean[name] = 0.9 * mean[name] + 0.1 * gradient
            square[name] = 0.999 * square[name] + 0.001 * gradient**2
            value -= rate * (mean[name] / (1 - 0.9**step)) / (np.sqrt(square[name] / (1 - 0.999**step)) + 1e-8)
    return found
