"""Messages and frames that no client should send are answered with an error, and the interview goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import httpx
import pytest
from hotseat import wire

from tests.conftest import ServerProcess
from tests.support.fake_interview import LOUD, finish
from tests.support.light_server import LightServer
from tests.support.wire_candidate import WireCandidate, sitting_at

ANSWER = "LoRA freezes the base model and trains two small low-rank matrices, so far fewer parameters are trained."

BAD: list[tuple[str | bytes, str]] = [
    ("", "malformed"),
    ("hello", "malformed"),
    ("{", "malformed"),
    ("null", "malformed"),
    ("[]", "malformed"),
    ('"start"', "malformed"),
    ("[" * 20_000, "malformed"),
    ("{}", "unknown_type"),
    ('{"type": null}', "unknown_type"),
    ('{"type": ["done"]}', "unknown_type"),
    ('{"type": "hack"}', "unknown_type"),
    ('{"type": "state", "phase": "finished"}', "unknown_type"),
    ('{"type": "done"}', "malformed"),
    ('{"type": "done", "turn_id": "one"}', "malformed"),
    ('{"type": "done", "turn_id": 1.5}', "malformed"),
    ('{"type": "done", "turn_id": 1, "verdict": "Strong Hire"}', "malformed"),
    ('{"type": "ping", "t": NaN}', "malformed"),
    ('{"type": "ping", "t": 1e999}', "malformed"),
    ('{"type": "mic", "state": "hot"}', "malformed"),
    (json.dumps({"type": "typed", "turn_id": 1, "text": "x" * 8_001}), "malformed"),
    (json.dumps({"type": "typed", "turn_id": 1, "text": "x" * 40_000}), "oversized"),
    ("é" * 20_000, "oversized"),
    (b"", "malformed"),
    (b"\x01", "malformed"),
    (bytes(8), "malformed"),
    (bytes(8) + b"\x01", "malformed"),
    (bytes(8) + bytes(641), "malformed"),
    (bytes(8 + 16_002), "oversized"),
    (bytes(400_000), "oversized"),
]


@pytest.fixture(scope="module")
def plain_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server in a process of its own; its models are stand-ins, for what is abused here is in front of them."""
    server = LightServer(tmp_path_factory.mktemp("data")).wait_until_ready()
    yield server
    server.stop()


async def errors(candidate: WireCandidate, *bad: str | bytes) -> list[str]:
    """The codes of the errors that these frames get, in order."""
    before = len(candidate.of(wire.ErrorMessage))
    for frame in bad:
        await candidate.say_raw(frame)
    marker = float(len(candidate.sent))
    await candidate.say(type="ping", t=marker)
    await candidate.until_sent(wire.Pong, lambda pong: pong.t == marker)
    found = candidate.of(wire.ErrorMessage)[before:]
    assert all(error.text for error in found)
    return [error.code for error in found]


async def finish_typing(candidate: WireCandidate) -> None:
    """Sits the interview to its end and finds it whole in the review."""
    for turn_id in (1, 2):
        await candidate.type(turn_id, ANSWER)
    await finish(candidate, 60)
    [entry] = (await candidate.review())["rounds"]
    assert [answer["text"] for answer in entry["answers"]] == [ANSWER, ANSWER]
    assert entry["grade"]["verdict"]


async def test_bad_frames_get_an_error_each(plain_server: ServerProcess) -> None:
    """Malformed, unknown and oversized frames are told apart, before the start and in mid-question; nothing changes."""
    async with sitting_at(plain_server.url) as candidate:
        await candidate.until("ready")
        assert await errors(candidate, *(frame for frame, _ in BAD)) == [code for _, code in BAD]
        assert candidate.state.phase == "ready"
        await candidate.say(type="start")
        await candidate.until("asking", 1)
        for frame, code in BAD:
            assert await errors(candidate, frame) == [code], frame[:80]
        assert (candidate.state.phase, candidate.state.turn_id) == ("asking", 1)
        await finish_typing(candidate)


async def test_messages_that_make_no_sense_now(plain_server: ServerProcess) -> None:
    """Clicks for other turns are dropped without a word, a second start is refused, and neither changes anything."""
    async with sitting_at(plain_server.url) as candidate:
        await candidate.until("ready")
        await candidate.say(type="done", turn_id=0)
        await candidate.say(type="start")
        await candidate.until("asking", 1)
        await candidate.say(type="start")
        await candidate.until_sent(wire.ErrorMessage, lambda error: error.code == "unexpected")
        for turn_id in (-(2**70), -1, 0, 2, 3, 2**31, 2**70):
            for kind in ("playback.done", "barge_in", "done", "skip", "hint"):
                await candidate.say(type=kind, turn_id=turn_id)
            await candidate.say(type="typed", turn_id=turn_id, text="from another turn")
        assert await errors(candidate, wire.pack_frame(7, 0, LOUD), wire.pack_frame(2**32 - 1, 2**32 - 1, LOUD)) == []
        assert (candidate.state.phase, candidate.state.turn_id) == ("asking", 1)
        await finish_typing(candidate)


async def test_a_flood_is_told_once_and_kept_out(plain_server: ServerProcess) -> None:
    """Sixty seconds of audio sent at once leave two seconds of it; the same frame sent again and again counts once."""
    async with sitting_at(plain_server.url) as candidate:
        await candidate.say(type="start")
        await candidate.hear(1)
        await candidate.say(type="barge_in", turn_id=1)
        await candidate.until("answering", 1)
        assert await errors(candidate, *(wire.pack_frame(1, number, LOUD) for number in range(1_500))) == ["flood"]
        for _ in range(200):
            await candidate.say_raw(wire.pack_frame(1, 0, LOUD))
        await candidate.say(type="done", turn_id=1)
        answer = await candidate.until_sent(wire.AnswerMessage)
        assert 1.5 <= answer.duration_s <= 6.0
        await candidate.say(type="end")
        await finish(candidate, 60)
        assert (await candidate.review())["finished"]


async def test_a_flood_of_messages_is_answered_in_full(plain_server: ServerProcess) -> None:
    """Each of 1,500 bad frames gets its error, and another candidate hears a question meanwhile."""
    async with sitting_at(plain_server.url) as candidate, sitting_at(plain_server.url) as other:
        await candidate.say(type="start")
        await candidate.until("asking", 1)
        flood = asyncio.create_task(errors(candidate, *["{"] * 1_500))
        await other.say(type="start")
        await other.hear(1)
        assert await flood == ["malformed"] * 1_500
        await finish_typing(candidate)


async def test_a_frame_beyond_all_bounds_ends_the_connection_only(plain_server: ServerProcess) -> None:
    """The server hangs up on half a megabyte in one frame; the candidate connects again and goes on."""
    async with sitting_at(plain_server.url) as candidate:
        await candidate.say(type="start")
        await candidate.until("asking", 1)
        await candidate.say_raw(bytes(600_000))
        assert (await candidate.until_closed())[0] == 1009
        await candidate.connect()
        await finish_typing(candidate)


async def test_a_socket_to_nowhere_is_refused(plain_server: ServerProcess) -> None:
    """An unknown interview gets a reason, and an id that is a path gets nothing."""
    async with sitting_at(plain_server.url) as candidate:
        lost = WireCandidate(plain_server.url, "nothere")
        await lost.connect()
        assert await lost.until_closed() == (4404, "there is no such interview")
        async with httpx.AsyncClient() as http:
            reply = await http.get(f"{plain_server.url}/api/interviews/..%2f..%2fhotseat.db/turns/1/audio.wav")
            assert reply.status_code in (404, 503) and b"SQLite" not in reply.content
        await candidate.say(type="end")
        await finish(candidate)
