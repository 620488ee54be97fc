"""Several processes share a PostgreSQL and an object store: an interview continues wherever its browser connects."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hotseat import wire
from hotseat.domain.model import Grade
from hotseat.interview.interviews import Interviews
from hotseat.interview.orphans import DEAD_S, Orphans
from hotseat.session.phases import Finished, State
from hotseat.session.records import HeldLease, InterviewRecord
from hotseat.startup.assembly import Assembly

from tests.conftest import ServerProcess
from tests.speech.test_microphone import Clock
from tests.support.fake_interview import LOUD, Candidate, finish, sitting
from tests.support.fakes import FakeGrader, fake_assembly
from tests.support.light_server import LightServer
from tests.support.shared_storage import ObjectStore, Postgres
from tests.support.wire_candidate import WireCandidate, sitting_at

FAILOVER_S = 3.0


@pytest.fixture(scope="module")
def replicas(
    postgres: Postgres, object_store: ObjectStore, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ServerProcess, ServerProcess]]:
    shared = {"HOTSEAT_DATABASE_URL": postgres.fresh(), "HOTSEAT_ARCHIVE_URL": object_store.url, **object_store.environment}
    started = [LightServer(tmp_path_factory.mktemp("replica"), **shared) for _ in range(2)]
    for server in started:
        server.wait_until_ready()
    yield started[0], started[1]
    for server in started:
        server.stop()


@asynccontextmanager
async def tab(server: ServerProcess, interview_id: str) -> AsyncIterator[WireCandidate]:
    candidate = WireCandidate(server.url, interview_id)
    await candidate.connect()
    try:
        yield candidate
    finally:
        await candidate.hang_up()


async def speak(candidate: WireCandidate, frames: int) -> None:
    """In real time, in frames that can be told apart by where they were sent."""
    for _ in range(frames):
        await candidate.say_raw(wire.pack_frame(1, len(candidate.sent_frames), LOUD))
        candidate.sent_frames.append(LOUD)
        await asyncio.sleep(0.04)


async def test_two_tabs_on_two_replicas(replicas: tuple[ServerProcess, ServerProcess]) -> None:
    """The later tab has the interview, the earlier one is told so, and what it still sends changes nothing."""
    first, second = replicas
    async with sitting_at(first.url) as old:
        await old.say(type="start")
        await old.hear(1)
        async with tab(second, old.id) as new:
            await new.until("asking", 1)
            await old.say(type="typed", turn_id=1, text="The base model stays frozen.")
            assert await old.until_closed() == (4409, "the interview was opened elsewhere")
            await new.type(1, "It freezes the base model.")
            await new.type(2, "It learns two thin matrices.")
            await finish(new, 20)
            answers = (await new.review())["rounds"][0]["answers"]
            assert [answer["text"] for answer in answers] == ["It freezes the base model.", "It learns two thin matrices."]
            old.url = first.url
            assert await old.review() == await new.review()


async def test_an_idle_tab_notices_too(replicas: tuple[ServerProcess, ServerProcess]) -> None:
    """Without sending anything the earlier tab is told within two seconds."""
    first, second = replicas
    async with sitting_at(second.url) as old:
        await old.until("ready")
        async with tab(first, old.id) as new:
            await new.until("ready")
            began = time.monotonic()
            assert (await old.until_closed())[0] == 4409
            assert time.monotonic() - began < 2.0


async def test_a_replica_that_dies_in_mid_answer(replicas: tuple[ServerProcess, ServerProcess]) -> None:
    """After SIGKILL the browser goes on at the other replica within three seconds, with at most a second of audio lost."""
    first, second = replicas
    async with sitting_at(first.url) as candidate:
        await candidate.say(type="start")
        await candidate.hear(1)
        await speak(candidate, 75)
        first.kill()
        began = time.monotonic()
        await candidate.until_closed()
        sent = len(candidate.sent_frames)
        async with tab(second, candidate.id) as again:
            state = await again.until("answering", 1)
            took = time.monotonic() - began
            assert took <= FAILOVER_S
            assert sent - 25 <= state.next_frame <= sent
            assert state.remaining_ms is not None and state.limit_ms is not None
            for number in range(state.next_frame, sent):
                await again.say_raw(wire.pack_frame(1, number, LOUD))
            again.sent_frames = candidate.sent_frames
            await speak(again, 25)
            await again.say(type="done", turn_id=1)
            heard = await again.until_sent(wire.AnswerMessage)
            await again.type(2, "and the rest")
            await finish(again, 20)
            review = await again.review()
    first.start()
    first.wait_until_ready()
    print(f"resumed after {took:.2f} s")
    spoken = 100 * 0.04
    assert heard.duration_s == pytest.approx(spoken, abs=0.2)
    assert review["finished"] and len(review["rounds"][0]["answers"]) == 2


async def test_a_replica_that_is_stopped_owes_nothing(replicas: tuple[ServerProcess, ServerProcess], tmp_path: Path) -> None:
    """SIGTERM in mid-answer: the page is sent away in order and goes on at the other replica with every frame it sent."""
    first, second = replicas
    async with sitting_at(first.url) as candidate:
        await candidate.say(type="start")
        await candidate.hear(1)
        await speak(candidate, 30)
        await candidate.say(type="ping", t=1.0)
        await candidate.until_sent(wire.Pong)
        assert first.process is not None
        first.process.terminate()
        began = time.monotonic()
        assert (await candidate.until_closed())[0] == 1001
        async with tab(second, candidate.id) as again:
            state = await again.until("answering", 1)
            assert time.monotonic() - began <= FAILOVER_S
            assert state.next_frame == 30
            await again.say(type="end")
            await finish(again, 20)
    first.process.wait(20)
    first.start()
    first.wait_until_ready()


async def test_another_process_finishes_a_grade_under_way(tmp_path: Path) -> None:
    """A grade that was under way when a process ended is given by another within two seconds, without any browser."""

    class Never(FakeGrader):
        async def grade(self, *_arguments: object) -> Grade:
            return await asyncio.Event().wait()  # type: ignore[return-value]

    ending = fake_assembly(tmp_path)
    ending.graders.in_use = Never()
    async with sitting(ending) as (interviews, candidate):
        candidate.say(type="start")
        await candidate.answer()
        await candidate.answer()
        await candidate.until("grading")
        await interviews.close()
        assert candidate.closed is not None and candidate.closed[0] == 1001
        living = fake_assembly(tmp_path)
        others = living.interviews()
        keeping = asyncio.create_task(others.maintain())
        async with asyncio.timeout(2):
            while not isinstance((await found(others, candidate.id))[1], Finished):
                await asyncio.sleep(0.05)
        keeping.cancel()
        assert living.graders.in_use.graded == [("finetuning/lora", 2)]  # type: ignore[union-attr]
        await others.close()
        await living.storage.store.close()


async def test_only_dead_processes_are_taken_over() -> None:
    """A process whose beat stands still for ten seconds is dead, one that ended in order at once, one that beats never."""
    clock = Clock()
    released: list[str] = []

    async def release(interview_id: str, _term: int) -> None:
        released.append(interview_id)

    async def leased_by_others(_replica: str) -> tuple[HeldLease, ...]:
        return (
            HeldLease("alive", "a", 1, int(clock.time), "grading"),
            HeldLease("stuck", "b", 1, 7, "grading"),
            HeldLease("waiting", "b", 1, 7, "answering"),
            HeldLease("ended", "c", 1, None, "finalising"),
        )

    store = SimpleNamespace(release=release, leased_by_others=leased_by_others)
    orphans = Orphans(cast(Any, store), clock, "me")
    assert await orphans.find() == ["ended"]
    clock.time += DEAD_S - 0.5
    assert await orphans.find() == ["ended"] and released == []
    clock.time += 0.5
    assert await orphans.find() == ["stuck", "ended"] and released == ["waiting"]


async def found(interviews: Interviews, interview_id: str) -> tuple[InterviewRecord, State]:
    loaded = await interviews.load(interview_id)
    assert loaded is not None
    return loaded


@asynccontextmanager
async def taken_over(assembly: Assembly, tmp_path: Path) -> AsyncIterator[tuple[Interviews, Candidate, Interviews, Candidate]]:
    """An interview at its first question, and the same at another process, which holds it now."""
    async with sitting(assembly) as (interviews, candidate):
        candidate.say(type="start")
        await candidate.until("asking", 1)
        others = fake_assembly(tmp_path).interviews()
        elsewhere = await Candidate(others, candidate.id).attach()
        await elsewhere.until("asking", 1)
        yield interviews, candidate, others, elsewhere
        await others.close()


async def test_a_replaced_connection_reads_the_stored_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it takes to let go: the state in memory is of no worth by then."""
    assembly = fake_assembly(tmp_path)
    let_go = assembly.storage.store.release

    async def slowly(interview_id: str, token: int) -> None:
        await asyncio.sleep(0.3)
        await let_go(interview_id, token)

    monkeypatch.setattr(assembly.storage.store, "release", slowly)
    async with taken_over(assembly, tmp_path) as (interviews, candidate, others, elsewhere):
        elsewhere.say(type="typed", turn_id=1, text="It needs far less memory.")
        await elsewhere.until("asking", 2)
        candidate.say(type="end")
        await candidate.until_closed()
        assert (await found(interviews, candidate.id))[1] == (await found(others, candidate.id))[1]


async def test_a_process_that_was_frozen_changes_nothing(tmp_path: Path) -> None:
    """What it still wants to write is refused, its browser is told, and it can take the interview back in order."""
    assembly = fake_assembly(tmp_path)
    async with taken_over(assembly, tmp_path) as (interviews, candidate, _, elsewhere):
        candidate.say(type="typed", turn_id=1, text="The product can be merged.")
        assert await candidate.until_closed() == (4409, "the interview was opened elsewhere")
        elsewhere.say(type="typed", turn_id=1, text="Rank sixteen is a good start.")
        await elsewhere.until("asking", 2)
        back = await Candidate(interviews, candidate.id).attach()
        await back.until("asking", 2)
        back.say(type="typed", turn_id=2, text="So it saves memory.")
        await finish(back)
        review = await candidate.review()
        assert review is not None
        assert [answer["text"] for answer in review["rounds"][0]["answers"]] == [
            "Rank sixteen is a good start.",
            "So it saves memory.",
        ]
