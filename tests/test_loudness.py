"""Where speech is, by level: on bursts whose edges are known."""

from __future__ import annotations

import numpy as np
import pytest

from server.loudness import speech_spans
from server.ports import SAMPLE_RATE, Samples


def bursts(*edges: tuple[float, float], seconds: float = 10.0, noise: float = 0.0, level: float = 0.2) -> Samples:
    """A tone between each pair of seconds, over white noise."""
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    loud = sum(((first <= t) & (t < last) for first, last in edges), np.zeros(len(t), bool))
    wave = level * np.sin(2 * np.pi * 200 * t) * loud + noise * np.random.default_rng(0).standard_normal(len(t))
    return wave.astype(np.float32)


@pytest.mark.parametrize("noise", [0.0, 0.002, 0.005])
@pytest.mark.parametrize("level", [0.05, 0.6])
def test_edges_are_found_whatever_the_level(noise: float, level: float) -> None:
    """To 30 ms, loud or soft, with noise 17 dB below the speech and less."""
    spans = speech_spans(bursts((1.0, 3.0), (3.6, 5.0), (7.0, 9.0), noise=noise, level=level))
    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == pytest.approx([1.0, 3.0, 3.6, 5.0, 7.0, 9.0], abs=0.03)


def test_short_gaps_and_clicks() -> None:
    """A gap within a word divides nothing, and a click is no speech."""
    [span] = speech_spans(bursts((2.0, 3.0), (3.1, 4.0), (6.0, 6.02)))
    assert (span.start, span.end) == pytest.approx((2.0, 4.0), abs=0.03)


@pytest.mark.parametrize("seconds", [0.0, 0.005, 3.0])
def test_nothing_stands_out_of_silence_or_noise(seconds: float) -> None:
    """No speech is found where there is none."""
    length = int(seconds * SAMPLE_RATE)
    assert speech_spans(np.zeros(length, np.float32)) == ()
    assert speech_spans(0.05 * np.random.default_rng(0).standard_normal(length).astype(np.float32)) == ()
