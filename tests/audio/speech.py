"""Synthesises test speech: a text at a given speed and pitch, with noise. Deterministic for the same arguments.

``python -m tests.audio.speech OUT.wav "Some text" --speed 1.1 --pitch 0.9 --snr 15``; ``--voice espeak`` is the hardest voice.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
import tomllib
import unicodedata
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
from faster_whisper.audio import decode_audio
from hotseat.engines.piper import PiperSpeaker
from hotseat.engines.weights import piper_voice
from hotseat.speech.audio import SAMPLE_RATE, Samples, pcm_of, samples_of, wav
from hotseat.text.sentences import split_sentences, spoken
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Manner:
    """How a text is voiced."""

    voice: str = "piper"
    """"piper", "espeak" (robotic, a much harder test), or one of flite's: "flite-slt", "flite-rms", "flite-awb"."""
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
    rng = np.random.default_rng(seed)
    parts: list[Samples] = []
    for sentence in split_sentences(text):
        parts += [_voiced(sentence, manner), np.zeros(int(rng.uniform(0.5, 1.5) * manner.pause_s * SAMPLE_RATE), np.float32)]
    speech = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    return speech if manner.snr_db is None else mixed(speech, noise(manner.noise, len(speech), seed), manner.snr_db)


def installed(voice: str) -> bool:
    """Whether this machine can say something in the voice."""
    return voice == "piper" or shutil.which("espeak-ng" if voice == "espeak" else "flite") is not None


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


def coughs(length: int, seed: int = 0) -> Samples:
    """A cough every second or two: a burst as the glottis opens, noise through an open throat, and a voiced end."""
    rng = np.random.default_rng(seed)
    out = np.zeros(length, np.float32)
    at = int(0.4 * SAMPLE_RATE)
    while at < length - SAMPLE_RATE:
        t = np.arange(int(rng.uniform(0.3, 0.45) * SAMPLE_RATE)) / SAMPLE_RATE
        envelope = np.exp(-t / 0.012) + 0.5 * (1 - np.exp(-t / 0.02)) * np.exp(-t / 0.09)
        throat = _band(rng.standard_normal(len(t)), ((600, 350), (1600, 500), (3000, 900)))
        voiced = np.clip((t - 0.12) / 0.05, 0, 1) * np.exp(-t / 0.1) * _buzz(t, rng.uniform(110, 160) - 120 * t)
        out[at : at + len(t)] += (0.3 * envelope * throat + 0.2 * voiced).astype(np.float32)
        at += int(rng.uniform(0.45, 2.0) * SAMPLE_RATE)
    return out


def breaths(length: int, seed: int = 0) -> Samples:
    """Breathing at the microphone: in and out, each a second or so of noise shaped by mouth and throat."""
    rng = np.random.default_rng(seed)
    out = np.zeros(length, np.float32)
    at = 0
    for number in range(10_000):
        t = np.arange(int(rng.uniform(0.7, 1.3) * SAMPLE_RATE)) / SAMPLE_RATE
        if at + len(t) > length:
            return out
        inward = number % 2 == 0
        bands = ((1100, 700), (2400, 1200)) if inward else ((500, 500), (1500, 900))
        envelope = np.sin(np.pi * t / t[-1]) ** (1.5 if inward else 1.0)
        out[at : at + len(t)] += (0.06 * envelope * _band(rng.standard_normal(len(t)), bands)).astype(np.float32)
        at += len(t) + int(rng.uniform(0.1, 0.5) * SAMPLE_RATE)
    return out


def thumps(length: int, seed: int = 0) -> Samples:
    """A door falling shut, knocks on wood, a bumped table: a click, low modes of a panel dying away, and the room's echo."""
    rng = np.random.default_rng(seed)
    out = np.zeros(length, np.float32)
    at = int(0.5 * SAMPLE_RATE)
    while at < length - SAMPLE_RATE:
        t = np.arange(int(0.7 * SAMPLE_RATE)) / SAMPLE_RATE
        size = rng.uniform(0.7, 1.6)
        modes = sum(np.sin(2 * np.pi * hertz * size * t) * np.exp(-t * hertz / 4) for hertz in (48, 83, 131, 210, 340))
        room = 0.08 * _band(rng.standard_normal(len(t)), ((300, 400),)) * np.exp(-t / 0.18)
        click = rng.standard_normal(len(t)) * np.exp(-t / 0.002)
        hit = 0.25 * modes + room + 0.3 * click
        for knock in range(int(rng.integers(1, 4))):
            first = at + knock * int(0.18 * SAMPLE_RATE)
            part = out[first : first + len(hit)]
            part += hit[: len(part)].astype(np.float32)
        at += int(rng.uniform(1.2, 3.0) * SAMPLE_RATE)
    return np.clip(out, -1, 1).astype(np.float32)


def far_voice(length: int, seed: int = 0) -> Samples:
    """One person talking in the next room: no highs through the wall, a reverberant room, and some 28 dB below a near voice."""
    rng = np.random.default_rng(seed)
    told = say(
        "I told him we could meet on Thursday, but he said the train is always late, so we went by car instead.", seed=seed
    )
    spectrum = np.fft.rfft(np.resize(told, length))
    hertz = np.fft.rfftfreq(length, 1 / SAMPLE_RATE)
    dull = np.fft.irfft(spectrum / (1 + (hertz / 500) ** 2), length)
    tail = rng.standard_normal(SAMPLE_RATE // 2) * np.exp(-np.arange(SAMPLE_RATE // 2) / (0.12 * SAMPLE_RATE))
    tail[0] = 4.0
    size = length + len(tail)
    muffled = np.fft.irfft(np.fft.rfft(dull, size) * np.fft.rfft(tail, size), size)[:length]
    return np.float32(0.004) * _unit(muffled.astype(np.float32))


NON_SPEECH: dict[str, Callable[[int], Samples]] = {
    "silence": lambda length: np.zeros(length, np.float32),
    "white noise": lambda length: np.float32(0.05) * noise("white", length),
    "room noise": lambda length: np.float32(0.05) * noise("room", length),
    "music": music,
    "keyboard": keyboard,
    "crowd far away": lambda length: np.float32(0.004) * noise("crowd", length),
    "coughs": coughs,
    "breath": breaths,
    "door and knocks": thumps,
    "voice in the next room": far_voice,
}
"""What a microphone hears when nobody answers, by name: a function of the number of samples."""


def _band(white: NDArray[np.float64], bands: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """Noise of unit power around some frequencies, each with a width: what a tube with resonances lets through."""
    hertz = np.fft.rfftfreq(len(white), 1 / SAMPLE_RATE)
    gain = sum(1 / (1 + ((hertz - middle) / width) ** 2) for middle, width in bands)
    shaped = np.fft.irfft(np.fft.rfft(white) * gain, len(white))
    return shaped / max(1e-9, float(np.sqrt(np.mean(shaped**2))))


def _buzz(t: NDArray[np.float64], hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    """A voice's source at a changing pitch, its overtones falling off."""
    phase = 2 * np.pi * np.cumsum(hertz) / SAMPLE_RATE
    return np.asarray(sum(np.sin(k * phase) / k**1.3 for k in range(1, 15)))


def mixed(speech: Samples, other: Samples, snr_db: float) -> Samples:
    """Speech with ``other`` added so much quieter than the speech's loud half, scaled to stay below full scale."""
    loud = np.sort(speech**2)[len(speech) // 2 :]
    power = float(np.mean(loud)) if len(loud) else 0.0
    both = speech + other * np.sqrt(power / 10 ** (snr_db / 10))
    scaled: Samples = (both / max(1.0, float(np.abs(both).max(initial=0)) / 0.98)).astype(np.float32)
    return scaled


def read(path: Path | BinaryIO) -> Samples:
    """Any audio file as 16 kHz mono."""
    return np.asarray(decode_audio(str(path) if isinstance(path, Path) else path, sampling_rate=SAMPLE_RATE), np.float32)


def transcripts(directory: Path) -> dict[str, str]:
    """What is said in the recordings of a directory, by file name without ending."""
    said: dict[str, str] = tomllib.loads((directory / "transcripts.toml").read_text(encoding="utf-8"))
    return said


def write(path: Path, samples: Samples) -> None:
    """Writes 16 kHz mono PCM16 WAV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(wav(pcm_of(samples)))


def resampled(samples: Samples, length: int) -> Samples:
    """The same sound with ``length`` samples, band-limited."""
    if not len(samples) or not length:
        return np.zeros(length, np.float32)
    spectrum = np.fft.rfft(samples)
    return (np.fft.irfft(spectrum[: length // 2 + 1], length) * np.float32(length / len(samples))).astype(np.float32)


def _voiced(sentence: str, manner: Manner) -> Samples:
    # Pitch comes from playing slower-spoken audio faster.
    engine = {"piper": _piper, "espeak": _espeak}.get(manner.voice, _flite)
    voiced, rate = engine(sentence, manner)
    return resampled(voiced, int(len(voiced) * SAMPLE_RATE / rate / manner.pitch))


def _piper(sentence: str, manner: Manner) -> tuple[Samples, int]:
    voice = _speaker(round(manner.speed / manner.pitch, 3)).say(sentence)
    return samples_of(voice.pcm), voice.sample_rate


@lru_cache(maxsize=4)
def _speaker(speed: float) -> PiperSpeaker:
    return PiperSpeaker(*piper_voice(), speed=speed, noise=0, noise_width=0)


def _espeak(sentence: str, manner: Manner) -> tuple[Samples, int]:
    words_per_minute = str(round(165 * manner.speed / manner.pitch))
    command = ["espeak-ng", "-v", "en-us", "-s", words_per_minute, "--stdout", spoken(sentence)]
    said = subprocess.run(command, check=True, capture_output=True).stdout
    # The header's length is wrong on a pipe, so it is skipped rather than parsed.
    return samples_of(said[44:]), 22_050


def _flite(sentence: str, manner: Manner) -> tuple[Samples, int]:
    """Voices made from recordings of people: an American woman (slt), an American man (rms), a Scot (awb)."""
    stretch = f"duration_stretch={manner.pitch / manner.speed:.3f}"
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        voice, text = manner.voice.removeprefix("flite-"), _plain(spoken(sentence))
        command = ["flite", "-voice", voice, "--setf", stretch, "-t", text, "-o", file.name]
        subprocess.run(command, check=True, capture_output=True)
        with wave.open(file.name) as voiced:
            return samples_of(voiced.readframes(voiced.getnframes())), voiced.getframerate()


def _plain(sentence: str) -> str:
    """ASCII, as flite reads nothing else."""
    return unicodedata.normalize("NFKD", sentence.replace("’", "'")).encode("ascii", "ignore").decode()


def _babble(voice: int, length: int, rng: np.random.Generator) -> Samples:
    texts = ("the meeting was moved to next week because nobody had read it", "we should order more coffee for the kitchen",
             "did you see the game last night it went on for hours")  # fmt: skip
    said = _voiced(texts[voice % 3], Manner(pitch=0.85 + 0.1 * voice, speed=0.8 + 0.1 * (voice % 4)))
    return np.roll(np.resize(said, length), int(rng.integers(0, length or 1)))


def _unit(samples: Samples) -> Samples:
    return (samples / max(1e-9, float(np.sqrt(np.mean(samples**2))) if len(samples) else 1.0)).astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("text")
    parser.add_argument("--voice", choices=("piper", "espeak", "flite-slt", "flite-rms", "flite-awb"), default="piper")
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
