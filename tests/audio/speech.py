"""Test speech: voices a text at a speed and pitch, adds noise, writes WAV. Deterministic for the same arguments.

``python -m tests.audio.speech OUT.wav "Some text" --speed 1.1 --pitch 0.9 --snr 15`` or ``--voice espeak``, the hard extra.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tomllib
import wave
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from faster_whisper.audio import decode_audio

from server.adapters.piper import PiperSpeaker
from server.adapters.weights import piper_voice
from server.core.sentences import Sentences
from server.ports import SAMPLE_RATE, Samples


@dataclass(frozen=True, slots=True)
class Manner:
    """How a text is voiced."""

    voice: str = "piper"
    """"piper" or "espeak" (robotic, a much harder test)."""
    speed: float = 1.0
    pitch: float = 1.0
    """1.2 raises everything, formants too, by a fifth: a smaller speaker."""
    snr_db: float | None = None
    """Noise is this much quieter than the speech; None for none."""
    noise: str = "room"
    """"room" (low-pitched rumble), "white", or "crowd" (many voices at once)."""
    pause_s: float = 0.3
    """Mean silence between sentences."""


def say(text: str, manner: Manner = Manner(), seed: int = 0) -> Samples:
    """The text as 16 kHz audio, with pauses between its sentences."""
    sentences = Sentences()
    rng = np.random.default_rng(seed)
    parts: list[Samples] = []
    for sentence in [*sentences.feed(text), *sentences.flush()]:
        parts += [_voiced(sentence, manner), np.zeros(int(rng.uniform(0.5, 1.5) * manner.pause_s * SAMPLE_RATE), np.float32)]
    speech = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    return speech if manner.snr_db is None else mixed(speech, noise(manner.noise, len(speech), seed), manner.snr_db)


def espeak_installed() -> bool:
    return shutil.which("espeak-ng") is not None


def noise(kind: str, length: int, seed: int = 0) -> Samples:
    """Noise of unit power, ``length`` samples."""
    rng = np.random.default_rng(seed)
    if kind == "crowd":
        return _unit(sum((_babble(i, length, rng) for i in range(6)), np.zeros(length, np.float32)))
    white = rng.standard_normal(length).astype(np.float32)
    if kind == "white" or not length:
        return white
    spectrum = np.fft.rfft(white)
    hertz = np.fft.rfftfreq(length, 1 / SAMPLE_RATE)
    return _unit(np.fft.irfft(spectrum / np.maximum(hertz, 60) ** 0.8, length).astype(np.float32))


def music(length: int) -> Samples:
    """Chords of plucked notes, for checking that no words are heard in them."""
    out = np.zeros(length, np.float32)
    for i, start in enumerate(range(0, length, SAMPLE_RATE // 2)):
        t = np.arange(min(SAMPLE_RATE, length - start)) / SAMPLE_RATE
        for semitone in ((0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7))[i % 4]:
            tone = 220 * 2 ** (semitone / 12)
            sound = sum(np.sin(2 * np.pi * tone * k * t) / k for k in range(1, 6)) * np.exp(-3 * t)
            out[start : start + len(t)] += 0.05 * np.asarray(sound, np.float32)
    return out


def keyboard(length: int, seed: int = 0) -> Samples:
    """Key clicks a few times a second."""
    rng = np.random.default_rng(seed)
    out = np.zeros(length, np.float32)
    at = 0
    while (at := at + int(rng.uniform(0.08, 0.35) * SAMPLE_RATE)) < length - 400:
        out[at : at + 400] += (
            0.2 * rng.standard_normal(400).astype(np.float32) * np.exp(-np.arange(400) / 60).astype(np.float32)
        )
    return out


def mixed(speech: Samples, other: Samples, snr_db: float) -> Samples:
    """Speech with ``other`` added so much quieter than the speech's loud half, scaled to stay below full scale."""
    loud = np.sort(speech**2)[len(speech) // 2 :]
    power = float(np.mean(loud)) if len(loud) else 0.0
    both = speech + other * np.sqrt(power / 10 ** (snr_db / 10))
    scaled: Samples = (both / max(1.0, float(np.abs(both).max(initial=0)) / 0.98)).astype(np.float32)
    return scaled


def read(path: Path) -> Samples:
    """Any audio file as 16 kHz mono."""
    return np.asarray(decode_audio(str(path), sampling_rate=SAMPLE_RATE), np.float32)


def transcripts(directory: Path) -> dict[str, str]:
    """What is said in the recordings of a directory, by file name without ending."""
    said: dict[str, str] = tomllib.loads((directory / "transcripts.toml").read_text(encoding="utf-8"))
    return said


def write(path: Path, samples: Samples) -> None:
    """Writes 16 kHz mono PCM16 WAV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def resampled(samples: Samples, length: int) -> Samples:
    """The same sound with ``length`` samples, band-limited."""
    if not len(samples) or not length:
        return np.zeros(length, np.float32)
    spectrum = np.fft.rfft(samples)
    return (np.fft.irfft(spectrum[: length // 2 + 1], length) * np.float32(length / len(samples))).astype(np.float32)


def _voiced(sentence: str, manner: Manner) -> Samples:
    # Pitch comes from playing slower-spoken audio faster.
    voiced, rate = _espeak(sentence, manner) if manner.voice == "espeak" else _piper(sentence, manner)
    return resampled(voiced, int(len(voiced) * SAMPLE_RATE / rate / manner.pitch))


def _piper(sentence: str, manner: Manner) -> tuple[Samples, int]:
    voice = _speaker(round(manner.speed / manner.pitch, 3)).say(sentence)
    return _floats(voice.pcm), voice.sample_rate


@lru_cache(maxsize=4)
def _speaker(speed: float) -> PiperSpeaker:
    return PiperSpeaker(*piper_voice(), speed=speed, noise=0, noise_width=0)


def _espeak(sentence: str, manner: Manner) -> tuple[Samples, int]:
    words_per_minute = str(round(165 * manner.speed / manner.pitch))
    command = ["espeak-ng", "-v", "en-us", "-s", words_per_minute, "--stdout", sentence]
    wav = subprocess.run(command, check=True, capture_output=True).stdout
    # The header's length is wrong on a pipe, so it is skipped rather than parsed.
    return _floats(wav[44 : len(wav) // 2 * 2]), 22_050


def _babble(voice: int, length: int, rng: np.random.Generator) -> Samples:
    texts = ("the meeting was moved to next week because nobody had read it", "we should order more coffee for the kitchen",
             "did you see the game last night it went on for hours")  # fmt: skip
    said = _voiced(texts[voice % 3], Manner(pitch=0.85 + 0.1 * voice, speed=0.8 + 0.1 * (voice % 4)))
    return np.roll(np.resize(said, length), int(rng.integers(0, length or 1)))


def _floats(pcm: bytes) -> Samples:
    return np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)


def _unit(samples: Samples) -> Samples:
    return (samples / max(1e-9, float(np.sqrt(np.mean(samples**2))) if len(samples) else 1.0)).astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("text")
    parser.add_argument("--voice", choices=("piper", "espeak"), default="piper")
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--pitch", type=float, default=1.0)
    parser.add_argument("--snr", type=float, dest="snr_db", help="dB")
    parser.add_argument("--noise", choices=("room", "white", "crowd"), default="room")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    manner = Manner(given.voice, given.speed, given.pitch, given.snr_db, given.noise)
    samples = say(given.text, manner, given.seed)
    write(given.out, samples)
    print(f"{given.out}: {len(samples) / SAMPLE_RATE:.1f} s")


if __name__ == "__main__":
    main()
