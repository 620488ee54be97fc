"""The recording of a mock interview has both voices at the times of its transcript."""

from __future__ import annotations

import tomllib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hotseat.rehearsal.rehearse import Script, rehearse_interview
from hotseat.settings import Settings
from hotseat.speech.audio import SAMPLE_RATE, Samples, pcm_of

from benchmarks.mock import SCRIPT, Recording
from tests.support.fakes import BANK
from tests.support.light_server import LightServer

SECOND = np.full(SAMPLE_RATE, 0.25, np.float32)


def test_both_voices_are_heard_where_they_were() -> None:
    """From the first sound on; what is written down of the answer replaces nothing else."""
    recording = Recording()
    recording.played("Hello.", pcm_of(SECOND), SAMPLE_RATE, 100.0)
    recording.played("Why?", pcm_of(SECOND), SAMPLE_RATE, 101.0)
    recording.spoken(SECOND, 104.0)
    recording.heard("because")
    assert recording.lines == [(False, "Hello."), (False, "Why?"), (True, "because")]
    mixed = np.frombuffer(recording.mixed(), "<i2")
    loud = [bool(abs(mixed[round(at * SAMPLE_RATE)]) > 1000) for at in (0.5, 1.5, 3.0, 4.5)]
    assert loud == [True, True, False, True] and len(mixed) == pytest.approx(5 * SAMPLE_RATE, abs=200)


class Heard:
    """Notes when which voice was heard, and until when."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, float, float]] = []
        self.written: list[str] = []

    def played(self, text: str, pcm: bytes, rate: int, at: float) -> None:
        self.spans.append((text, at, at + len(pcm) / 2 / rate))

    def spoken(self, samples: Samples, at: float) -> None:
        self.spans.append(("", at, at + len(samples) / SAMPLE_RATE))

    def heard(self, text: str) -> None:
        self.written.append(text)


async def test_a_rehearsal_is_recorded_as_it_is_heard(tmp_path: Path) -> None:
    """Sentences that come at once are heard one after the other, and the candidate speaks when the question has been asked."""
    heard = Heard()
    server = LightServer(tmp_path / "data").wait_until_ready()
    try:
        script = Script(
            (), questions=("finetuning/lora",), follow_ups=0, url=server.url, answer_to=lambda _asked: SECOND, recorder=heard
        )
        report = await rehearse_interview(Settings(data_dir=tmp_path), script)
    finally:
        server.stop()
    assert report["finished"] and heard.written == [report["turns"][0]["text"]]
    assert [text for text, *_ in heard.spans].count("") == 1 and len(heard.spans) > 3
    assert all(start >= end - 0.01 for (_, _, end), (_, start, _) in pairwise(heard.spans))


def test_the_candidate_has_an_answer_to_whatever_the_bank_asks() -> None:
    script = tomllib.loads(SCRIPT.read_text(encoding="utf-8"))
    endings = tuple(ending for row in script["answer"] for ending in row["to"])
    questions = [BANK.question(question_id) for question_id in script["questions"]]
    asked = [text for one in questions for text in (one.prompt, one.simpler, *(move.text for move in one.moves))]
    assert [text for text in asked if not text.endswith(endings)] == []
