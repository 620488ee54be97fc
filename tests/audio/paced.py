"""Speech with known pauses, fillers and rate: phrases are synthesised one by one, with silences of given lengths between."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from hotseat.domain.endpointing import AudioSpan
from hotseat.speech.audio import SAMPLE_RATE, Samples

from tests.audio.speech import Manner, mixed, noise, say

FILLERS = ("um", "uh", "you know", "like", "I mean")
_QUIET = 10 ** (-40 / 20)
"""Of a phrase's peak: what is quieter at its ends counts as silence."""
_PHRASE_END = re.compile(r"[,.;:?!()]+(?:\s|$)|\s\(")
_SHORT = (0.1, 0.4)
_LONG = (0.55, 2.5)


@dataclass(frozen=True, slots=True)
class Paced:
    samples: Samples
    text: str
    words: int
    """Said, without the hesitations "um" and "uh"."""
    start: float
    """Seconds of the first and the last sound."""
    end: float
    silences: tuple[AudioSpan, ...]
    """Between phrases, of any length."""
    fillers: Counter[str]

    @property
    def pace(self) -> float:
        """Words per minute from the first sound to the last."""
        return 60 * self.words / (self.end - self.start)


def paced(text: str, manner: Manner, seed: int, filler_share: float = 0.0) -> Paced:
    """Voices the text's phrases, the first after 0.3 to 3 s and each other one after a silence that makes a pause three times
    out of five; after a phrase comes a filler with probability ``filler_share``."""
    rng = np.random.default_rng(seed)
    phrases: list[str] = []
    for phrase in (found.strip() for found in _PHRASE_END.split(text)):
        if phrase:
            phrases.append(phrase)
            if rng.random() < filler_share:
                phrases.append(str(rng.choice(FILLERS)))
    parts: list[Samples] = []
    spans: list[AudioSpan] = []
    at = float(rng.uniform(0.3, 3.0))
    for phrase in phrases:
        voiced = _trimmed(say(phrase, replace(manner, snr_db=None)))
        at += 0.0 if not spans else float(rng.uniform(*(_LONG if rng.random() < 0.6 else _SHORT)))
        at = round(at * SAMPLE_RATE) / SAMPLE_RATE
        spans.append(AudioSpan(at, at + len(voiced) / SAMPLE_RATE))
        parts.append(voiced)
        at = spans[-1].end
    samples = np.zeros(round((at + 0.5) * SAMPLE_RATE), np.float32)
    for span, voiced in zip(spans, parts, strict=True):
        first = round(span.start * SAMPLE_RATE)
        samples[first : first + len(voiced)] = voiced
    if manner.snr_db is not None:
        samples = mixed(samples, noise(manner.noise, len(samples), seed), manner.snr_db)
    counted = Counter(phrase for phrase in phrases if phrase in FILLERS)
    words = sum(len(re.findall(r"[^\s-]+", phrase)) for phrase in phrases) - counted["um"] - counted["uh"]
    silences = tuple(AudioSpan(before.end, after.start) for before, after in pairwise(spans))
    return Paced(samples, ", ".join(phrases), words, spans[0].start, spans[-1].end, silences, counted)


def _trimmed(samples: Samples) -> Samples:
    """Without the silence at both ends."""
    loud = np.flatnonzero(np.abs(samples) > _QUIET * np.abs(samples).max())
    return samples[loud[0] : loud[-1] + 1]
