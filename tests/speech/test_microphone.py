"""Which audio counts, however the browser behaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hotseat.speech.audio import SAMPLE_RATE
from hotseat.speech.microphone import PREROLL_S, Microphone
from hotseat.storage.archive import LocalArchive
from hotseat.wire import MicFrame

from tests.support.fakes import LoudIsSpeech

FRAME = 640
LOUD = (np.full(FRAME, 8000, dtype="<i2")).tobytes()
QUIET = bytes(2 * FRAME)


class Clock:
    """Stands until it is told to move."""

    def __init__(self) -> None:
        self.time = 100.0

    def now(self) -> float:
        return self.time

    def wall(self) -> float:
        return self.time

    def timeout_at(self, moment: float) -> Any:
        raise NotImplementedError


class FakeAnswerTranscriber:
    """Counts the samples that reach it."""

    def __init__(self) -> None:
        self.samples = 0

    def feed(self, samples: Any) -> None:
        self.samples += len(samples)

    async def finish(self) -> Any:
        return self.samples

    def close(self) -> None: ...


class Bench:
    """A microphone with everything around it in view."""

    def __init__(self, root: Path) -> None:
        self.clock = Clock()
        self.archive = LocalArchive(root)
        self.onsets: list[int] = []
        self.troubles: list[str] = []
        self.microphone = self.make()

    def make(self) -> Microphone:
        return Microphone(
            "i", self.archive, self.clock, LoudIsSpeech, self.onsets.append, lambda code, _text: self.troubles.append(code)
        )

    def send(self, pcm: bytes, count: int, first: int = 0, turn: int = 1, real_time: bool = True) -> None:
        for number in range(first, first + count):
            if real_time:
                self.clock.time += FRAME / SAMPLE_RATE
            self.microphone.frame(MicFrame(turn, number, pcm))

    def stored_s(self, turn: int = 1) -> float:
        return self.archive.seconds("i", turn)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    first = made.microphone
    yield made
    for microphone in {first, made.microphone}:
        microphone.stop()


def test_no_audio_is_stored_before_the_clock_starts(bench: Bench) -> None:
    """Watching for speech leaves no trace on disk."""
    bench.microphone.watch(1, 0.16)
    bench.send(LOUD, 50)
    assert bench.stored_s() == 0.0
    assert bench.onsets[0] == 1


def test_a_cough_does_not_barge_in(bench: Bench) -> None:
    """Speech shorter than the patience asked for is not reported."""
    bench.microphone.watch(1, 0.6)
    bench.send(LOUD, 10)
    bench.send(QUIET, 10, first=10)
    assert bench.onsets == []


def test_the_first_word_is_kept(bench: Bench) -> None:
    """Recording starts a little before the speech that started the clock."""
    bench.microphone.watch(1, 0.16)
    bench.send(QUIET, 100)
    bench.send(LOUD, 5, first=100)
    transcriber = FakeAnswerTranscriber()
    bench.microphone.record(1, 60.0, transcriber)
    assert PREROLL_S < transcriber.samples / SAMPLE_RATE < PREROLL_S + 0.4


def test_the_first_words_are_kept_when_the_clock_starts_late(bench: Bench) -> None:
    """Between the noticed start of speech and a clock started late by a busy machine, not even a pause lets anything go."""
    bench.microphone.watch(1, 0.16)
    bench.send(QUIET, 100)
    bench.send(LOUD, 10, first=100)
    bench.send(QUIET, 20, first=110)
    transcriber = FakeAnswerTranscriber()
    bench.microphone.record(1, 60.0, transcriber)
    assert transcriber.samples / SAMPLE_RATE >= 30 * FRAME / SAMPLE_RATE


def test_no_audio_beyond_the_limit(bench: Bench) -> None:
    """An 80-second monologue leaves exactly 60 seconds, on disk and for the transcriber."""
    bench.microphone.watch(1, 0.16)
    transcriber = FakeAnswerTranscriber()
    bench.microphone.record(1, 60.0, transcriber)
    bench.send(LOUD, 80 * 25)
    assert transcriber.samples == 60 * SAMPLE_RATE
    assert bench.stored_s() == 60.0


def test_a_flood_does_not_outrun_the_clock(bench: Bench) -> None:
    """Frames sent faster than time passes are dropped beyond two seconds, and the candidate is told once."""
    bench.microphone.watch(1, 0.16)
    bench.microphone.record(1, 60.0, FakeAnswerTranscriber())
    bench.send(LOUD, 1000, real_time=False)
    assert bench.stored_s() == pytest.approx(2.0, abs=0.05)
    assert bench.troubles == ["flood"]


def test_a_stall_is_made_up_for(bench: Bench) -> None:
    """Frames held back by the network all count once they arrive, having been spoken in time."""
    bench.microphone.watch(1, 0.16)
    bench.microphone.record(1, 60.0, FakeAnswerTranscriber())
    bench.clock.time += 10.0
    bench.send(LOUD, 250, real_time=False)
    assert bench.stored_s() == 10.0
    assert bench.troubles == []


def test_repeated_and_foreign_frames_are_dropped(bench: Bench) -> None:
    """A frame counts once, and only in its own turn."""
    bench.microphone.watch(1, 0.16)
    bench.microphone.record(1, 60.0, FakeAnswerTranscriber())
    bench.send(LOUD, 25)
    bench.send(LOUD, 25)
    bench.send(LOUD, 25, first=25, turn=2)
    assert bench.stored_s() == 1.0
    assert bench.microphone.next_frame == 25


async def test_frames_after_the_end_are_dropped(bench: Bench) -> None:
    """Once the answer is closed nothing more is stored."""
    bench.microphone.watch(1, 0.16)
    bench.microphone.record(1, 60.0, FakeAnswerTranscriber())
    bench.send(LOUD, 25)
    _, seconds = await bench.microphone.finish(1, FakeAnswerTranscriber)
    bench.send(LOUD, 25, first=25)
    assert seconds == 1.0
    assert bench.stored_s() == 1.0


async def test_a_new_process_goes_on_where_the_old_one_stopped(bench: Bench) -> None:
    """After a crash the transcriber hears what is on disk, the browser is told what to resend, and the limit still holds."""
    bench.microphone.watch(1, 0.16)
    bench.send(QUIET, 20)
    bench.microphone.record(1, 10.0, FakeAnswerTranscriber())
    before = bench.microphone.heard_s
    bench.send(LOUD, 50, first=20)

    bench.microphone = bench.make()
    transcriber = FakeAnswerTranscriber()
    await bench.microphone.resume(1, 10.0, transcriber)
    assert bench.microphone.next_frame == 70
    assert transcriber.samples / SAMPLE_RATE == pytest.approx(before + 2.0)
    bench.send(LOUD, 500, first=70, real_time=False)
    assert bench.stored_s() == 10.0


async def test_an_answer_closed_by_a_dead_process_is_heard_from_disk(bench: Bench) -> None:
    """Finishing without having recorded listens to the archive."""
    bench.microphone.watch(1, 0.16)
    bench.microphone.record(1, 60.0, FakeAnswerTranscriber())
    bench.send(LOUD, 50)
    bench.microphone = bench.make()
    heard, seconds = await bench.microphone.finish(1, FakeAnswerTranscriber)
    assert (heard, seconds) == (2 * SAMPLE_RATE, 2.0)
    assert await bench.microphone.finish(9, FakeAnswerTranscriber) == (None, 0.0)


def test_a_full_disk_does_not_stop_recognition(tmp_path: Path) -> None:
    """Audio that can't be stored is still listened to, the candidate is told once, and it is stored when there is room."""
    root = tmp_path / "blocked"
    root.write_text("a file where the folder should be")
    bench = Bench(root)
    bench.microphone.watch(1, 0.16)
    transcriber = FakeAnswerTranscriber()
    bench.microphone.record(1, 60.0, transcriber)
    bench.send(LOUD, 25)
    assert transcriber.samples == SAMPLE_RATE
    assert bench.troubles == ["storage"]
    root.unlink()
    bench.send(LOUD, 1, first=25)
    assert bench.stored_s() == pytest.approx(1.04)
    bench.microphone.stop()


async def test_frames_sent_during_a_takeover_are_requested_again(bench: Bench) -> None:
    """The process before may still store a frame after its recording was read: the browser sends that one again."""
    before = bench.archive.create("i", 1, 3)
    before.append(LOUD * 10)
    read = bench.archive.read

    def read_too_early(interview_id: str, turn_id: int) -> bytes:
        pcm = read(interview_id, turn_id)
        before.append(LOUD * 2)
        return pcm

    bench.archive.read = read_too_early  # type: ignore[method-assign]
    transcriber = FakeAnswerTranscriber()
    await bench.microphone.resume(1, 60.0, transcriber)
    assert bench.microphone.next_frame == 13
    assert transcriber.samples == 10 * FRAME
    before.close()
