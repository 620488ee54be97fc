"""The outline that is drawn of a recording."""

from __future__ import annotations

import numpy as np

from hotseat.speech.audio import SAMPLE_RATE, samples_of

MAX_PEAKS = 240
"""Bars of a drawing; more would be narrower than a pixel on a phone."""
MIN_PEAK_S = 0.05


def peaks(pcm: bytes) -> list[int]:
    """Loudness of equal stretches of mono PCM16, 0 to 100, of which the loudest is 100; empty for no audio.

    Square roots of amplitudes, so that soft speech beside loud speech is still seen.
    """
    samples = np.abs(samples_of(pcm))
    if not samples.size:
        return []
    count = max(1, min(MAX_PEAKS, int(samples.size / SAMPLE_RATE / MIN_PEAK_S)))
    edges = np.linspace(0, samples.size, count, endpoint=False).astype(int)
    tops = np.sqrt(np.maximum.reduceat(samples, edges))
    return [round(100 * float(top / max(1e-3, tops.max()))) for top in tops]
