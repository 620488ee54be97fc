"""Text to speech with Piper, one sentence at a time, on a thread of its own."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from piper import PiperVoice, SynthesisConfig
from piper.config import PiperConfig

from hotseat.engines.onnx_session import open_session
from hotseat.errors import SpeakerError, WeightsError
from hotseat.speech.synthesis import Voice
from hotseat.text.sentences import spoken

_PEAK = 0.9
"""Peak of a sentence's samples; at full scale they would clip when a browser resamples them."""
_BORDER = " "
"""Separates the phonemes of two words."""


class _ClearVoice(PiperVoice):
    """Puts a word boundary before each sentence, without which Piper cuts its first sound short.

    "LoRA freezes" is then heard as "or freezes", "saga" as "tog" (docs/benchmarks.md).
    """

    def phonemize(self, text: str) -> list[list[str]]:
        return [[_BORDER, *sentence] for sentence in super().phonemize(text) if sentence]


class PiperSpeaker:
    """Implements ``Speaker``. Loading takes about 0.3 s and blocks: construct it off the event loop."""

    def __init__(
        self, model: Path, settings: Path, *, speed: float = 1.0, noise: float | None = None, noise_width: float | None = None
    ) -> None:
        """``speed`` 2 is twice as fast. With both noises 0 the audio is the same each time; None uses the voice's own settings.

        Raises WeightsError if the files are not a Piper voice.
        """
        self._synthesis = SynthesisConfig(
            length_scale=1 / speed, noise_scale=noise, noise_w_scale=noise_width, normalize_audio=True, volume=_PEAK
        )
        try:
            # PiperVoice.load makes a session whose pool is sized to the host and spins while idle, so it is made here.
            self._voice = _ClearVoice(
                session=open_session(model),
                config=PiperConfig.from_dict(json.loads(settings.read_text(encoding="utf-8"))),
            )
        except Exception as error:  # onnxruntime raises bare exceptions of many kinds
            raise WeightsError(f"{model} with {settings} is not a usable Piper voice: {error}") from error
        # One thread: sentences are spoken in the order they were asked for, and never on more than one core.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="piper")

    async def speak(self, sentence: str) -> Voice:
        """Mono PCM16 of the sentence. Raises SpeakerError."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self.say, sentence)

    def say(self, sentence: str) -> Voice:
        """Like ``speak``, but blocking."""
        try:
            chunks = [chunk.audio_int16_array for chunk in self._voice.synthesize(spoken(sentence), self._synthesis)]
        except Exception as error:  # whatever espeak-ng or the model throws ends this sentence only
            raise SpeakerError(f"The voice could not say {sentence!r}: {error}") from error
        pcm = np.concatenate(chunks) if chunks else np.zeros(0, dtype=np.int16)
        return Voice(pcm.astype("<i2").tobytes(), self._voice.config.sample_rate)
