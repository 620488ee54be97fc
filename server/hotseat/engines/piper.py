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
from hotseat.speech.voice import Voice
from hotseat.text.sentences import spoken

_PEAK = 0.9
"""Loudest sample of a sentence; full scale would clip once a browser resamples it."""
_BORDER = " "
"""Stands between the phonemes of two words."""


class _ClearVoice(PiperVoice):
    """Says the first sound of a sentence as clearly as the first of any other word.

    Without a border before it that sound is cut short: "LoRA freezes" is heard as "or freezes", "saga" as "tog"
    (docs/benchmarks.md).
    """

    def phonemize(self, text: str) -> list[list[str]]:
        return [[_BORDER, *sentence] for sentence in super().phonemize(text) if sentence]


class PiperSpeaker:
    """Implements ``Speaker``. Loading takes about 0.3 s and blocks: construct it off the event loop."""

    def __init__(
        self, model: Path, settings: Path, *, speed: float = 1.0, noise: float | None = None, noise_width: float | None = None
    ) -> None:
        """``speed`` 2 is twice as fast. Both noises at 0 make the audio the same each time; None keeps the voice's own.

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
        """Like speak, in the calling thread."""
        try:
            chunks = [chunk.audio_int16_array for chunk in self._voice.synthesize(spoken(sentence), self._synthesis)]
        except Exception as error:  # whatever espeak-ng or the model throws ends this sentence only
            raise SpeakerError(f"The voice could not say {sentence!r}: {error}") from error
        pcm = np.concatenate(chunks) if chunks else np.zeros(0, dtype=np.int16)
        return Voice(pcm.astype("<i2").tobytes(), self._voice.config.sample_rate)

    def close(self) -> None:
        """Drops sentences that were not begun."""
        self._thread.shutdown(wait=False, cancel_futures=True)
