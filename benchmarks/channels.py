"""Degrades speech like a room, a microphone, noise or a lossy codec would. Deterministic for the same seed."""

from __future__ import annotations

import io
from collections.abc import Callable

import av
import numpy as np
from hotseat.speech.audio import SAMPLE_RATE, Samples, pcm_of
from numpy.typing import NDArray

from tests.audio import speech

_ECHO_S = 0.4
"""Until a room's echo is 60 dB down."""
_NEAR = 1.5
"""How much louder a voice at arm's length comes directly than the room's whole echo."""


def room(audio: Samples, seed: int) -> Samples:
    """An unfurnished office: an echo, duller than the voice, that dies away in 0.4 s."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(_ECHO_S * SAMPLE_RATE)) / SAMPLE_RATE
    echo = rng.standard_normal(len(t)) * 10 ** (-3 * t / _ECHO_S)
    echo = np.convolve(echo, (0.25, 0.5, 0.25), "same")
    echo[: SAMPLE_RATE // 200] = 0  # nothing comes back sooner than from a metre away
    echo /= _NEAR * np.sqrt(np.sum(echo**2))
    echo[0] = 1.0
    size = len(audio) + len(echo)
    return _loud_as(audio, np.fft.irfft(np.fft.rfft(audio, size) * np.fft.rfft(echo, size), size)[: len(audio)])


def laptop(audio: Samples, seed: int) -> Samples:
    """A laptop's microphone: no lows, a resonant lid, an early echo from the desk, its fan 25 dB below."""
    desk = np.concatenate((np.zeros(SAMPLE_RATE // 700, np.float32), audio))[: len(audio)] * np.float32(0.5)
    heard = _filtered(audio + desk, lambda hertz: _above(hertz, 200) * _below(hertz, 6500) * (1 + _peak(hertz, 2800, 400)))
    return speech.mixed(heard, speech.noise("room", len(heard), seed), 25.0)


def headset(audio: Samples, seed: int) -> Samples:
    """A Bluetooth headset's telephone band, 150 to 3,600 Hz, with a little hiss."""
    heard = _filtered(audio, lambda hertz: _above(hertz, 150) * _below(hertz, 3600))
    return speech.mixed(heard, speech.noise("white", len(heard), seed), 35.0)


def noisy(audio: Samples, seed: int) -> Samples:
    """Room noise at 15 dB."""
    return speech.mixed(audio, speech.noise("room", len(audio), seed), 15.0)


def opus(audio: Samples, seed: int) -> Samples:
    """To Opus at 16 kbit/s, as in a call, and back."""
    return _coded(audio, "libopus", "ogg", 48_000, 16_000)


def aac(audio: Samples, seed: int) -> Samples:
    """To AAC at 32 kbit/s, as a telephone records, and back."""
    return _coded(audio, "aac", "adts", SAMPLE_RATE, 32_000)


CHANNELS: dict[str, Callable[[Samples, int], Samples]] = {
    "room": room,
    "laptop": laptop,
    "headset": headset,
    "15 dB noise": noisy,
    "Opus": opus,
    "AAC": aac,
}
"""Each changes 16 kHz audio, by a seed."""


def _coded(audio: Samples, codec: str, container: str, rate: int, bits_per_s: int) -> Samples:
    pcm = np.frombuffer(pcm_of(speech.resampled(audio, len(audio) * rate // SAMPLE_RATE)), "<i2")
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate)
        assert isinstance(stream, av.AudioStream)
        stream.layout, stream.bit_rate = "mono", bits_per_s
        frame = av.AudioFrame.from_ndarray(pcm[np.newaxis], format="s16", layout="mono")
        frame.sample_rate, frame.pts = rate, 0
        blocks = av.AudioResampler(format=stream.format.name, layout="mono", rate=rate, frame_size=stream.frame_size or 1024)
        for block in (*blocks.resample(frame), *blocks.resample(None)):
            output.mux(stream.encode(block))
        output.mux(stream.encode(None))
    file.seek(0)
    return speech.read(file)


def _filtered(audio: Samples, gain: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Samples:
    hertz = np.fft.rfftfreq(len(audio), 1 / SAMPLE_RATE)
    return _loud_as(audio, np.fft.irfft(np.fft.rfft(audio) * gain(hertz), len(audio)))


def _above(hertz: NDArray[np.float64], edge: float) -> NDArray[np.float64]:
    """Passes what is above the edge; 24 dB an octave."""
    return 1 / np.sqrt(1 + (edge / np.maximum(hertz, 1)) ** 8)


def _below(hertz: NDArray[np.float64], edge: float) -> NDArray[np.float64]:
    """Passes what is below the edge; 48 dB an octave."""
    return 1 / np.sqrt(1 + (hertz / edge) ** 16)


def _peak(hertz: NDArray[np.float64], middle: float, width: float) -> NDArray[np.float64]:
    return 1 / (1 + ((hertz - middle) / width) ** 2)


def _loud_as(audio: Samples, changed: NDArray[np.floating]) -> Samples:
    """As loud as before, within full scale."""
    power = float(np.sqrt(np.mean(audio**2) / max(1e-12, float(np.mean(changed**2)))))
    scaled = changed * min(power, 0.98 / max(1e-9, float(np.abs(changed).max(initial=0))))
    return scaled.astype(np.float32)
