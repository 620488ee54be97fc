"""Which recogniser this machine could run in real time, from how long the one it has takes."""

from __future__ import annotations

import os
import statistics
import time
from dataclasses import dataclass

import numpy as np

from hotseat.doctor.check import Check
from hotseat.errors import HotseatError
from hotseat.speech.audio import SAMPLE_RATE, Samples, samples_of
from hotseat.speech.models import SpeechModels
from hotseat.speech.recognition import Priority, RecognitionJob, Transcriber
from hotseat.speech.synthesis import Voice

NAME = "Speed of speech recognition"
ALLOWED_S = 2.0
"""How long ``SPEECH_S`` seconds of speech may take; what is slower falls behind somebody who speaks."""
SPEECH_S = 8.0
_PASSES = 5
_SPOKEN = "I would freeze the base model and train two small matrices for each layer. That needs much less memory."


@dataclass(frozen=True, slots=True)
class Recogniser:
    name: str
    """As faster-whisper knows it."""
    cost: float
    """How many passes of Whisper base one of its passes costs: half by the encoder's size, half by the decoder's."""
    memory_mb: int
    """Memory with int8 weights."""


BETTER = (
    Recogniser("distil-small.en", 2.9, 300),
    Recogniser("small.en", 3.7, 500),
    Recogniser("medium.en", 12.0, 1200),
    Recogniser("distil-large-v3", 16.6, 1200),
    Recogniser("large-v3-turbo", 17.2, 1300),
)
"""Better ones than Whisper base, from the least to the most demanding."""


async def measure(speech: SpeechModels) -> Check:
    """Some ten seconds of work with the loaded recogniser; what it hears is the loaded voice."""
    if speech.transcriber is None or speech.is_remote:
        return Check(NAME, True, "not measured: speech is recognised by another server, or not at all")
    if speech.voice is None or speech.voice.speaker is None:
        return Check(NAME, True, "not measured: without a voice there is nothing to hear")
    try:
        heard = _eight_seconds(await speech.voice.speaker.speak(_SPOKEN))
        seconds = [await _timed(speech.transcriber, heard) for _ in range(_PASSES)]
    except HotseatError as error:
        return Check(NAME, False, str(error), "see the checks of speech recognition and of the voice")
    pages = "SC_AVPHYS_PAGES" if "SC_AVPHYS_PAGES" in os.sysconf_names else "SC_PHYS_PAGES"  # macOS doesn't count free ones
    free_mb = int(os.sysconf(pages) * os.sysconf("SC_PAGE_SIZE") // 1_000_000)
    return verdict(statistics.median(seconds), free_mb)


def verdict(seconds: float, free_mb: int) -> Check:
    """What follows from the time of one pass of Whisper base and the memory that is free."""
    took = f"{SPEECH_S:.0f} s of speech take {seconds:.2f} s ({ALLOWED_S:.0f} s allowed)"
    if seconds > ALLOWED_S:
        return Check(NAME, False, took, "free the machine of other work, or name a server with HOTSEAT_ASR__URL")
    fitting = [one for one in BETTER if one.cost * seconds <= ALLOWED_S and one.memory_mb <= free_mb]
    if not fitting:
        return Check(NAME, True, f"{took}; nothing better than Whisper base would keep up here")
    best = fitting[-1]
    detail = f"{took}; by its size {best.name} would take about {best.cost * seconds:.1f} s and {best.memory_mb} MB"
    return Check(NAME, True, detail, f"HOTSEAT_ASR__MODEL={best.name} downloads it from the hub at the next start")


async def _timed(transcriber: Transcriber, heard: Samples) -> float:
    began = time.perf_counter()
    await transcriber.recognise(RecognitionJob("doctor", heard, Priority.FINAL))
    return time.perf_counter() - began


def _eight_seconds(voice: Voice) -> Samples:
    said = samples_of(voice.pcm)
    length = int(len(said) * SAMPLE_RATE / voice.sample_rate)
    resampled = np.interp(np.linspace(0, len(said) - 1, length), np.arange(len(said)), said).astype(np.float32)
    return np.resize(resampled, round(SPEECH_S * SAMPLE_RATE))
