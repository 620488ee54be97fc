"""Speech to text and text to speech by any OpenAI-compatible audio server, in place of the local models."""

from __future__ import annotations

import asyncio
import io
import math
import wave
from typing import Any

import numpy as np
import openai

from hotseat.domain.model import Word
from hotseat.engines.openai_client import connect, failing_as, in_its_own_words
from hotseat.errors import SpeakerError, TranscriberError
from hotseat.settings import AsrSettings, TtsSettings
from hotseat.speech.audio import SAMPLE_RATE, pcm_of, wav
from hotseat.speech.recognition import Priority, RecognitionJob, Superseded
from hotseat.speech.synthesis import Voice

_SILENT = 0.6
"""A segment with a higher no-speech probability is noise."""


class RemoteTranscriber:
    """Implements ``Transcriber`` over ``POST /audio/transcriptions``."""

    def __init__(self, asr: AsrSettings) -> None:
        """At most two requests for each of ``asr.workers`` run together; captions that would have to wait are dropped."""
        self._asr = asr
        self._at_once = asyncio.Semaphore(2 * asr.workers)
        self._client = connect(asr.url, asr.api_key.get_secret_value(), asr.timeout_s)

    async def recognise(self, job: RecognitionJob) -> tuple[Word, ...]:
        """Raises Superseded (partials and reviews only) or TranscriberError.

        Reviews are always refused: such servers cut windows themselves, and some are paid by the minute.
        """
        if job.priority is Priority.REVIEW or (job.priority is Priority.PARTIAL and self._at_once.locked()):
            raise Superseded()
        async with self._at_once:
            with failing_as(TranscriberError, "speech recognition", self._asr.url):
                reply: Any = await self._client.audio.transcriptions.create(
                    file=("speech.wav", wav(pcm_of(job.samples)), "audio/wav"),
                    model=self._asr.model,
                    language=self._asr.language,
                    prompt=", ".join(job.terms) if job.terms else openai.omit,
                    response_format="verbose_json",
                    timestamp_granularities=["word"],
                )
                return _words(reply, len(job.samples) / SAMPLE_RATE)

    async def ping(self) -> None:
        """Recognises a second of silence. Raises TranscriberError with the server's own words if that fails."""
        with in_its_own_words():
            await self.recognise(RecognitionJob("", np.zeros(SAMPLE_RATE, dtype=np.float32), Priority.FINAL))


class RemoteSpeaker:
    """Implements ``Speaker`` over ``POST /audio/speech``."""

    def __init__(self, tts: TtsSettings) -> None:
        self._tts = tts
        self._client = connect(tts.url, tts.api_key.get_secret_value(), tts.timeout_s)

    async def speak(self, sentence: str) -> Voice:
        """Raises SpeakerError."""
        with failing_as(SpeakerError, "the voice", self._tts.url):
            reply = await self._client.audio.speech.create(
                input=sentence, model=self._tts.model, voice=self._tts.voice, response_format="wav"
            )
            with wave.open(io.BytesIO(reply.content)) as audio:
                if (audio.getnchannels(), audio.getsampwidth()) != (1, 2):
                    raise ValueError("expected mono 16-bit WAV")
                return Voice(audio.readframes(len(reply.content)), audio.getframerate())


def _words(reply: Any, seconds: float) -> tuple[Word, ...]:
    segments = reply.segments or []
    if segments and all((segment.no_speech_prob or 0.0) > _SILENT for segment in segments):
        return ()
    if reply.words:
        return tuple(
            Word(word.word.strip(), word.start, word.end, _probability(segments, word.start))
            for word in reply.words
            if word.word.strip()
        )
    texts = reply.text.split()  # a server without word times: spread over the audio
    each = seconds / max(1, len(texts))
    return tuple(Word(text, i * each, (i + 1) * each, _probability(segments, i * each)) for i, text in enumerate(texts))


def _probability(segments: Any, second: float) -> float:
    """A word's probability: its segment's, or 1 where the server gives none."""
    for segment in segments:
        if segment.start <= second <= segment.end and segment.avg_logprob is not None:
            return math.exp(min(0.0, segment.avg_logprob))
    return 1.0
