"""Metrics, log lines without transcripts, and an orderly shutdown."""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hotseat import wire
from hotseat.domain.model import Verdict
from hotseat.engines.native_memory import release_free_memory

from benchmarks.memory import resident_mb
from tests.audio.speech import say
from tests.conftest import NO_MODELS, ServerProcess
from tests.support.fake_interview import finish, sitting
from tests.support.fakes import FakeGrader, fake_assembly
from tests.support.in_process_server import client
from tests.support.light_server import LightServer
from tests.support.scripted_llm import Script, scripted_llm
from tests.support.wire_candidate import WireCandidate, sitting_at

CANARY = (
    "In Antwerp my grandmother has seventeen purple canaries freeze the base weights and train two small matrices with far "
    "fewer parameters."
)
"""Its first words are in no question; the last ones may or may not make a point about LoRA, so that the model is asked."""
HANGING = """
import time
from concurrent.futures import ThreadPoolExecutor
from hotseat.__main__ import main

ThreadPoolExecutor().submit(time.sleep, 600)
main()
"""


@pytest.fixture
def light(tmp_path: Path) -> Iterator[Callable[..., LightServer]]:
    """Starts light servers; all are stopped at the end."""
    started: list[LightServer] = []

    def start(**environment: str) -> LightServer:
        started.append(LightServer(tmp_path / f"data{len(started)}", **environment))
        return started[-1]

    yield start
    for server in started:
        server.stop()


def numbers(text: str) -> dict[str, float]:
    """The samples of /metrics by name and labels."""
    found = re.findall(r"^(hotseat_[^ ]+) ([^ ]+)$", text, re.MULTILINE)
    return {name: float(value) for name, value in found}


async def test_every_stage_is_measured(tmp_path: Path) -> None:
    """After one interview /metrics has its waits, answers, the stand-ins that were needed and nothing running any more."""
    assembly = fake_assembly(tmp_path)
    async with sitting(assembly) as (_, candidate):
        candidate.say(type="start")
        await candidate.answer()
        await candidate.answer()
        during = numbers(assembly.metrics.render().decode())
        await finish(candidate)
        await asyncio.sleep(0.05)
        async with client(assembly) as http:
            reply = await http.get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain; version=")
    after = numbers(reply.text)
    assert during["hotseat_active_interviews"] == 1 and after["hotseat_active_interviews"] == 0
    assert after['hotseat_answers_total{ended_by="done"}'] == 2
    assert 'hotseat_fallbacks_total{part="findings"}' not in after
    for stage, count in {"acknowledgement": 2, "final_transcript": 2, "reply_audio": 1, "grade": 1}.items():
        assert after[f'hotseat_stage_seconds_count{{stage="{stage}"}}'] == count, stage
        assert after[f'hotseat_stage_seconds_sum{{stage="{stage}"}}'] < 5.0 * count


def test_numeric_libraries_start_no_threads() -> None:
    """What tells them so comes before the first of them is imported: numpy would start one for each core."""
    code = (
        "import sys, os, hotseat.cli.main; assert 'numpy' not in sys.modules; hotseat.cli.main.limit_native_memory();"
        "import numpy; numpy.ones((300, 300)) @ numpy.ones((300, 300)); print(len(os.listdir('/proc/self/task')))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "1\n"


def test_freed_memory_goes_back_to_the_system() -> None:
    """A hundred megabytes freed below something that stays are not kept."""
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    blocks = [libc.malloc(65_536) for _ in range(1_600)]
    for block in blocks:
        ctypes.memset(block, 1, 65_536)
    full = resident_mb(os.getpid())
    for block in blocks[:-1]:
        libc.free(ctypes.c_void_p(block))
    release_free_memory()
    assert resident_mb(os.getpid()) < full - 80
    libc.free(ctypes.c_void_p(blocks[-1]))


async def test_stopping_waits_for_grades_under_way(tmp_path: Path) -> None:
    """Stopping refuses new interviews in words and waits for a grade under way, not for an answer being given."""
    assembly = fake_assembly(tmp_path)

    class Slow(FakeGrader):
        async def grade(self, *arguments: object) -> object:  # type: ignore[override]
            await asyncio.sleep(0.3)
            return await super().grade(*arguments)  # type: ignore[arg-type]

    assembly.graders.in_use = Slow()
    async with sitting(assembly) as (interviews, candidate):
        candidate.say(type="start")
        await candidate.answer()
        await candidate.answer()
        await candidate.until("grading")
        draining = asyncio.create_task(interviews.drain())
        await asyncio.sleep(0.05)
        async with client(assembly) as http:
            assert (await http.get("/readyz")).status_code == 503
        await draining
        assert candidate.of(wire.GradeMessage)[0].verdict == Verdict.LEAN_HIRE.value


@pytest.mark.parametrize("handler", ["default_int_handler", "SIG_IGN"])
def test_ctrl_c_ends_a_server_whose_models_hang(tmp_path: Path, handler: str) -> None:
    """As soon as everything is stored, also in a script's background: nothing can end a thread that hangs in native code."""

    class Hanging(ServerProcess):
        command = (sys.executable, "-c", f"import signal; signal.signal(signal.SIGINT, signal.{handler}){HANGING}", "serve")

    server = Hanging(tmp_path, **NO_MODELS).wait_until_served()
    assert server.process is not None
    server.process.send_signal(signal.SIGINT)
    try:
        assert server.process.wait(30) == (130 if handler == "default_int_handler" else 0)
    finally:
        server.stop()


async def test_sigterm_in_mid_answer(light: Callable[..., LightServer]) -> None:
    """Everything said is on disk before the socket closes with a code that brings the page back; the process ends at once."""
    server = light().wait_until_ready()
    async with sitting_at(server.url) as candidate:
        await candidate.say(type="start")
        await candidate.hear(1)
        await candidate.speak(1, say(CANARY)[:32_000])
        await candidate.until("answering", 1)
        await candidate.say(type="ping", t=1.0)
        await candidate.until_sent(wire.Pong)
        assert server.process is not None
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        code, words = await candidate.until_closed()
        server.process.wait(8)
        took = time.monotonic() - began
        assert code == 1001 and "goes on" in words
        assert took < 7.0
        [stored] = (server.data_dir / "audio" / candidate.id).glob("001.f*.pcm")
        first = int(stored.name.split(".")[1][1:])
        assert stored.read_bytes() == b"".join(candidate.sent_frames[first:])
        server.start()
        server.wait_until_ready()
        candidate.sent.clear()
        await candidate.connect()
        state = await candidate.until("answering", 1)
        assert state.next_frame == len(candidate.sent_frames)
        await candidate.say(type="done", turn_id=1)
        await candidate.type(2, "and it is merged")
        await finish(candidate, 20)
        assert len((await candidate.review())["rounds"][0]["answers"]) == 2


async def test_nothing_said_is_in_the_log(start_server: Callable[..., ServerProcess]) -> None:
    """At debug level no line has a spoken or typed word, nor one that the language model's server throws back."""
    with scripted_llm(Script(echo=True)) as llm:
        server = start_server(
            HOTSEAT_LLM__URL=llm.url,
            HOTSEAT_LLM__REPLY_S="20",
            HOTSEAT_GRADER="llm",
            HOTSEAT_TTS__VOICE="off",
            HOTSEAT_LOG_LEVEL="debug",
            HOTSEAT_LOG_STYLE="json",
        ).wait_until_ready()
        try:
            async with sitting_at(server.url) as candidate:
                await candidate.say(type="start")
                await candidate.until("asking", 1)
                await candidate.say(type="playback.done", turn_id=1)
                await candidate.until("thinking", 1)
                await candidate.speak(1, say(CANARY))
                await candidate.say(type="done", turn_id=1)
                heard = await candidate.until_sent(wire.AnswerMessage)
                await say_badly(candidate)
                await candidate.type(2, CANARY)
                await finish(candidate, 60)
        finally:
            server.stop()
    assert any("purple" in json.dumps(asked) for asked in llm.asked), (
        "the language model was never asked, so this proves nothing about it"
    )
    secret = {"grandmother", "purple", "canaries", "antwerp", "seventeen"}
    assert "purple" in heard.text.lower()
    log = server.log()
    assert not [word for word in secret if word in log.lower()]
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert {"time", "level", "logger", "interview", "message"} == set(lines[0])
    assert any(line["interview"] == candidate.id for line in lines)
    messages = [line["message"] for line in lines]
    assert any("model" in message and "HTTP 422" in message for message in messages), messages


async def say_badly(candidate: WireCandidate) -> None:
    """Frames that are refused, with the canary in them."""
    for bad in (CANARY, json.dumps({"type": "typed", "turn_id": CANARY, "text": CANARY}), json.dumps({"type": CANARY})):
        await candidate.say_raw(bad)
    await candidate.until_sent(wire.ErrorMessage, lambda error: error.code == "unknown_type")
