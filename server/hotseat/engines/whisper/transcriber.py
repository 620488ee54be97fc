"""Speech to text with any Whisper model that faster-whisper can load.

``WhisperModel.transcribe`` pads every window to 30 s, so a 2 s tail costs as much as half a minute. The encoder also takes
shorter windows, which with enough silence after the speech cost a quarter and are as accurate (docs/benchmarks.md). So windows
are sized to the speech here, with the low-level calls of faster-whisper.

Measures against hallucinations: callers send only speech (voice activity detection); no text is carried over from one window
to the next; a window that is probably not speech and has low confidence is dropped; a text that loops is decoded again with
repetition forbidden, and one that recites the hotwords without them; the number of tokens is limited by the audio's length.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_compression_ratio, get_suppressed_tokens, merge_punctuations

from hotseat.domain.model import Word
from hotseat.engines.whisper.queue import RecognitionQueue
from hotseat.errors import TranscriberError, WeightsError
from hotseat.settings import AsrSettings
from hotseat.speech.audio import SAMPLE_RATE, Samples
from hotseat.speech.recognition import Priority, RecognitionJob
from hotseat.speech.term_repair import squeezed

log = logging.getLogger(__name__)

_HOP = 160
"""Samples of one feature frame (10 ms)."""
_WHOLE = 3000
"""Frames the model was trained on: 30 s."""
_LONGEST_S = 28.0
"""Audio of one window; longer jobs are cut."""
_LOOP = re.compile(r"\b(\w+(?:\W+\w+){0,3}?)(?:\W+\1\b){3}")
_AGAIN, _NO_TIME_S = 4, 0.02
"""A repetition of at least so many words was not spoken if it takes no more than this for each word."""
_DEFAULTS = AsrSettings()
_SILENCE = RecognitionJob("", np.zeros(SAMPLE_RATE, np.float32), Priority.FINAL)
_BEFORE = "\"'“¿([{-"
_AFTER = "\"'.。,，!！?？:：”)]}、"


@dataclass(frozen=True, slots=True)
class _Decoding:
    """How jobs of one priority are decoded."""

    beam: int
    padding_s: float
    """Silence after the speech; with less than 4 s the model tends to loop."""
    shortest_s: float
    """The window is never shorter than this."""
    timed: bool
    """Whether words get their own times and probabilities (a second, cheap pass)."""


_CAREFUL = _Decoding(beam=5, padding_s=6.0, shortest_s=10.0, timed=True)
_QUICK = _Decoding(beam=1, padding_s=4.0, shortest_s=7.0, timed=False)
TERM_TOKENS = 100
"""Most tokens of the hotwords: prompt and text share 448, and given a long list the model writes down the list."""


_DOUBTFUL, _FEWEST_PER_S = -0.7, 3.5
"""A text with a lower mean log probability, or fewer tokens per second, is decoded again without hotwords
(docs/benchmarks.md)."""
_NOT_SPEECH = ((0.6, -0.5), (0.15, -1.1))
"""(no-speech probability above, mean log probability below): measured on silence, noise, music, keys and far voices, which all
fall under one of the two, and on clear to barely audible (0 dB) speech, which stays far from both (below 0.1)."""


@dataclass(frozen=True, slots=True)
class Decoded:
    tokens: list[int]
    confidence: float
    """Mean log probability of a token."""
    no_speech: float

    @property
    def silent(self) -> bool:
        """Whether it was probably not speech."""
        return any(self.no_speech > silent and self.confidence < sure for silent, sure in _NOT_SPEECH)

    def doubtful(self, seconds: float) -> bool:
        return self.confidence < _DOUBTFUL or len(self.tokens) < _FEWEST_PER_S * seconds

    def better_than(self, biased: Decoded) -> bool:
        """Whether this text, decoded without hotwords, replaces the one with: it is much surer, or has many more words."""
        gain = self.confidence - biased.confidence
        return gain > 0.3 or (gain > -0.2 and len(self.tokens) > 1.25 * len(biased.tokens))


class WhisperTranscriber:
    """Implements ``Transcriber``. Loading takes about a second and blocks: construct it off the event loop."""

    def __init__(self, model: str, asr: AsrSettings = _DEFAULTS) -> None:
        """``model`` is a faster-whisper name or a CTranslate2 directory, and replaces ``asr.model``, which may be "embedded".

        Raises WeightsError if it cannot be loaded.
        """
        if Path(model).is_absolute() and not Path(model).is_dir():  # or it would be asked for at the hub
            raise WeightsError(f"there is no speech recognition model at {model}")
        try:
            # One more than there are workers, for a review; they share the weights.
            self._model = WhisperModel(
                model,
                device=asr.device,
                compute_type=asr.compute_type,
                cpu_threads=asr.threads,
                num_workers=asr.workers + 1,
            )
        except Exception as error:  # hub, disk and CTranslate2 errors have no common base
            raise WeightsError(f"The speech recogniser {model!r} cannot be loaded: {error}") from error
        self._tokenizer = Tokenizer(
            self._model.hf_tokenizer, self._model.model.is_multilingual, task="transcribe", language=asr.language
        )
        self._suppressed = list(get_suppressed_tokens(self._tokenizer, [-1]))
        self.queue = RecognitionQueue(self.hear, asr.workers)
        self._without_terms = ThreadPoolExecutor(max_workers=1, thread_name_prefix="without-terms")
        for priority in (Priority.FINAL, Priority.PARTIAL):  # the first run of each shape is slow
            self.hear(replace(_SILENCE, priority=priority))

    async def recognise(self, job: RecognitionJob) -> tuple[Word, ...]:
        """Raises Superseded (partials only) or TranscriberError."""
        return await self.queue.run(job)

    async def check(self) -> None:
        """Raises TranscriberError if recognition fails or a thread hangs. Tries only if something points to that."""
        await self.queue.check(_SILENCE)

    def close(self) -> None:
        self.queue.close()
        self._without_terms.shutdown(wait=False, cancel_futures=True)

    def hear(self, job: RecognitionJob) -> tuple[Word, ...]:
        """Like ``recognise``, but blocking and without the queue."""
        decoding = _QUICK if job.priority is Priority.PARTIAL else _CAREFUL
        step = int(_LONGEST_S * SAMPLE_RATE)
        words: list[Word] = []
        try:
            for at in range(0, len(job.samples), step):
                words += self._window(job.samples[at : at + step], at / SAMPLE_RATE, job, decoding)
        except Exception as error:  # CTranslate2 raises RuntimeError and ValueError for all sorts
            log.exception("recognition failed")
            raise TranscriberError(f"Speech recognition failed: {error}") from error
        return tuple(words)

    def _window(self, samples: Samples, offset: float, job: RecognitionJob, decoding: _Decoding) -> list[Word]:
        if len(samples) < SAMPLE_RATE // 20:
            return []
        seconds = len(samples) / SAMPLE_RATE
        encoded = self._model.encode(self._features(samples, decoding))
        without = partial(self._decode, encoded, self._prompt(()), seconds, decoding.beam)
        # A candidate waits for a final, so both texts are decoded at once if a thread is free.
        at_once = job.terms and job.priority is Priority.FINAL and self.queue.spare
        beside = self._without_terms.submit(without) if at_once else None
        found = self._decode(encoded, self._prompt(job.terms), seconds, decoding.beam)
        recited = recites(self._tokenizer.decode(found.tokens), job.terms)
        if job.terms and (recited or found.doubtful(seconds)):
            # Given terms, the model now and then goes on with the list, or stops early, instead of listening.
            plain = beside.result() if beside is not None else without()
            found = plain if recited or plain.better_than(found) else found
        tokens = found.tokens
        if not tokens or found.silent:
            return []
        if not decoding.timed:
            return _spread(self._tokenizer.decode(tokens), offset, seconds)
        return self._timed(tokens, encoded, offset, len(samples) // _HOP)

    def _features(self, samples: Samples, decoding: _Decoding) -> Any:
        frames = len(samples) // _HOP + round(decoding.padding_s * 100)
        frames = min(_WHOLE, max(frames, round(decoding.shortest_s * 100)))
        padded = np.zeros(frames * _HOP, dtype=np.float32)
        padded[: len(samples)] = samples[: len(padded)]
        return self._model.feature_extractor(padded)[:, :frames]

    def _prompt(self, terms: Sequence[str]) -> list[int]:
        listed = self._tokenizer.encode(" " + ", ".join(terms))[:TERM_TOKENS]
        start = [self._tokenizer.sot_prev, *listed] if terms else []
        # Without timestamp tokens: with them the model ends short windows early (12% against 8% of words wrong).
        return [*start, *self._tokenizer.sot_sequence, self._tokenizer.no_timestamps]

    def _decode(self, encoded: Any, prompt: list[int], seconds: float, beam: int) -> Decoded:
        cap = min(self._model.max_length - len(prompt) - 1, round(8 * seconds) + 16)
        for no_repeat in (0, 3):
            result = self._model.model.generate(
                encoded,
                [prompt],
                beam_size=beam,
                max_length=len(prompt) + cap,
                no_repeat_ngram_size=no_repeat,
                suppress_tokens=self._suppressed,
                return_scores=True,
                return_no_speech_prob=True,
            )[0]
            tokens = [token for token in result.sequences_ids[0] if token < self._tokenizer.eot]
            confidence = result.scores[0] * len(tokens) / (len(tokens) + 1)
            decoded = Decoded(tokens, confidence, result.no_speech_prob)
            text = self._tokenizer.decode(tokens)
            if decoded.silent or (get_compression_ratio(text) <= 2.4 and not loops(text)):
                break
        return decoded

    def _timed(self, tokens: list[int], encoded: Any, offset: float, frames: int) -> list[Word]:
        alignment = self._model.find_alignment(self._tokenizer, [tokens], encoded, frames)[0]
        merge_punctuations(alignment, _BEFORE, _AFTER)
        words: list[Word] = []
        for item in alignment:
            text, start, end = item["word"], offset + float(item["start"]), offset + float(item["end"])
            if not any(letter.isalnum() for letter in text) and not words:
                continue
            if words and text and not (text[0].isspace() and any(letter.isalnum() for letter in text)):
                # "low" + "-rank" is one word, and a mark is no word at all.
                words[-1] = replace(words[-1], text=words[-1].text + text.strip(), end=end)
            elif text.strip():
                words.append(Word(text.strip(), start, end, float(item["probability"])))
        return spoken_once(words)


def loops(text: str) -> bool:
    """Whether one to four words occur four times in a row, as when the model is caught in a loop."""
    return _LOOP.search(text.lower()) is not None


def spoken_once(words: list[Word]) -> list[Word]:
    """The words without a repetition at the end that took no time: the speech was over, and the model started it again."""
    said = [squeezed(word.text) for word in words]
    for at in range(len(words) // 2, len(words) - _AGAIN + 1):
        many = len(words) - at
        in_no_time = words[-1].end - words[at].start <= many * _NO_TIME_S
        if in_no_time and any(said[i : i + many] == said[at:] for i in range(at - many + 1)):
            return words[:at]
    return words


def recites(text: str, terms: Sequence[str]) -> bool:
    """Whether three neighbours of the hotword list occur in a row, which nobody says, but the model may recite."""
    written = squeezed(text)
    return any(squeezed(" ".join(terms[at : at + 3])) in written for at in range(len(terms) - 2))


def _spread(text: str, offset: float, seconds: float) -> list[Word]:
    """A caption's words, spread evenly over the audio, as nobody plays a caption by its times."""
    texts = text.split()
    each = seconds / max(1, len(texts))
    return [Word(word, offset + i * each, offset + (i + 1) * each, 0.0) for i, word in enumerate(texts)]
