"""Recordings as sound files and as the outline that is drawn of them."""

from __future__ import annotations

import struct

import numpy as np

from hotseat.speech.audio import SAMPLE_RATE

MAX_PEAKS = 240
"""Bars of a drawing; more would be narrower than a pixel on a phone."""
MIN_PEAK_S = 0.05


def peaks(pcm: bytes) -> list[int]:
    """Loudness of equal stretches of mono PCM16, 0 to 100, of which the loudest is 100; empty for no audio.

    Square roots of amplitudes, so that soft speech beside loud speech is still seen.
    """
    samples = np.abs(np.frombuffer(pcm[: len(pcm) // 2 * 2], dtype="<i2").astype(np.float32))
    if not samples.size:
        return []
    count = max(1, min(MAX_PEAKS, int(samples.size / SAMPLE_RATE / MIN_PEAK_S)))
    edges = np.linspace(0, samples.size, count, endpoint=False).astype(int)
    tops = np.sqrt(np.maximum.reduceat(samples, edges))
    return [round(100 * float(top / max(1.0, tops.max()))) for top in tops]


def wav(pcm: bytes, sample_rate: int = SAMPLE_RATE) -> bytes:
    """Mono PCM16 with a WAV header."""
    header = struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", 36 + len(pcm), b"WAVE", b"fmt ", 16, 1, 1, sample_rate, sample_rate * 2, 2, 16, b"data", len(pcm)),
    )
    return header + pcm
