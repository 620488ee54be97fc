"""Voices behind a wall are told from quiet ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hotseat.speech.audio import SAMPLE_RATE, Samples
from hotseat.speech.muffled import brightness, muffled

from tests.audio import speech

HUMAN = sorted((Path(speech.__file__).parent / "human").glob("*.flac"))


def filtered(samples: Samples, gain: Callable[[np.ndarray], np.ndarray]) -> Samples:
    hertz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    return np.fft.irfft(np.fft.rfft(samples) * gain(hertz), len(samples)).astype(np.float32)


def as_sent(samples: Samples) -> Samples:
    """Rounded to 16 bits, as a browser sends it."""
    return (np.round(samples * 32767) / 32767).astype(np.float32)


def in_a_room(samples: Samples) -> Samples:
    """Far from the microphone: the echo is as loud as the voice."""
    rng = np.random.default_rng(1)
    echo = rng.standard_normal(SAMPLE_RATE // 2) * np.exp(-np.arange(SAMPLE_RATE // 2) / (0.2 * SAMPLE_RATE))
    echo[0] = 4.0
    size = len(samples) + len(echo)
    return (0.1 * np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(echo, size), size)[: len(samples)]).astype(np.float32)


MICROPHONES: dict[str, Callable[[Samples], Samples]] = {
    "a good one": lambda voice: voice,
    "20 dB too quiet": lambda voice: voice * np.float32(0.1),
    "30 dB too quiet": lambda voice: voice * np.float32(0.0316),
    "nothing above 4 kHz": lambda voice: filtered(voice, lambda hertz: (hertz < 4000).astype(float)),
    "a telephone, quiet": lambda voice: filtered(voice, lambda hertz: 0.1 * ((hertz > 300) & (hertz < 3400))),
    "across the room": in_a_room,
    "all of it": lambda voice: in_a_room(filtered(voice, lambda hertz: 0.1 * (hertz < 4000))),
}


@pytest.mark.parametrize("path", HUMAN, ids=lambda path: path.stem)
@pytest.mark.parametrize("microphone", MICROPHONES)
def test_a_candidate_is_not_taken_for_a_neighbour(path: Path, microphone: str) -> None:
    """Neither quiet nor echo nor a narrow line makes a voice muffled; there are at least 7 dB to spare."""
    assert brightness(as_sent(MICROPHONES[microphone](speech.read(path)))) > -19


@pytest.mark.parametrize("path", HUMAN, ids=lambda path: path.stem)
@pytest.mark.parametrize("loudness", [0.05, 1.0])
def test_a_voice_behind_a_wall_is_muffled(path: Path, loudness: float) -> None:
    """12 dB less for each octave above 500 Hz, whether automatic gain has made it loud or not."""
    behind = filtered(speech.read(path), lambda hertz: loudness / (1 + (hertz / 500) ** 2))
    assert muffled(as_sent(behind))


def test_silence_is_not_muffled() -> None:
    """There is nothing to say about it."""
    assert not muffled(np.zeros(SAMPLE_RATE, np.float32))
    assert not muffled(np.zeros(0, np.float32))
