"""Audio files as answers: read from any format, and transcribed the way a live answer is."""

from __future__ import annotations

import contextlib
import stat
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av

from hotseat.domain.model import Bank, Question, Transcript
from hotseat.errors import InputError
from hotseat.speech.audio import SAMPLE_RATE, Samples, samples_of

if TYPE_CHECKING:  # importing it takes longer than reading a recording
    from hotseat.speech.models import SpeechModels

_MISSING_S = 0.3
"""Seconds by which a file may hold less than it declares: formats round to their own blocks."""
_FORMATS = "aac,aiff,amr,asf,au,avi,caf,flac,matroska,mov,mp3,mpeg,mpegts,ogg,voc,w64,wav,wv"
"""Formats that FFmpeg may read: no playlists, which would make it read other files."""
_PLACEHOLDER_BYTES = 0x7FFF0000
"""From this size on, the data size in a WAV is a placeholder, as sox, arecord and FFmpeg write it into a pipe."""


def read_audio(path: Path) -> Samples:
    """Mono float samples at 16 kHz, from any format and rate. Raises InputError, also for less than a file says it holds."""
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise InputError(f"there is no audio file {path}: that is a folder")
        if not stat.S_ISREG(found.st_mode):
            raise InputError(f"there is no audio file {path}: that is a pipe or device, and only files are read")
        if not found.st_size:
            raise InputError(f"{path} is empty; it should hold audio")
        samples, declared_s = _decoded(path)
    except FileNotFoundError:
        hint = "; standard input is not read, only files are" if str(path) == "-" else ""
        raise InputError(f"there is no audio file {path}{hint}") from None
    except (OSError, av.error.FFmpegError) as error:
        raise InputError(f"{path} is not audio that can be read: {error.strerror}") from None
    except ValueError as error:
        raise InputError(f"{path} is not audio that can be read: {error}") from None
    seconds = len(samples) / SAMPLE_RATE
    if seconds < 0.95 * declared_s - _MISSING_S:
        raise InputError(f"{path} is damaged: only {seconds:.1f} of its {declared_s:.1f} s can be read")
    if not samples.size:
        raise InputError(f"{path} has no audio in it")
    return samples


def _decoded(path: Path) -> tuple[Samples, float]:
    """What can be decoded of the first audio stream, and its declared length in seconds; 0 if it declares none."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    pcm = bytearray()
    options = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}
    try:
        opened = av.open(str(path), "r", options=options, metadata_errors="ignore")
    except av.error.ArgumentError:
        raise ValueError("there is no sound in it, or it is in a format that is not read") from None
    with opened as file:
        if not file.streams.audio:
            raise ValueError("there is no sound in it")
        stream = file.streams.audio[0]
        estimated = file.format.name == "aac"  # its header has no length
        declared = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else 0.0
        declared = declared or (file.duration or 0) / av.time_base
        for packet in file.demux(stream):
            with contextlib.suppress(av.error.InvalidDataError):  # a broken packet; what is missing is seen in the length
                for frame in packet.decode():
                    pcm += b"".join(part.to_ndarray().tobytes() for part in resampler.resample(frame))
        pcm += b"".join(part.to_ndarray().tobytes() for part in resampler.resample(None)) if pcm else b""
    samples = samples_of(bytes(pcm))
    declared = max(declared, len(samples) / SAMPLE_RATE * _wav_beyond(path))
    return samples, 0.0 if estimated else declared


def _wav_beyond(path: Path) -> float:
    """How many times as much sound a WAV declares as it holds; 0 where it declares none, and for other formats.

    For a WAV that was cut off, FFmpeg gives the length of what is left; with other formats, the declared one.
    """
    with path.open("rb") as file:
        riff = file.read(12)
        if (riff[:4], riff[8:]) != (b"RIFF", b"WAVE"):
            return 0.0
        while len(head := file.read(8)) == 8:
            size = int.from_bytes(head[4:], "little")
            if head[:4] == b"data":
                there = path.stat().st_size - file.tell()
                return size / there if there and size < _PLACEHOLDER_BYTES else 0.0
            file.seek(size + size % 2, 1)  # parts begin at even places
    return 0.0


async def transcribe_samples(speech: SpeechModels, bank: Bank, samples: Samples, question: Question) -> dict[str, Any]:
    """The transcript as JSON. Raises TranscriberError."""
    heard = await speech.transcribe(samples, question, bank, question.time_limit_s)
    transcript = Transcript(heard.words)
    return {
        "question": question.id,
        "text": transcript.text,
        "raw_text": transcript.raw_text,
        "words": [asdict(word) for word in heard.words],
        "duration_s": round(len(samples) / SAMPLE_RATE, 3),
        "heard_speech": heard.heard_speech,
    }
