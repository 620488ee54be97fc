"""Audio formats: mono, 16 kHz; floats for models, PCM16 for storage and the wire."""

from __future__ import annotations

import io
import wave

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
"""Samples per second of every microphone and recogniser array."""
FRAME_SAMPLES = 640
"""Samples of one microphone frame: 40 ms."""
Samples = NDArray[np.float32]
"""Mono audio, shape (n,), values -1 to 1, 16 kHz."""


def samples_of(pcm: bytes) -> Samples:
    """Little-endian PCM16 as floats; an odd byte at the end is ignored."""
    return np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2").astype(np.float32) / np.float32(32768)


def pcm_of(samples: Samples) -> bytes:
    """Floats as little-endian PCM16; values beyond -1 to 1 are clipped."""
    return (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()


def wav(pcm: bytes, sample_rate: int = SAMPLE_RATE) -> bytes:
    """Mono PCM16 as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as audio:
        audio.setnchannels(1)
        audio.setsampwidth(2)
        audio.setframerate(sample_rate)
        audio.writeframes(pcm)
    return file.getvalue()
