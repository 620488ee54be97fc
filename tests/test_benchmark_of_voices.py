"""Rooms, microphones, noise and codecs change speech as they should, and no more."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hotseat.speech.audio import SAMPLE_RATE, Samples

from benchmarks.channels import CHANNELS
from tests.audio import speech

SPEECH = speech.read(Path(speech.__file__).parent / "human" / "austen-0880.flac")


def likeness(a: Samples, b: Samples) -> float:
    """Correlation at the best delay of ``b`` up to 0.1 s."""
    size = len(a) - SAMPLE_RATE // 10
    return max(float(np.corrcoef(a[:size], b[delay : delay + size])[0, 1]) for delay in range(0, SAMPLE_RATE // 10, 4))


@pytest.mark.parametrize("name", CHANNELS)
def test_a_channel_changes_how_speech_sounds_and_keeps_what_is_said(name: str) -> None:
    """The same seed gives the same sound, not the speech itself, as long as it, like it, and within full scale."""
    heard = CHANNELS[name](SPEECH, 1)
    assert np.array_equal(heard, CHANNELS[name](SPEECH, 1))
    assert not np.allclose(heard[: len(SPEECH)], SPEECH, atol=1e-3)
    assert 0 <= len(heard) - len(SPEECH) <= 0.15 * SAMPLE_RATE
    assert likeness(SPEECH, heard) > 0.6
    assert float(np.abs(heard).max()) <= 1


def test_a_headset_has_the_band_of_a_telephone() -> None:
    """What speech has above 4 kHz is lost; a little hiss is there instead."""

    def highs(samples: Samples) -> float:
        power = np.abs(np.fft.rfft(samples)) ** 2
        return float(power[np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE) > 4000].sum() / power.sum())

    assert highs(SPEECH) > 0.03
    assert highs(CHANNELS["headset"](SPEECH, 1)) < 0.005
