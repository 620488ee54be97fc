"""Clock changes, suspended machines and truncated files have the outcome that docs/recovery.md gives."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from hotseat import wire
from hotseat.engines.whisper.queue import RecognitionQueue
from hotseat.server_status import STORAGE, Part, PartState
from hotseat.session.records import LOCAL, LoggedEvent
from hotseat.settings import PROJECT
from hotseat.startup.loading import load_storage
from hotseat.storage.archive import LocalArchive
from hotseat.telemetry.metrics import Metrics, part_states

from tests.support.fake_interview import LORA, LOUD, Candidate, finish, sitting
from tests.support.fakes import FakeConnection, FastClock, fake_assembly
from tests.support.in_process_server import client


class JumpingClock(FastClock):
    """A machine's clocks, to be set forwards and backwards."""

    passed = 0.0
    set_by = 0.0

    def now(self) -> float:
        return super().now() + self.passed

    def wall(self) -> float:
        return super().wall() + self.set_by


async def test_a_wall_clock_that_jumps(tmp_path: Path) -> None:
    """Set back a day, then a year ahead, in mid-answer: limits, order and grades are those of an ordinary interview."""
    assembly = fake_assembly(tmp_path)
    assembly.clock = clock = JumpingClock()
    async with sitting(assembly) as (interviews, candidate):
        candidate.say(type="start")
        turn_id = await candidate.ask()
        candidate.speak(turn_id, 25)
        state = await candidate.until("answering", turn_id)
        for jump in (-86_400.0, 366 * 86_400.0):
            clock.set_by = jump
            candidate.speak(turn_id, 5, first=25)
            again = await Candidate(interviews, candidate.id).attach()
            now = await again.until("answering", turn_id)
            assert state.remaining_ms is not None and now.remaining_ms is not None
            assert 0 <= state.remaining_ms - now.remaining_ms < 2_000
        again.say(type="done", turn_id=turn_id)
        await again.answer()
        await finish(again)
        stored = await assembly.storage.store.load(candidate.id)
        assert stored is not None
        assert [event.seq for event in stored[1]] == list(range(len(stored[1])))
        review = await candidate.review()
        assert review is not None and review["rounds"][0]["grade"]["verdict"] == "Lean Hire"


async def test_an_hours_absence_ends_the_answer_at_its_limit(tmp_path: Path) -> None:
    """The answer ended at its limit and holds what was said; the follow-up has waited for the lid to open."""
    assembly = fake_assembly(tmp_path)
    assembly.clock = clock = JumpingClock()
    async with sitting(assembly) as (interviews, candidate):
        candidate.say(type="start")
        turn_id = await candidate.ask()
        candidate.speak(turn_id, 50)
        await candidate.until("answering", turn_id)
        candidate.leave()
        await asyncio.sleep(0.05)
        clock.passed = 3_600.0
        again = await Candidate(interviews, candidate.id).attach()
        answer = await again.until_sent(wire.AnswerMessage)
        assert (answer.turn_id, answer.ended_by, answer.text) == (turn_id, "limit", "freeze the base model")
        assert answer.duration_s == pytest.approx(2.0, abs=0.1)
        assert await again.answer() == turn_id + 1
        await finish(again)


def test_half_a_sample_left_by_a_crash_is_dropped(tmp_path: Path) -> None:
    """A recording that ends in the middle of a sample goes on at the next whole one, not in noise."""
    archive = LocalArchive(tmp_path)
    recording = archive.create("one", 1, 0)
    recording.append(LOUD)
    recording.close()
    [path] = tmp_path.rglob("*.pcm")
    path.write_bytes(path.read_bytes() + b"\x07")
    assert archive.read("one", 1) == LOUD
    again = archive.create("one", 1, 1)
    again.append(LOUD)
    again.close()
    assert archive.read("one", 1) == 2 * LOUD


async def test_a_log_that_cannot_be_read(tmp_path: Path) -> None:
    """An event that this version does not know makes one interview unavailable, in words; the others go on."""
    assembly = fake_assembly(tmp_path)
    async with sitting(assembly) as (interviews, candidate):
        bad, good = [await interviews.create(LOCAL, LORA) for _ in range(2)]
        await assembly.storage.store.append(
            bad, [LoggedEvent(0, 0.0, 0.0, "FromTheFuture", {})], {"phase": "ready", "verdicts": []}
        )
        connection = FakeConnection()
        await interviews.connect(LOCAL, bad, connection)  # type: ignore[arg-type]
        assert connection.closed is not None and connection.closed[0] == 4503
        async with client(assembly) as http:
            reply = await http.get(f"/api/interviews/{bad}")
            assert reply.status_code == 503 and "another version" in reply.json()["error"]
            assert (await http.get(f"/api/interviews/{good}")).status_code == 200
            assert (await http.get("/api/interviews")).status_code == 200


async def test_a_database_that_is_none(tmp_path: Path) -> None:
    """A damaged file is named on the page, and nothing is written over it."""
    assembly = fake_assembly(tmp_path)
    assembly.status.parts.clear()
    damaged = b"SQLite format 3\0" + b"\xff" * 4_000
    (tmp_path / "hotseat.db").write_bytes(damaged)
    await load_storage(assembly)
    part = assembly.status.parts[STORAGE]
    assert part.state == "failed" and str(tmp_path / "hotseat.db") in part.detail
    assert not assembly.status.is_ready
    assert (tmp_path / "hotseat.db").read_bytes() == damaged
    await assembly.storage.store.close()


def test_every_outcome_has_its_test() -> None:
    """The table in docs/recovery.md names tests and benchmarks that exist."""
    table = (PROJECT / "docs" / "recovery.md").read_text()
    rows = [line for line in table.splitlines() if line.startswith("| ") and "---" not in line][1:]
    assert len(rows) >= 18
    for row in rows:
        named = re.findall(r"`([\w/]*\.py)?(?:::(test_\w+))?`", row.rsplit("|", 2)[1])
        assert named, row
        file = ""
        for path, test in named:
            file = path or file
            folders = (PROJECT / "tests", PROJECT / "benchmarks")
            texts = [found.read_text() for folder in folders for found in folder.rglob(Path(file).name)]
            assert texts and (not test or any(f"def {test}(" in text for text in texts)), f"{file}::{test}"


def test_every_metric_is_explained() -> None:
    """docs/operations.md names each number, and none that is not there."""
    explained = set(re.findall(r"`(hotseat_\w+?)(?:_total)?`", (PROJECT / "docs" / "operations.md").read_text()))
    metrics = Metrics()
    metrics.register(RecognitionQueue(lambda _job: (), 1).metrics)
    metrics.register(lambda: part_states([Part("Voice", PartState.READY)]))
    there = re.findall(r"^# TYPE (hotseat_\w+?)(?:_total)? ", metrics.render().decode(), re.MULTILINE)
    assert {name for name in there if not name.endswith("_created")} == explained
