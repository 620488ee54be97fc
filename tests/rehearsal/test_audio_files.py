"""Recordings in any format are read as the same sound, or refused with a reason."""

from __future__ import annotations

import os
from pathlib import Path

import av
import numpy as np
import pytest
from hotseat.errors import InputError
from hotseat.rehearsal.audio_files import read_audio
from hotseat.settings import PROJECT
from hotseat.speech.audio import SAMPLE_RATE, Samples

from tests.audio import speech
from tests.audio.speech import resampled

RECORDING = speech.read(Path(speech.__file__).parent / "human" / "austen-0880.flac")


def recorded(path: Path, codec: str, rate: int, channels: int) -> Path:
    """The recording as a file of that kind."""
    pcm = (resampled(RECORDING, len(RECORDING) * rate // SAMPLE_RATE) * 32767).clip(-32768, 32767).astype("<i2")
    layout = "stereo" if channels == 2 else "mono"
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=rate)
        assert isinstance(stream, av.AudioStream)
        stream.layout = layout
        frame = av.AudioFrame.from_ndarray(np.repeat(pcm, channels)[np.newaxis], format="s16", layout=layout)
        frame.sample_rate, frame.pts = rate, 0
        resampler = av.AudioResampler(format=stream.format.name, layout=layout, rate=rate, frame_size=stream.frame_size or 1024)
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return path


KINDS = {
    "a.mp3": ("libmp3lame", 44_100, 2),
    "a.ogg": ("libopus", 48_000, 1),
    "a.webm": ("libopus", 48_000, 2),
    "a.m4a": ("aac", 44_100, 2),
    "a.flac": ("flac", 96_000, 1),
    "stereo48.wav": ("pcm_s16le", 48_000, 2),
    "deep.wav": ("pcm_s24le", 44_100, 2),
    "telephone.wav": ("pcm_mulaw", 8_000, 1),
}


def likeness(a: Samples, b: Samples) -> float:
    """Correlation at the best shift up to 0.1 s: encoders put a little silence first."""
    best = 0.0
    size = min(len(a), len(b)) - 1600
    for shift in range(0, 1600, 4):
        for x, y in ((a[shift : shift + size], b[:size]), (a[:size], b[shift : shift + size])):
            best = max(best, float(np.corrcoef(x, y)[0, 1]))
    return best


@pytest.mark.parametrize("name", KINDS)
def test_any_kind_of_recording_is_read_as_the_same_sound(name: str, tmp_path: Path) -> None:
    """Codec, rate and channels make no difference but that of their quality."""
    read = read_audio(recorded(tmp_path / name, *KINDS[name]))
    assert len(read) == pytest.approx(len(RECORDING), abs=0.1 * SAMPLE_RATE)
    assert likeness(read, RECORDING) > 0.9


@pytest.mark.parametrize("name", ["a.mp3", "a.m4a", "a.flac", "a.webm", "stereo48.wav", "deep.wav", "telephone.wav"])
def test_half_a_file_is_not_half_an_answer(name: str, tmp_path: Path) -> None:
    """Where a format says how long it is, a recording cut off in the middle is refused, rather than read without its end."""
    path = recorded(tmp_path / name, *KINDS[name])
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(InputError, match=name) as refused:
        read_audio(path)
    assert "\n" not in str(refused.value) and "Errno" not in str(refused.value)


@pytest.mark.parametrize("size", [0, 0x7FFFF000, 0x7FFFFF00, 0xFFFFFFFF], ids=["zero", "sox", "arecord", "ffmpeg"])
def test_a_wav_from_a_pipe_need_not_say_how_long_it_is(size: int, tmp_path: Path) -> None:
    """Who writes one into a pipe can't go back to fill in its size: what is there is all of it."""
    path = recorded(tmp_path / "a.wav", "pcm_s16le", 16_000, 1)
    whole = path.read_bytes()
    place = whole.index(b"data") + 4
    path.write_bytes(whole[:place] + size.to_bytes(4, "little") + whole[place + 4 :])
    assert len(read_audio(path)) == pytest.approx(len(RECORDING), abs=0.1 * SAMPLE_RATE)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b"\0" * 5000, "Invalid data"),
        (np.random.default_rng(1).bytes(20_000), "Invalid data"),
        (b"1\n00:00:00,000 --> 00:00:01,000\nhello\n", "no sound in it"),
        ((PROJECT / "docs/images/interview.webp").read_bytes(), "no sound in it"),
    ],
    ids=["empty", "zeros", "random", "subtitles", "picture"],
)
def test_files_without_audio_are_refused_with_the_reason(content: bytes, why: str, tmp_path: Path) -> None:
    """One line that names the file and says what is wrong with it."""
    path = tmp_path / "answer.wav"
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"answer.wav .*{why}"):
        read_audio(path)


@pytest.mark.parametrize("name", ["list.wav", "list.ffconcat"])
def test_a_list_of_files_is_not_followed(name: str, tmp_path: Path) -> None:
    """Whoever sends a file to transcribe does not get to read another."""
    recorded(tmp_path / "secret.wav", "pcm_s16le", 16_000, 1)
    (tmp_path / name).write_text("ffconcat version 1.0\nfile secret.wav\n")
    with pytest.raises(InputError, match="no sound in it"):
        read_audio(tmp_path / name)


def test_folders_and_missing_files_are_refused(tmp_path: Path) -> None:
    """A folder and a name that is not there."""
    for path in (tmp_path, tmp_path / "nothing.wav"):
        with pytest.raises(InputError, match="there is no audio file"):
            read_audio(path)


def test_unreadable_paths_are_refused(tmp_path: Path) -> None:
    """A folder and a pipe are told as such, a name that no file can have with the system's reason."""
    os.mkfifo(tmp_path / "pipe.wav")
    long = tmp_path / ("x" * 300)
    for path, why in ((tmp_path, "folder"), (tmp_path / "pipe.wav", "pipe"), (long, "too long"), (Path("-"), "standard input")):
        with pytest.raises(InputError, match=f"{path}.*{why}"):
            read_audio(path)
