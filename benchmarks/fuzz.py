"""Fuzzes the WebSocket and the HTTP routes with hypothesis and schemathesis: no crash, no hang, no 5xx.

    python -m benchmarks.fuzz socket --inputs 80000 --seed 1
    python -m benchmarks.fuzz routes --inputs 20000 --seed 1

The socket's inputs go to the whole application in this process, the routes' to a light server in its own process.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import math
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import httpx
from hotseat import wire
from hotseat.http.app import create_app
from hotseat.startup.assembly import Assembly
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.support.fakes import fake_assembly
from tests.support.light_server import LightServer, prepare

PATIENCE_S = 10.0
"""A session that does not answer a ping for so long, or does not end when told to, hangs."""
RECONNECT, WAIT = "reconnect", "wait"

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
_turn = st.integers(0, 4) | st.integers()
_types = [kind.model_fields["type"].default for kind in get_args(get_args(wire.ClientMessage)[0])]
_likely = st.fixed_dictionaries(
    {"type": st.sampled_from(_types), "turn_id": _turn},
    optional={"text": st.text(max_size=60), "state": st.sampled_from(["on", "off", "hot"]), "t": st.floats()},
)
_valid = st.one_of(
    st.sampled_from([{"type": "start"}, {"type": "ping", "t": 1.0}, {"type": "mic", "state": "on"}]),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["playback.done", "barge_in", "done", "skip", "hint"]), "turn_id": st.integers(0, 4)}
    ),
    st.fixed_dictionaries({"type": st.just("typed"), "turn_id": st.integers(0, 4), "text": st.text(min_size=1, max_size=40)}),
)
_pcm = st.builds(lambda piece, times: piece * times, st.binary(max_size=8), st.sampled_from([1, 3, 160, 161, 1_000, 3_000]))
_frame = st.builds(wire.pack_frame, st.integers(0, 4), st.integers(0, 60) | st.integers(0, 2**32 - 1), _pcm)
INPUTS = st.one_of(
    *[_valid.map(json.dumps)] * 3,  # or hardly any session would get beyond its first question
    _likely.map(json.dumps),
    _json.map(json.dumps),
    st.dictionaries(st.sampled_from(["type", "turn_id", "text", "extra"]), _json, max_size=4).map(json.dumps),
    st.text(max_size=80),
    st.binary(max_size=80),
    _frame,
    _frame,
    st.sampled_from([RECONNECT, WAIT, WAIT]),
)


@dataclass(slots=True)
class Tally:
    inputs: int = 0
    sessions: int = 0
    replies: Counter[str] = field(default_factory=Counter)
    """Kinds of messages, or statuses, that came back."""
    faults: list[str] = field(default_factory=list)


class Socket:
    """One browser's connection, without a network."""

    def __init__(self, app: Any, interview_id: str, tally: Tally) -> None:
        self._incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._tally = tally
        self._pongs: set[float] = set()
        self._news = asyncio.Event()
        self.finished = self.closed = False
        scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "ws",
            "path": f"/api/interviews/{interview_id}/socket",
            "raw_path": b"",
            "root_path": "",
            "query_string": b"",
            "headers": [(b"host", b"127.0.0.1")],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8000),
            "subprotocols": [],
            "state": {},
        }
        self._incoming.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(app(scope, self._incoming.get, self._sent))

    async def _sent(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.close":
            self.closed = True
        elif message.get("text"):
            reply = json.loads(message["text"])
            self._tally.replies[reply["type"]] += 1
            if reply["type"] == "pong":
                self._pongs.add(reply["t"])
            self.finished = self.finished or reply["type"] == "finished"
        self._news.set()

    def send(self, data: str | bytes) -> None:
        kind = "text" if isinstance(data, str) else "bytes"
        self._incoming.put_nowait({"type": "websocket.receive", kind: data})

    async def until(self, what: str) -> None:
        """Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE_S):
            while not (self.closed or self.finished or (what == "pong" and 77.25 in self._pongs)):
                self._news.clear()
                await self._news.wait()

    async def leave(self) -> None:
        """Raises whatever the application raised."""
        self._incoming.put_nowait({"type": "websocket.disconnect", "code": 1006})
        await asyncio.wait_for(self.task, PATIENCE_S)


async def session(app: Any, interview_id: str, inputs: list[str | bytes], tally: Tally) -> None:
    """Sends everything, then asks for a pong and for the end."""
    socket = Socket(app, interview_id, tally)
    socket.send('{"type": "start"}')
    for data in inputs:
        if data == WAIT:
            await asyncio.sleep(0.005)
        elif data == RECONNECT:
            await socket.leave()
            socket = Socket(app, interview_id, tally)
        else:
            socket.send(data)
    socket.send('{"type": "ping", "t": 77.25}')
    await socket.until("pong")
    if socket.closed:
        await socket.leave()
        socket = Socket(app, interview_id, tally)
    socket.send('{"type": "end"}')
    await socket.until("finished")
    if not socket.finished:
        tally.faults.append(f"{interview_id}: closed instead of finished")
    await socket.leave()


async def all_ended(assembly: Assembly) -> None:
    """Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE_S):
        while "hotseat_active_interviews 0.0" not in assembly.metrics.render().decode():
            await asyncio.sleep(0.05)


def fuzz_socket(inputs: int, start: int, data_dir: Path, each: int = 100, until: float = math.inf) -> Tally:
    """So many inputs, ``each`` in one session, or as many as there is time for."""
    tally = Tally()
    assembly = fake_assembly(data_dir, speed=200.0)
    app = create_app(assembly, prepare)

    async def make() -> str:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            reply = await http.post("/api/interviews", json={"format": "drill", "question_id": "finetuning/lora"})
        created: str = reply.json()["id"]
        return created

    with asyncio.Runner() as runner:
        lifespan = app.router.lifespan_context(app)
        runner.run(lifespan.__aenter__())

        @seed(start)
        @settings(
            max_examples=-(-inputs // each),
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(st.lists(INPUTS, min_size=each, max_size=each))
        def go(sent: list[str | bytes]) -> None:
            if time.monotonic() > until:
                return
            interview_id = runner.run(make())
            try:
                runner.run(session(app, interview_id, sent, tally))
            except Exception as error:  # a crash or a hang is what is looked for
                tally.faults.append(f"{interview_id}: {error!r} after {sent!r}")
            tally.inputs += len(sent)
            tally.sessions += 1

        go()
        try:
            runner.run(all_ended(assembly))
        except TimeoutError:
            tally.faults.append("interviews are still running")
        runner.run(lifespan.__aexit__(None, None, None))
    return tally


def fuzz_routes(inputs: int, start: int, url: str, until: float = math.inf) -> Tally:
    """About so many requests, the same number for every operation, or as many as there is time for."""
    import schemathesis

    tally = Tally()
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    wanted = {"format": "drill", "question_id": "finetuning/lora"}
    interview_id = httpx.post(f"{url}/api/interviews", json=wanted).json()["id"]
    each = max(1, inputs // len(operations) // 2)
    for operation in operations:
        for known in ("", interview_id):
            _fuzz_operation(operation, known, each, start, tally, until)
    if httpx.get(f"{url}/readyz").status_code != 200:
        tally.faults.append("the server is not ready any more")
    return tally


def _fuzz_operation(operation: Any, interview_id: str, inputs: int, start: int, tally: Tally, until: float) -> None:
    """With an id, what is asked is about that interview, unless it would delete it."""

    @seed(start)
    @settings(
        max_examples=inputs, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(operation.as_strategy())
    def go(case: Any) -> None:
        if time.monotonic() > until:
            return
        if interview_id and case.method != "DELETE" and "interview_id" in (case.path_parameters or {}):
            case.path_parameters["interview_id"] = interview_id
        reply = case.call(timeout=PATIENCE_S)
        tally.inputs += 1
        tally.replies[str(reply.status_code)] += 1
        if reply.status_code >= 500:
            tally.faults.append(f"{reply.status_code} {reply.text[:200]} from {case.as_curl_command()}")

    try:
        go()
    except Exception as error:  # a request that hangs, or one that could not be made
        tally.faults.append(f"{operation.label}: {error!r}")
    tally.sessions += 1


@contextlib.contextmanager
def light_server() -> Iterator[LightServer]:
    with tempfile.TemporaryDirectory() as folder:
        server = LightServer(Path(folder) / "data").wait_until_ready()
        try:
            yield server
        finally:
            server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["socket", "routes"])
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=math.inf, help="stop after so long")
    given_ = parser.parse_args()
    until = time.monotonic() + given_.seconds
    if given_.what == "socket":
        with tempfile.TemporaryDirectory() as folder:
            tally = fuzz_socket(given_.inputs, given_.seed, Path(folder), until=until)
    else:
        with light_server() as server:
            tally = fuzz_routes(given_.inputs, given_.seed, server.url, until)
    print(f"{given_.what}: {tally.inputs} inputs, {tally.sessions} sessions, replies {dict(tally.replies)}")
    print(f"faults {len(tally.faults)}", *[fault[:600] for fault in tally.faults[:20]], sep="\n  ")
    sys.exit(bool(tally.faults))


if __name__ == "__main__":
    main()
