"""Idle connections, a stalled upload and forgotten tabs beside one candidate, who must not notice them.

    python -m benchmarks.crowd --strangers 1100 --more 10000

The light server may have 1,024 files open. A candidate is interviewed first alone, then beside eight tabs that were never
started, an import that stalls after its first bytes, and strangers of whom half send half a request; more strangers come during
further interviews. Every answer must be stored whole, a `ping` may take at most 0.1 s longer than before, /healthz a second,
and the server's log may grow by a megabyte. Timeouts for tabs (120 s) and request bodies (20 s) are cut to 5 s. Only addresses
of this machine are contacted.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import websockets
from hotseat import wire

from benchmarks.memory import resident_mb
from tests.conftest import ServerProcess
from tests.support.fake_interview import LOUD
from tests.support.light_server import LightServer
from tests.support.wire_candidate import WireCandidate

DESCRIPTORS = 1_024
"""What most systems let a process open."""
TABS = 8
_HALF = b"GET /login HTTP/1.1\r\nHost: localhost\r\nX-Half: "
_FRAMES = 50
"""Of one answer: two seconds of speech."""
_PINGS = 60
_WAVE = 100
"""Strangers who come at once."""
_AT_A_TIME = 1_000
LOG_BYTES = 1_000_000
SLOWER_S = 0.1
HEALTHY_S = 1.0


@dataclass(frozen=True, slots=True)
class Crowd:
    """What was measured."""

    strangers: int
    ping_idle_s: float
    """95th percentile, as below."""
    ping_crowded_s: float
    health_s: float
    """95th percentile of /healthz in the crowd, each over a new connection."""
    memory_mb: float
    """What the crowd added."""
    connections: int
    """The most that the server had."""
    upload: int
    """Status of the stalled upload."""
    log_bytes: int
    lost: tuple[str, ...]
    """What was wrong; empty when nothing was."""

    @property
    def holds(self) -> bool:
        slower_s = self.ping_crowded_s - self.ping_idle_s
        answers = slower_s <= SLOWER_S and self.health_s <= HEALTHY_S and self.upload == 408
        return not self.lost and answers and self.log_bytes <= LOG_BYTES


async def created(url: str) -> str:
    async with httpx.AsyncClient() as http:
        reply = await http.post(f"{url}/api/interviews", json={"format": "drill", "question_id": "finetuning/lora"})
    return str(reply.json()["id"])


async def pings(candidate: WireCandidate, health: list[float]) -> float:
    """The 95th percentile of the seconds a `ping` takes; those of /healthz are added to the list."""
    took = []
    async with httpx.AsyncClient(limits=httpx.Limits(max_keepalive_connections=0)) as http:
        for number in range(_PINGS):
            began = time.monotonic()
            await candidate.say(type="ping", t=began)
            await candidate.until_sent(wire.Pong, lambda pong, began=began: pong.t == began)  # type: ignore[misc]
            took.append(time.monotonic() - began)
            if number % 8 == 0:
                began = time.monotonic()
                assert (await http.get(f"{candidate.url}/healthz")).status_code == 200
                health.append(time.monotonic() - began)
            await asyncio.sleep(0.05)
    return float(np.quantile(took, 0.95))


async def stranger(port: int, number: int) -> socket.socket | None:
    """Connects and says nothing, or half a request; None where not even that succeeds."""
    one = socket.socket()
    one.setblocking(False)
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(5):
            await loop.sock_connect(one, ("127.0.0.1", port))
            if number % 2:
                await loop.sock_sendall(one, _HALF)
        return one
    except (OSError, TimeoutError):
        one.close()
        return None


async def crowd_in(port: int, count: int) -> list[socket.socket]:
    came: list[socket.socket] = []
    for start in range(0, count, _WAVE):
        wave = await asyncio.gather(*(stranger(port, number) for number in range(start, min(count, start + _WAVE))))
        came += [one for one in wave if one is not None]
    return came


async def stalled_upload(port: int) -> int:
    """Announces 300 MB, sends one and stops; the status that comes of it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /api/import HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300000000\r\n\r\n" + bytes(1 << 20))
    await writer.drain()
    async with asyncio.timeout(60):
        line = await reader.readline()
    writer.close()
    return int(line.split()[1]) if line else 0


async def answered(candidate: WireCandidate, turn_id: int) -> list[str]:
    """Speaks an answer; what is missing of it."""
    await candidate.hear(turn_id)
    for number in range(_FRAMES):
        await candidate.say_raw(wire.pack_frame(turn_id, number, LOUD))
        await asyncio.sleep(0.04)
    await candidate.say(type="done", turn_id=turn_id)
    heard = await candidate.until_sent(wire.AnswerMessage, lambda answer: answer.turn_id == turn_id)
    spoken = [word for word in heard.text.split() if word.isdecimal()]
    return [] if spoken == [str(_FRAMES)] else [f"turn {turn_id} has {heard.text!r} of {_FRAMES} frames"]


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


async def drill(candidate: WireCandidate, health: list[float]) -> tuple[float, list[str]]:
    """Sits the interview to its end; the 95th percentile of the pings meanwhile, and what was lost."""
    await candidate.say(type="start")
    ping_s, *missing = await asyncio.gather(pings(candidate, health), both_answers(candidate))
    await candidate.until_sent(wire.FinishedMessage)
    lost = [*missing[0], *await incomplete(candidate)]
    await candidate.hang_up()
    return ping_s, lost


async def both_answers(candidate: WireCandidate) -> list[str]:
    return [*await answered(candidate, 1), *await answered(candidate, 2)]


async def measure(server: ServerProcess, strangers: int, more: int, tell: Callable[[str], None]) -> Crowd:
    assert server.process is not None
    pid, port, health = server.process.pid, server.port, list[float]()
    alone = WireCandidate(server.url, await created(server.url))
    await alone.connect()
    idle_s, lost = await drill(alone, [])
    tell(f"alone: ping {idle_s * 1000:.1f} ms")
    memory_mb = resident_mb(pid)
    tabs = [WireCandidate(server.url, await created(server.url)) for _ in range(TABS)]
    candidate = WireCandidate(server.url, await created(server.url))
    for tab in tabs:
        await tab.connect()
    pinging = asyncio.create_task(forever_pinging(tabs))
    upload = asyncio.create_task(stalled_upload(port))
    came = await crowd_in(port, strangers)
    files = open_files(pid)
    tell(f"{len(came)} strangers are there; the server has {files} files open")
    await let_in(candidate)
    crowded_s, missing = await drill(candidate, health)
    lost += missing
    for start in range(0, more, _AT_A_TIME):  # each stays until the server ends it, or the next thousand is there
        candidate = WireCandidate(server.url, await created(server.url))
        await let_in(candidate)
        sitting = asyncio.create_task(drill(candidate, health))
        fresh = await crowd_in(port, min(_AT_A_TIME, more - start))
        files = max(files, open_files(pid))
        leave(came)
        came = fresh
        slower_s, missing = await sitting
        crowded_s, lost = max(crowded_s, slower_s), [*lost, *missing]
        tell(f"{strangers + start + _AT_A_TIME} strangers came: ping {slower_s * 1000:.1f} ms")
    memory_mb, status = resident_mb(pid) - memory_mb, await upload
    leave(came)
    pinging.cancel()
    for tab in tabs:
        await tab.hang_up()
    log = (server.data_dir / "server.log").stat().st_size
    health_s = float(np.quantile(health, 0.95))
    return Crowd(strangers + more, idle_s, crowded_s, health_s, memory_mb, files, status, log, tuple(lost))


async def forever_pinging(tabs: Sequence[WireCandidate]) -> None:
    """What a page does in a tab that nobody looks at."""
    while True:
        for tab in tabs:
            with contextlib.suppress(websockets.ConnectionClosed):
                await tab.say(type="ping", t=0.0)
        await asyncio.sleep(1)


def leave(strangers: Sequence[socket.socket]) -> None:
    for one in strangers:
        one.close()


async def let_in(candidate: WireCandidate) -> None:
    """A forgotten tab gives its place up once it has been there for long enough."""
    deadline = time.monotonic() + 60
    while True:
        candidate.sent.clear()
        await candidate.connect()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2):
                await candidate.until_sent(wire.StateMessage)
                return
        assert time.monotonic() < deadline, "the candidate was not let in"
        await asyncio.sleep(0.5)


async def incomplete(candidate: WireCandidate) -> list[str]:
    """What the review lacks."""
    [entry] = (await candidate.review())["rounds"]
    kept = [answer["duration_s"] for answer in entry["answers"]]
    return [] if len(kept) == 2 and entry["grade"] else [f"the review has answers of {kept} s and grade {entry['grade']}"]


async def crowd(folder: Path, strangers: int, more: int, tell: Callable[[str], None]) -> Crowd:
    command = ("prlimit", f"--nofile={DESCRIPTORS}", "--")
    server = LightServer(folder, command, LIGHT_UNSTARTED_S="5", LIGHT_SILENT_BODY_S="5")
    try:
        return await measure(server.wait_until_ready(), strangers, more, tell)
    finally:
        server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strangers", type=int, default=1_100)
    parser.add_argument("--more", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(
            crowd(Path(folder) / "data", given.strangers, given.more, lambda text: print(text, file=sys.stderr))
        )
    values: dict[str, Any] = asdict(found) | {"holds": found.holds}
    print(json.dumps(values, indent=2) if given.json else "\n".join(f"{name}: {value}" for name, value in values.items()))
    sys.exit(not found.holds)


if __name__ == "__main__":
    main()
