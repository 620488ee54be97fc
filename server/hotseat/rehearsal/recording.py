"""Both voices of a rehearsed interview in one recording, each where it was heard."""

from __future__ import annotations

import time

import av
import numpy as np

from hotseat.speech.audio import SAMPLE_RATE, Samples, pcm_of


class Recording:
    """Times are ``time.monotonic``'s."""

    def __init__(self) -> None:
        self._parts: list[tuple[float, Samples]] = []
        self.lines: list[tuple[bool, str]] = []
        """Whether the candidate says it, and what."""
        self.free_at = 0.0
        """When the interviewer will have said all that has come."""

    def played(self, text: str, pcm: bytes, rate: int) -> None:
        """A sentence of the interviewer's has come: mono PCM16."""
        resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
        frame = av.AudioFrame.from_ndarray(np.frombuffer(pcm, "<i2")[np.newaxis], format="s16", layout="mono")
        frame.sample_rate = rate
        parts = [part.to_ndarray()[0] for given in (frame, None) for part in resampler.resample(given)]
        samples = np.concatenate(parts).astype(np.float32) / np.float32(32768)
        self.lines.append((False, text))
        start = max(time.monotonic(), self.free_at)
        self._parts.append((start, samples))
        self.free_at = start + len(samples) / SAMPLE_RATE

    def spoken(self, samples: Samples) -> None:
        """The candidate begins to speak."""
        self.lines.append((True, ""))
        self._parts.append((time.monotonic(), samples))

    def heard(self, text: str) -> None:
        """What the candidate said last has been written down."""
        place = max((place for place, (is_candidate, _) in enumerate(self.lines) if is_candidate), default=None)
        if place is not None:
            self.lines[place] = (True, text)

    def mixed(self) -> bytes:
        """Mono PCM16 at 16 kHz from the first sound on."""
        began = min(start for start, _ in self._parts)
        places = [(round((start - began) * SAMPLE_RATE), samples) for start, samples in self._parts]
        mixed = np.zeros(max(place + len(samples) for place, samples in places), np.float32)
        for place, samples in places:
            mixed[place : place + len(samples)] += samples
        return pcm_of(mixed)
