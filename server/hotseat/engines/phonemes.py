"""Text to phonemes, with the espeak-ng that Piper bundles."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

from piper import PiperVoice
from piper.config import PhonemeType, PiperConfig

_SAME = str.maketrans({"ɚ": "ə", "ɝ": "ə", "ɜ": "ə", "ɐ": "ə", "ᵻ": "ɪ", "ɾ": "t", "ɡ": "g", "ɹ": "r", "ɫ": "l", "ʔ": "t"})
"""Maps phonemes that some speakers don't distinguish to one."""


@lru_cache(maxsize=20_000)
def phonemes(text: str) -> str:
    """One string of IPA phonemes without stress, length, pauses and word boundaries: "low rank" is like "lorænk".

    Thread-safe; takes about 0.1 ms.
    """
    sounds = "".join("".join(sentence) for sentence in espeak("en-us").phonemize(text))
    sounds = "".join(sound for sound in sounds.translate(_SAME) if unicodedata.category(sound) in ("Ll", "Lo"))
    return sounds.replace("tʃ", "ʧ").replace("dʒ", "ʤ")  # one sound each


@cache
def espeak(language: str) -> PiperVoice:
    """Piper's phonemes without a voice model, of one of espeak-ng's voices, such as "en-us".

    espeak-ng has global state; ``phonemize`` takes the same lock as the speaking voice.
    """
    config = PiperConfig(
        num_symbols=0,
        num_speakers=1,
        sample_rate=0,
        espeak_voice=language,
        length_scale=1.0,
        noise_scale=0.0,
        noise_w_scale=0.0,
        phoneme_id_map={},
        phoneme_type=PhonemeType.ESPEAK,
    )
    return PiperVoice(session=None, config=config)
