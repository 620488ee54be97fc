"""Where a recording is loud enough to be speech, by its level alone: cheap enough to ask whenever somebody looks."""

from __future__ import annotations

import numpy as np
from hotseat.domain.endpointing import Gap
from hotseat.speech.audio import SAMPLE_RATE, Samples

_STEP = SAMPLE_RATE // 100
"""Samples a level is taken over: 10 ms."""
_ON, _OFF = 0.45, 0.3
"""Of the way from the noise's level to the speech's, in dB: speech begins above the first and ends below the second."""
_CLICK = 6
"""Steps; what is louder for less time is a click."""
_CLOSE = 20
"""Steps; silence shorter than this is part of the speech around it."""
_LEAST_DB = 12.0
"""Between noise and speech; with less there is only noise."""


def speech_spans(samples: Samples) -> tuple[Gap, ...]:
    """Stretches of speech in seconds, in order; none if nothing stands out."""
    steps = len(samples) // _STEP
    if not steps:
        return ()
    power = np.mean(samples[: steps * _STEP].reshape(steps, _STEP).astype(np.float64) ** 2, axis=1)
    level = 10 * np.log10(np.convolve(power, np.ones(3) / 3, mode="same") + 1e-8)
    quiet, loud = np.quantile(level, 0.1), np.quantile(level, 0.95)
    if loud - quiet < _LEAST_DB:
        return ()
    on, off = (quiet + share * (loud - quiet) for share in (_ON, _OFF))
    spans: list[tuple[int, int]] = []
    for first, last in _runs(level > off):
        if last - first < _CLICK or level[first:last].max() < on:
            continue
        if spans and first - spans[-1][1] < _CLOSE:
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((first, last))
    return tuple(Gap(first / 100, last / 100) for first, last in spans)


def _runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """(first, after the last) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return [(int(first), int(last)) for first, last in zip(edges[::2], edges[1::2], strict=True)]
