"""Crashes, full or read-only disks and missing weights: nothing that was said is lost, and the page is served."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from hotseat import wire
from hotseat.speech.audio import SAMPLE_RATE

from tests.audio.speech import say
from tests.conftest import ServerProcess, share_models
from tests.support.command_line import hotseat
from tests.support.disks import fill, mounted
from tests.support.fake_interview import finish
from tests.support.wire_candidate import FRAME, sitting_at

FIRST = "LoRA freezes the base model and adds small trainable matrices to it."
BEFORE = "Each weight update is the product of two small matrices. "
AFTER = "At the end they can be merged into the original weights."
LIGHT = {"HOTSEAT_LLM__URL": "off", "HOTSEAT_GRADER": "embedded", "HOTSEAT_TTS__VOICE": "off"}


async def test_kill_9_in_mid_answer(start_server: Callable[..., ServerProcess]) -> None:
    """After SIGKILL the finished answer is intact, the open one lost at most a second, and the interview is completed."""
    server = start_server().wait_until_ready()
    try:
        async with sitting_at(server.url) as candidate:
            await candidate.say(type="start")
            first = await candidate.answer(1, say(FIRST))
            await candidate.hear(2)
            candidate.sent_frames = []
            await candidate.speak(2, say(BEFORE))
            assert server.process is not None
            server.kill()
            sent = list(candidate.sent_frames)
            assert (await candidate.until_closed())[0] == 1006

            [stored] = (server.data_dir / "audio" / candidate.id).glob("002.f*.pcm")
            first_frame = int(stored.name.split(".f")[1].removesuffix(".pcm"))
            audio = b"".join(sent)[first_frame * 2 * FRAME :]
            kept = stored.read_bytes()
            assert audio.startswith(kept)
            assert len(audio) - len(kept) <= 2 * SAMPLE_RATE

            server.start()
            server.wait_until_ready()
            candidate.sent.clear()
            await candidate.connect()
            state = await candidate.until("answering", 2)
            assert len(sent) - SAMPLE_RATE // FRAME <= state.next_frame <= len(sent)
            assert state.limit_ms is not None and state.remaining_ms is not None
            assert state.limit_ms - state.remaining_ms <= len(sent) * 40 + 500, "the clock stood while there was no server"
            candidate.sent_frames = sent[: state.next_frame]  # the page still has the rest and sends it again
            for number in range(state.next_frame, len(sent)):
                await candidate.say_raw(wire.pack_frame(2, number, sent[number]))
                candidate.sent_frames.append(sent[number])
            await candidate.speak(2, say(AFTER))
            await candidate.say(type="done", turn_id=2)
            await finish(candidate, 180)
            review = await candidate.review()
    finally:
        server.stop()
    assert review["finished"]
    [entry] = review["rounds"]
    answers = entry["answers"]
    assert answers[0]["text"] == first.text and "freezes the base model" in first.text
    text = answers[1]["text"].lower()
    assert "product of two small matrices" in text, text  # heard before the kill
    assert "merged into the original weights" in text, text  # and after it
    assert answers[1]["duration_s"] == pytest.approx((len(say(BEFORE)) + len(say(AFTER))) / SAMPLE_RATE, abs=1.0)
    assert entry["grade"]["verdict"]


async def test_kill_9_between_two_states(start_server: Callable[..., ServerProcess]) -> None:
    """Killed right after an answer ended, the server finishes it by itself when it is back, without any browser."""
    server = start_server(**LIGHT).wait_until_ready()
    try:
        async with sitting_at(server.url, follow_ups=0) as candidate:
            await candidate.say(type="start")
            await candidate.until("asking", 1)
            await candidate.say(type="playback.done", turn_id=1)
            await candidate.until("thinking", 1)
            await candidate.speak(1, say(FIRST))
            await candidate.say(type="done", turn_id=1)
            await candidate.until("finalising", 1)
            server.kill()
            await candidate.until_closed()
            server.start()
            server.wait_until_ready()
            async with asyncio.timeout(60):
                while not (review := await candidate.review())["finished"]:
                    await asyncio.sleep(0.2)
    finally:
        server.stop()
    [entry] = review["rounds"]
    assert "freezes the base model" in entry["answers"][0]["text"]
    assert entry["grade"]["verdict"]


# ---- The data directory ---------------------------------------------------------------------------------------------


async def test_a_disk_that_fills_up_in_mid_interview(start_server: Callable[..., ServerProcess], tmp_path: Path) -> None:
    """The candidate is told at once and goes on; what was said meanwhile is stored whole as soon as there is room."""
    with mounted(tmp_path / "small", "3m") as small:
        share_models(small)
        server = start_server(**LIGHT, HOTSEAT_DATA_DIR=str(small)).wait_until_ready()
        try:
            async with sitting_at(server.url) as candidate:
                await candidate.say(type="start")
                await candidate.until("asking", 1)
                await candidate.say(type="playback.done", turn_id=1)
                await candidate.until("thinking", 1)
                speech = say(FIRST)
                half = len(speech) // 2 // FRAME * FRAME
                await candidate.speak(1, speech[:half])
                filler = fill(small)
                await candidate.speak(1, speech[half:])
                notice = await candidate.until_sent(wire.Notice, lambda notice: notice.code == "storage")
                assert "not being saved" in notice.text and str(small) not in notice.text
                await candidate.say(type="done", turn_id=1)
                await candidate.until("asking", 2)
                filler.unlink()
                await candidate.type(2, AFTER)
                await finish(candidate, 60)
                review = await candidate.review()
                async with httpx.AsyncClient(base_url=server.url) as http:
                    stored = (await http.get(review["rounds"][0]["answers"][0]["audio"])).content
            server.kill()  # what was only in memory is gone
            server.start()
            server.wait_until_ready()
            again = await candidate.review()
        finally:
            server.stop()
    assert again == review
    [entry] = again["rounds"]
    assert "freezes the base model" in entry["answers"][0]["text"] and entry["answers"][1]["text"] == AFTER
    assert entry["answers"][0]["duration_s"] == pytest.approx(len(speech) / SAMPLE_RATE, abs=0.5)
    assert (len(stored) - 44) / 2 / SAMPLE_RATE == pytest.approx(entry["answers"][0]["duration_s"], abs=0.01)


def test_a_data_directory_that_is_full_at_the_start(start_server: Callable[..., ServerProcess], tmp_path: Path) -> None:
    """The page is served and says that the disk is full."""
    with mounted(tmp_path / "full", "64k") as full:
        share_models(full)
        fill(full)
        server = start_server(**LIGHT, HOTSEAT_DATA_DIR=str(full))
        try:
            parts = settled_parts(server)
            assert parts["Storage"]["state"] == "failed"
            assert "full" in parts["Storage"]["detail"]
        finally:
            server.stop()


def test_a_read_only_data_directory(tmp_path: Path) -> None:
    """Serving ends at once with one line that names the directory and the way out."""
    with mounted(tmp_path / "locked", "64k") as locked:
        subprocess.run(["mount", "-o", "remount,ro", str(locked)], check=True)
        ended = hotseat("serve", "--port", "0", HOTSEAT_DATA_DIR=str(locked))
        assert ended.returncode == 2, "a setting that can be chosen otherwise"
        [line] = ended.stderr.splitlines()
        assert str(locked) in line and "HOTSEAT_DATA_DIR" in line


# ---- Missing weights ------------------------------------------------------------------------------------------------


def test_missing_weights_are_named_on_the_page(start_server: Callable[..., ServerProcess]) -> None:
    """A model or voice that is not there fails its part with the path; the page is served, and no interview begins."""
    server = start_server(HOTSEAT_ASR__MODEL="/nowhere/whisper", HOTSEAT_TTS__VOICE="/nowhere/joe.onnx", HOTSEAT_LLM__URL="off")
    try:
        parts = settled_parts(server)
        assert {name for name, part in parts.items() if part["state"] == "failed"} == {"Speech recognition", "Voice"}
        assert parts["Speech recognition"]["detail"] == "there is no speech recognition model at /nowhere/whisper"
        assert parts["Voice"]["detail"].startswith("there is no Piper voice at /nowhere/joe.onnx")
        assert httpx.get(f"{server.url}/readyz").status_code == 503
        asyncio.run(refused(server.url))
    finally:
        server.stop()


async def refused(url: str) -> None:
    async with sitting_at(url) as candidate:
        assert (await candidate.until_closed())[0] == 4503


def settled_parts(server: ServerProcess) -> dict[str, dict[str, Any]]:
    """The parts of /api/status by name once nothing is loading any more; the page is there all the while."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            status = httpx.get(f"{server.url}/api/status").json()
        except httpx.TransportError:
            time.sleep(0.1)
            continue
        page = httpx.get(server.url)
        assert page.status_code == 200 and "Hotseat" in page.text
        if not any(part["state"] == "loading" for part in status["parts"]):
            assert not status["ready"]
            return {part["name"]: part for part in status["parts"]}
        time.sleep(0.1)
    raise AssertionError(f"still loading:\n{server.log()}")
