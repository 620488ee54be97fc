"""What unauthenticated clients can cost: the most expensive requests, from more clients than the server admits.

    python -m benchmarks.strangers

Each attack comes from sixteen addresses of this machine. Meanwhile the memory, open files, log and data directory of a light
server with accounts are measured; /healthz has to answer within a second.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from benchmarks.crowd import DESCRIPTORS, HEALTHY_S, open_files
from benchmarks.memory import resident_mb
from tests.conftest import ServerProcess
from tests.support.light_server import LightServer

ADDRESSES = 16
HOLD_S = 5.0
"""How long each attack is watched once everybody is there."""
_POST = b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
_SOCKET = (
    b"GET /api/interviews/x/socket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
SENT = {
    "half a request of 16 kB": b"GET /login HTTP/1.1\r\nHost: localhost\r\nX-Half: " + b"x" * 16_000,
    "a form of 16 kB without its end": _POST % 16_384 + b"x" * 16_000,
    "a megabyte": _POST % 1_000_000 + b"x" * 999_999,
    "a socket": _SOCKET,
    "three megabytes that nobody reads": b"GET /static/fonts/inter.woff2 HTTP/1.1\r\nHost: localhost\r\n\r\n" * 120,
    "no HTTP": b"\x00\xff\r\n\r\n",
}
"""What each stranger sends before waiting, by what it is."""


@dataclass(slots=True)
class Cost:
    """What an attack added, at its worst."""

    memory_mb: float = 0.0
    files: int = 0
    log_bytes: int = 0
    data_bytes: int = 0
    health_s: float = 0.0
    """The longest that /healthz took."""


class Watch:
    """Measures a server until it is stopped."""

    def __init__(self, server: ServerProcess) -> None:
        assert server.process is not None
        self._server, self._pid = server, server.process.pid
        self._before = self._now()
        self.cost = Cost()

    def _now(self) -> tuple[float, int, int, int]:
        data = sum(path.stat().st_size for path in self._server.data_dir.glob("hotseat.db*"))
        log = (self._server.data_dir / "server.log").stat().st_size
        return resident_mb(self._pid), open_files(self._pid), log, data

    async def keep(self) -> None:
        async with httpx.AsyncClient(limits=httpx.Limits(max_keepalive_connections=0)) as http:
            while True:
                began = time.monotonic()
                assert (await http.get(f"{self._server.url}/healthz")).status_code == 200
                self.cost.health_s = max(self.cost.health_s, time.monotonic() - began)
                more = [now - before for now, before in zip(self._now(), self._before, strict=True)]
                self.cost.memory_mb = max(self.cost.memory_mb, more[0])
                self.cost.files = max(self.cost.files, int(more[1]))
                self.cost.log_bytes, self.cost.data_bytes = int(more[2]), int(more[3])
                await asyncio.sleep(0.1)


async def watched(server: ServerProcess, attack: Awaitable[None]) -> Cost:
    watch = Watch(server)
    watching = asyncio.create_task(watch.keep())
    await attack
    await asyncio.sleep(0.3)
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching
    return watch.cost


async def connected(port: int, number: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    here = (f"127.0.0.{2 + number % ADDRESSES}", 0)
    return await asyncio.open_connection("127.0.0.1", port, local_addr=here)


async def hold(port: int, strangers: int, sent: bytes) -> None:
    """Everybody sends it and stays, reading nothing, for as long as the server lets them."""
    writers = []
    for number in range(strangers):
        _reader, writer = await connected(port, number)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(sent)
        writers.append(writer)
    await asyncio.sleep(HOLD_S)
    for writer in writers:
        writer.transport.abort()


async def guess(url: str, guesses: int) -> None:
    """Wrong passwords, each at another name; a proxy that is trusted says that each comes from another address."""
    async with httpx.AsyncClient(base_url=url, timeout=600) as http:
        page = await http.get("/login")
        [token] = re.findall(r'name="form_token" value="(\w+)"', page.text)

        async def one(number: int) -> None:
            form = {"form_token": token, "name": f"nobody {number}", "password": "a wrong password"}
            headers = {
                "content-type": "application/x-www-form-urlencoded",
                "origin": url,
                "x-forwarded-for": f"2001:db8:{number:x}::1",
            }
            assert (await http.post("/login", content=urlencode(form), headers=headers)).status_code == 403

        for start in range(0, guesses, 50):
            await asyncio.gather(*(one(number) for number in range(start, min(guesses, start + 50))))


async def measure(server: ServerProcess, strangers: int, guesses: int, tell: Callable[[str, Cost], None]) -> dict[str, Cost]:
    attacks: dict[str, Callable[[], Any]] = {
        what: lambda sent=sent: hold(server.port, strangers, sent)  # type: ignore[misc]
        for what, sent in SENT.items()
    }
    attacks[f"{guesses} wrong passwords"] = lambda: guess(server.url, guesses)
    costs = {}
    for what, attack in attacks.items():
        costs[what] = await watched(server, attack())
        tell(what, costs[what])
    return costs


def strangers_at(folder: Path, strangers: int, guesses: int, tell: Callable[[str, Cost], None]) -> dict[str, Cost]:
    server = LightServer(folder, ("prlimit", f"--nofile={DESCRIPTORS}", "--"), HOTSEAT_ACCOUNTS="1")
    try:
        return asyncio.run(measure(server.wait_until_ready(), strangers, guesses, tell))
    finally:
        server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strangers", type=int, default=1_000)
    parser.add_argument("--guesses", type=int, default=1_000)
    given = parser.parse_args()
    print("attack: MB of memory, open files, bytes of log, bytes of data, worst seconds of /healthz")
    with tempfile.TemporaryDirectory() as folder:
        costs = strangers_at(
            Path(folder) / "data",
            given.strangers,
            given.guesses,
            lambda what, cost: print(
                f"{what}: {cost.memory_mb:.0f}, {cost.files}, {cost.log_bytes}, {cost.data_bytes}, {cost.health_s:.2f}",
                flush=True,
            ),
        )
    sys.exit(any(cost.health_s > HEALTHY_S for cost in costs.values()))


if __name__ == "__main__":
    main()
