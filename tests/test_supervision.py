"""Parts that die or hang are reported as degraded and restarted, and interviews go on meanwhile."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from hotseat import supervision
from hotseat.domain.model import Word
from hotseat.engines.whisper import RecognitionQueue
from hotseat.errors import ChatModelError, HotseatError, SpeakerError, TranscriberError
from hotseat.server_status import HEARING, LLM, VOICE, Part, PartState
from hotseat.speech.recognition import Priority, RecognitionJob
from hotseat.speech.synthesis import Speaker, Voice
from hotseat.startup.assembly import Assembly
from hotseat.supervision import SupervisedChat, SupervisedSpeaker, SupervisedTranscriber, Supervisor
from hotseat.telemetry.metrics import Metrics

from benchmarks.chaos import QUICK_PAUSES_S, FlakyTranscriber, chaos, make_parts
from tests.support.fakes import FakeChat, FakeSpeaker, FakeTranscriber, fake_assembly
from tests.support.in_process_server import client, listening


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the patience that real engines need."""
    for name, value in (("PAUSES_S", QUICK_PAUSES_S), ("PROBE_S", 1.0), ("HUNG_S", 0.5)):
        monkeypatch.setattr(supervision, name, value)


async def until(part: Part, state: str) -> None:
    async with asyncio.timeout(20):
        while part.state != state:
            await asyncio.sleep(0.01)


@asynccontextmanager
async def kept(*all_: Supervisor) -> AsyncIterator[None]:  # type: ignore[type-arg]
    tasks = [asyncio.create_task(one.maintain()) for one in all_]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_killed_language_model_comes_back(tmp_path: Path, way: signal.Signals, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether its process is gone or hangs, without anybody asking it; the old one is ended, and the new one answers."""
    monkeypatch.setattr("hotseat.engines.llama_chat.HEALTH_TIMEOUT_S", 0.5)
    parts = await make_parts(tmp_path, 1.0)
    llama = parts.assembly.llama
    assert llama is not None
    chat = SupervisedChat("stand-in", parts.supervisors[LLM], parts.assembly.metrics)
    async with kept(parts.supervisors[LLM]):
        assert (await chat.complete([], max_tokens=1))[0]
        os.kill(llama.pid, way)
        await until(parts.assembly.status.parts[LLM], "degraded")
        assert parts.assembly.status.is_ready, "interviews manage without"
        with pytest.raises(ChatModelError):
            await chat.complete([], max_tokens=1)
        await until(parts.assembly.status.parts[LLM], "ready")
        assert (await chat.complete([], max_tokens=1))[0]
    assert llama.ended() == "signal 9" and parts.supervisors[LLM].part.replaced == 1
    assert parts.assembly.llama is not None and parts.assembly.llama is not llama
    parts.assembly.llama.close()
    await parts.assembly.storage.store.close()


async def test_a_stopped_server_leaves_no_language_model_behind(tmp_path: Path) -> None:
    """Not even one that is stopped itself, and so can't notice."""
    parts = await make_parts(tmp_path, 1.0)
    llama = parts.assembly.llama
    assert llama is not None
    async with listening(parts.assembly):
        os.kill(llama.pid, signal.SIGSTOP)
    assert llama.ended() == "signal 9"


async def test_a_part_that_does_not_come_back_is_tried_with_growing_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """And its trouble is told meanwhile, in its own words."""
    monkeypatch.setattr(supervision, "PAUSES_S", (0.0, 0.02, 0.04, 0.08))
    part, tries = Part(VOICE, PartState.READY), list[float]()

    async def fails(_engine: object) -> None:
        raise HotseatError("no sound today")

    async def make(engine: str) -> str:
        tries.append(asyncio.get_running_loop().time())
        return engine

    broken = Supervisor(part, "engine", make, fails, detail="fine")
    async with kept(broken):
        broken.report()
        while len(tries) < 6:
            await asyncio.sleep(0.01)
    assert (part.state, part.detail) == ("degraded", "no sound today; trying again") and broken.engine is None
    pauses = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert all(pause >= least for pause, least in zip(pauses, (0.02, 0.04, 0.08, 0.08), strict=False))


async def test_one_bad_sentence_is_no_trouble() -> None:
    """What fails once is looked at and found well: nothing is replaced."""
    part, speaker = Part(VOICE, PartState.READY), FakeSpeaker(SpeakerError("this one sentence"))

    async def works(_speaker: Speaker) -> None: ...

    async def never(_speaker: Speaker) -> Speaker:
        raise AssertionError("nothing was wrong")

    supervisor: Supervisor[Speaker] = Supervisor(part, speaker, never, works, detail="joe")
    async with kept(supervisor):
        with pytest.raises(SpeakerError, match="this one sentence"):
            await SupervisedSpeaker(supervisor).speak("x")
        await asyncio.sleep(0.1)
    assert part.state == "ready" and supervisor.part.replaced == 0


async def test_a_voice_that_hangs_is_given_up() -> None:
    """The sentence is an error in time, so that the question is shown in writing; then there is a new voice."""

    class Hangs(FakeSpeaker):
        async def speak(self, sentence: str) -> Voice:
            await asyncio.Event().wait()
            raise AssertionError

    async def speaks(speaker: Speaker) -> None:
        await speaker.speak("Okay.")

    seen = asyncio.Event()

    async def new(_old: Speaker) -> Speaker:
        await seen.wait()
        return FakeSpeaker()

    part = Part(VOICE, PartState.READY)
    supervisor: Supervisor[Speaker] = Supervisor(part, Hangs(), new, speaks, detail="joe")
    async with kept(supervisor):
        with pytest.raises(SpeakerError, match="took longer"):
            await SupervisedSpeaker(supervisor).speak("x")
        await until(part, "degraded")
        seen.set()
        await until(part, "ready")
        assert await SupervisedSpeaker(supervisor).speak("x")


async def test_a_remote_model_that_was_away_at_the_start_is_found() -> None:
    """It is asked all the same, and ready once it answers."""
    part, chat = Part(LLM, PartState.READY), FakeChat("hello", error=ChatModelError("away"))

    async def ping(chat: FakeChat) -> None:
        if chat.error is not None:
            raise chat.error

    supervisor: Supervisor[FakeChat] = Supervisor(part, chat, None, ping, detail="far")
    supervisor.degrade("away")
    async with kept(supervisor):
        assert supervisor.engine is chat
        await asyncio.sleep(0.1)
        assert part.state == "degraded"
        chat.error = None
        await until(part, "ready")
    assert part.detail == "far"


@pytest.mark.parametrize("state", ["dead", "hung"])
async def test_speech_is_recognised_by_the_next_recogniser(state: str) -> None:
    """What the last one failed at, or never answered, is not lost."""
    part = Part(HEARING, PartState.READY)

    async def new(_old: FlakyTranscriber) -> FlakyTranscriber:
        return FlakyTranscriber("freeze the base model")

    transcriber = FlakyTranscriber()
    transcriber.state = state
    supervisor: Supervisor[FlakyTranscriber] = Supervisor(
        part, transcriber, new, lambda transcriber: transcriber.live(TranscriberError("dead")), detail="fake"
    )
    job = RecognitionJob("s", np.zeros(1600, np.float32), Priority.FINAL)
    async with kept(supervisor), asyncio.timeout(20):
        await asyncio.sleep(0)
        words = await SupervisedTranscriber(supervisor, Metrics()).recognise(job)  # type: ignore[arg-type]
    assert [word.text for word in words] == ["freeze", "the", "base", "model"] and supervisor.part.replaced == 1


async def test_what_waits_for_a_hung_recogniser_is_not_lost() -> None:
    """Closing the old one drops what its threads never came to; the next one recognises it."""
    stuck, part = threading.Event(), Part(HEARING, PartState.READY)

    def hang(_job: RecognitionJob) -> tuple[Word, ...]:
        stuck.wait()
        return ()

    queue = RecognitionQueue(hang, workers=1)

    class Queued(FakeTranscriber):
        async def recognise(self, job: RecognitionJob) -> tuple[Word, ...]:
            return await queue.run(job)

    async def new(_old: FakeTranscriber) -> FakeTranscriber:
        queue.close()
        await asyncio.sleep(0.1)  # a real one takes longer to load
        return FakeTranscriber("freeze the base model")

    async def hears(transcriber: FakeTranscriber) -> None:
        if isinstance(transcriber, Queued):
            await asyncio.Event().wait()

    supervisor: Supervisor[FakeTranscriber] = Supervisor(part, Queued(), new, hears, detail="fake")
    job = RecognitionJob("s", np.zeros(1600, np.float32), Priority.FINAL)
    async with kept(supervisor), asyncio.timeout(20):
        first = asyncio.ensure_future(SupervisedTranscriber(supervisor, Metrics()).recognise(job))
        words = await SupervisedTranscriber(supervisor, Metrics()).recognise(job)
        assert words == await first
    stuck.set()
    assert [word.text for word in words] == ["freeze", "the", "base", "model"]


@pytest.mark.parametrize(("name", "ready"), [(LLM, True), (VOICE, True), (HEARING, False)])
async def test_degraded_is_said_everywhere(tmp_path: Path, name: str, ready: bool) -> None:
    """In /api/status, in /readyz, which only misses the recogniser, and in the numbers."""
    assembly: Assembly = fake_assembly(tmp_path)
    assembly.status.parts = {
        name: Part(name, PartState.DEGRADED, "the process ended (signal 9); trying again"),
        "Storage": Part("Storage", PartState.READY),
    }
    async with client(assembly) as browser:
        readyz = await browser.get("/readyz")
        assert (readyz.status_code, readyz.json()) == (200 if ready else 503, {"ready": ready, "degraded": [name]})
        [told, _] = (await browser.get("/api/status")).json()["parts"]
        assert told["state"] == "degraded" and "signal 9" in told["detail"]
        numbers = (await browser.get("/metrics")).text
        assert f'hotseat_part_up{{part="{name}"}} 0.0' in numbers and 'hotseat_part_up{part="Storage"} 1.0' in numbers
    await assembly.storage.store.close()


async def test_interviews_survive_chaos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few seconds of interviews while parts die and hang; ``python -m benchmarks.chaos`` takes ten minutes."""
    monkeypatch.setattr("hotseat.engines.llama_chat.HEALTH_TIMEOUT_S", 0.5)
    found = await chaos(tmp_path, 6.0, seed=7)
    assert (found.stuck, found.lost) == (0, 0) and found.interviews >= 2
    assert set(found.states.values()) == {"ready"}
    assert sum(found.replaced.values()) >= 1
