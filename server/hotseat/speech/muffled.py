"""Tells whether a voice sounds as if it came through a wall, or through something that covers the microphone.

Walls let low frequencies through and absorb high ones: hardly anything is left above 1.5 kHz, where consonants are. That holds
whatever the volume, automatic gain, echo, or a microphone or line that ends at 3.4 kHz, so a quiet candidate far from a poor
microphone isn't taken for a neighbour (docs/decisions/0019-muffled-speech.md).
"""

from __future__ import annotations

import numpy as np

from hotseat.speech.audio import SAMPLE_RATE, Samples

_WINDOW = 512
_LOUD_DB = 15.0
"""Only windows at most this much quieter than the loudest are measured; others may be noise."""
_LOW, _HIGH = (150, 1000), (1500, 3400)
"""Frequency bands in Hz."""
_MUFFLED_DB = -26.0
"""``brightness`` below which a voice is muffled. In 6 s a near voice has -11 to -21 with any microphone, one behind a wall -31
to -33."""


def muffled(samples: Samples) -> bool:
    """Whether the speech in the audio is muffled; False for silence."""
    return brightness(samples) < _MUFFLED_DB


def brightness(samples: Samples) -> float:
    """Power of the high band over that of the low band in the loud parts, in dB; 0 for silence."""
    windows = samples[: len(samples) // _WINDOW * _WINDOW].reshape(-1, _WINDOW)
    power = np.mean(windows**2, axis=1)
    if not len(power) or float(np.max(power)) < 1e-9:
        return 0.0
    loud = windows[power >= np.quantile(power, 0.95) / 10 ** (_LOUD_DB / 10)]
    spectrum = np.mean(np.abs(np.fft.rfft(loud * np.hanning(_WINDOW))) ** 2, axis=0)
    hertz = np.fft.rfftfreq(_WINDOW, 1 / SAMPLE_RATE)
    low, high = (float(np.sum(spectrum[(hertz >= first) & (hertz < last)])) for first, last in (_LOW, _HIGH))
    return float(10 * np.log10((high + 1e-12) / (low + 1e-12)))
