"""Bounds on strangers, stalled uploads and forgotten tabs: none of them disturbs a candidate."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import uvicorn
from hotseat.accounts.accounts import network_of
from hotseat.accounts.authentication import Authenticator
from hotseat.accounts.identity import Identity
from hotseat.http import guard, serving
from hotseat.http.connections import Bounds, Connections, bounds_for
from hotseat.http.serving import BoundedServer
from hotseat.interview import interviews as interviews_module
from hotseat.session.records import LOCAL
from hotseat.startup.assembly import Assembly
from hotseat.telemetry import logs
from starlette.requests import HTTPConnection

from benchmarks import crowd
from tests.support.fake_interview import LORA, Candidate, sitting
from tests.support.fakes import FastClock, fake_assembly
from tests.support.in_process_server import client, listening

SMALL = Bounds(total=4, strangers=3, per_address=2)
PROXY = "192.0.2.1"
HALF_A_FORM = b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nname="


class Book(Connections):
    """Few connections, and who was closed."""

    def __init__(self, bounds: Bounds = SMALL) -> None:
        super().__init__(bounds, lambda address: address == PROXY, network_of)
        self.closed: list[str] = []

    def come(self, name: str, address: str = PROXY, now: float = 0.0) -> Any:
        return self.open(address, lambda: self.closed.append(name), now)


# ---- Connections ----------------------------------------------------------------------------------------------------


def test_descriptors_are_left_for_interviews() -> None:
    """At the usual 1,024 half of them are; a process that may have more takes 4,096 connections at most."""
    assert bounds_for(1_024) == Bounds(512, 256)
    assert bounds_for(256) == Bounds(128, 64)
    assert bounds_for(8_192) == Bounds(4_096, 512)


def test_the_stranger_who_has_waited_longest_makes_room() -> None:
    """First those whom the server has to wait for, then whoever came first; who is known stays."""
    book = Book()
    a, b, c = (book.come(name) for name in "abc")
    assert book.come("d", now=0.5) and book.closed == ["a"], "all have only just come"
    b.waiting_since, b.answering = None, True
    b.sender_is(known=False)
    e = book.come("e", now=1.2)
    assert book.closed == ["a", "c"] and c is not e
    e.waiting_since, e.answering = None, True
    e.sender_is(known=False)
    f = book.come("f", now=1.3)
    assert book.closed == ["a", "c", "b"], "nobody is blamed yet"
    f.waiting_since, f.answering, f.unread_since = None, True, 1.4
    f.sender_is(known=False)
    assert book.come("g", now=1.4) and book.closed == ["a", "c", "b", "f"]
    half = book.come("h", now=1.5)
    assert book.closed == ["a", "c", "b", "f", "d"]
    half.waiting_since = None  # a head has come, and some of the body
    assert half.priority(9.0) > 0, "its sender is still being looked up"
    half.sender_is(known=False)
    assert book.come("i", now=1.6) and book.closed[-1] == "h"
    assert len(book) == book.strangers == 3 and a is not b


def test_an_open_socket_is_never_closed_for_a_newcomer() -> None:
    """A socket is never closed for a newcomer; with nothing but sockets there is no room."""
    book = Book()
    known = [book.come(str(number)) for number in range(3)]
    for line in known:
        line.sender_is(known=True)
    assert book.strangers == 0 and book.come("stranger")
    assert book.come("another") and book.closed == ["stranger"]
    book = Book()
    known = []
    for number in range(4):
        known.append(book.come(str(number)))
        known[-1].sender_is(known=True)
        known[-1].waiting_since = None
    assert book.come("late") is None and book.closed == []
    known[2].waiting_since = 1.0
    assert book.come("later") and book.closed == ["2"]


def test_one_address_crowds_out_only_itself() -> None:
    """Addresses of one IPv6 /64 are one; a trusted proxy stands for many people."""
    book = Book()
    book.come("other", "198.51.100.7")
    for number in range(3):
        book.come(str(number), f"2001:db8::{number}")
    assert book.closed == ["0"]
    book = Book()
    for number in range(3):
        book.come(str(number), PROXY)
    assert book.closed == []


def test_closing_is_counted_once() -> None:
    """However a connection ends, and whoever says so."""
    book = Book()
    line = book.come("a", "198.51.100.7")
    line.close()
    line.close()
    line.sender_is(known=True)
    assert len(book) == 0
    for _ in range(4):
        book.come("b", "198.51.100.7").close()
    assert book.closed == []


def test_slow_clients_are_disconnected() -> None:
    """For a request head after ten seconds, for what is sent and not read after thirty."""
    book = Book()
    waiting, reading, busy = (book.come(name) for name in "wrb")
    reading.waiting_since = busy.waiting_since = None
    reading.unread_since = 0.0
    reading.sender_is(known=True)
    book.sweep(9.9)
    assert book.closed == []
    book.sweep(10.0)
    assert book.closed == ["w"]
    book.sweep(30.0)
    assert book.closed == ["w", "r"] and len(book) == 1
    assert waiting.drop is not busy.drop


# ---- A real server --------------------------------------------------------------------------------------------------


@pytest.fixture
async def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[int, BoundedServer]]:
    """The port of a server in this process that waits a second for a request, and has room for twenty strangers."""
    monkeypatch.setattr(serving, "bounds_for", lambda _descriptors: Bounds(100, 20, head_s=1.0, unread_s=1.0))
    async with listening(fake_assembly(tmp_path)) as found:
        yield found


async def ended(reader: asyncio.StreamReader, within_s: float = 30.0) -> bytes:
    """All that comes until the server hangs up."""
    got = b""
    async with asyncio.timeout(within_s):
        with contextlib.suppress(ConnectionResetError):
            while part := await reader.read(65_536):
                got += part
    return got


async def hang_up(*writers: asyncio.StreamWriter) -> None:
    """Closes connections and waits until they are, whether or not the server has cut them off."""
    for writer in writers:
        writer.close()
    await asyncio.gather(*(writer.wait_closed() for writer in writers), return_exceptions=True)


async def test_half_a_request_is_not_waited_for(served: tuple[int, BoundedServer]) -> None:
    """Neither at the beginning nor behind a whole one, even if a little more of it comes all the time."""
    port, _ = served
    whole = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for start in (b"", b"GET /hea", whole + b"GET /hea"):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(start)

        async def drip(writer: asyncio.StreamWriter = writer, drops: bool = bool(start)) -> None:
            for _ in range(40 if drops else 0):
                writer.write(b"x")
                await asyncio.sleep(0.1)

        dripping = asyncio.create_task(drip())
        got = await ended(reader)
        assert got.count(b"200 OK") == start.count(b"\r\n\r\n")
        dripping.cancel()
        await hang_up(writer)


async def test_a_client_that_reads_nothing_is_disconnected(served: tuple[int, BoundedServer]) -> None:
    """A connection that asks for much and reads nothing is closed."""
    port, server = served
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
    writer.write(b"GET /api/bank HTTP/1.1\r\nHost: localhost\r\n\r\n" * 400)
    async with asyncio.timeout(30):
        while len(server.connections) == 0:
            await asyncio.sleep(0.01)
        while len(server.connections):
            await asyncio.sleep(0.05)
    assert reader is not None
    await hang_up(writer)


async def test_strangers_do_not_keep_others_out(served: tuple[int, BoundedServer]) -> None:
    """However many are there, a page is answered, and no more of them are kept than there is room for."""
    port, server = served
    strangers = [await asyncio.open_connection("127.0.0.1", port) for _ in range(60)]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        assert (await http.get("/healthz")).status_code == 200
        assert (await http.get("/api/bank")).status_code == 200
        assert len(server.connections) <= 21
    await hang_up(*(writer for _, writer in strangers))


async def test_whoever_sends_half_a_form_keeps_nobody_out(served: tuple[int, BoundedServer]) -> None:
    """They make room before a page that is just being opened does, however many more of them come."""
    port, server = served
    strangers = []

    async def crowd_in(count: int) -> None:
        for _ in range(count):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(HALF_A_FORM)
            strangers.append((reader, writer))
        await asyncio.sleep(0.1)

    await crowd_in(30)
    assert server.connections.strangers == 20
    page = await asyncio.open_connection("127.0.0.1", port)
    await crowd_in(15)
    page[1].write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert b"200 OK" in await page[0].read(1_000)
    await hang_up(*(writer for _, writer in [*strangers, page]))


@pytest.mark.parametrize(
    "sent", [b"", b"GET /hea", b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nname="]
)
async def test_an_upload_is_not_cut_off_while_its_sender_is_looked_up(
    served: tuple[int, BoundedServer], monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    """In a crowd that takes a while, and meanwhile more strangers come than there is room for."""
    port, server = served
    looking_up, go = asyncio.Event(), asyncio.Event()
    identify = Authenticator.identify

    async def slowly(authenticator: Authenticator, connection: HTTPConnection) -> Identity | None:
        looking_up.set()
        await go.wait()
        return await identify(authenticator, connection)

    monkeypatch.setattr(Authenticator, "identify", slowly)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /api/import HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nP")
    await looking_up.wait()
    strangers = [await asyncio.open_connection("127.0.0.1", port) for _ in range(15)]
    for _, one in strangers:
        one.write(sent)
    await asyncio.sleep(0.1)
    strangers += [await asyncio.open_connection("127.0.0.1", port) for _ in range(15)]
    async with asyncio.timeout(30):
        while server.connections.strangers < 20:
            await asyncio.sleep(0.01)
        go.set()
        writer.write(b"K")
        assert b" 422 " in await reader.readline(), "it isn't a ZIP file"
    await hang_up(writer, *(one for _, one in strangers))


async def test_a_crowd_costs_the_candidate_nothing(tmp_path: Path) -> None:
    """1,100 strangers, a stalled upload and eight forgotten tabs: every answer is whole, and the log stays small."""
    found = await crowd.crowd(tmp_path / "data", 1_100, 0, print)
    assert found.lost == ()
    assert found.upload == 408
    assert found.log_bytes < crowd.LOG_BYTES
    assert found.connections < crowd.DESCRIPTORS - 300, "descriptors are left"


def test_running_out_of_descriptors_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """A line without a trace, however often asyncio tries; other errors are reported as ever."""
    config = uvicorn.Config(cast(Any, None))
    server = BoundedServer(config, cast(Any, None), Book())
    loop = asyncio.new_event_loop()
    caplog.set_level(logging.WARNING)
    for _ in range(1_000):
        error = OSError(errno.EMFILE, "Too many open files")
        server.on_loop_error(loop, {"message": "socket.accept() out of system resource", "exception": error})
    assert [record.getMessage() for record in caplog.records] == ["no connection can be taken: Too many open files; 0 are open"]
    assert caplog.records[0].exc_info is None
    server.on_loop_error(loop, {"message": "another"})
    assert caplog.records[-1].getMessage() == "another"
    loop.close()


# ---- The log --------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["text", "json"])
def written(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is logged in either style."""
    root, raises = logging.getLogger(), logging.raiseExceptions
    before = root.handlers[:]
    logs.set_up("info", request.param)
    out = io.StringIO()
    cast(Any, root.handlers[0]).setStream(out)
    yield out
    root.handlers[:] = before
    logging.raiseExceptions = raises


def test_repeated_log_lines_are_limited(written: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred lines a minute from one place, then how many more there were."""
    now = 0.0
    monkeypatch.setattr(logs.time, "monotonic", lambda: now)
    for number in [*range(1_000), None]:
        now += 60.0 * (number is None)
        logging.getLogger("server.test").warning("frame %s", number)
    lines = written.getvalue().splitlines()
    assert len(lines) == 101
    assert "(900 lines like it were left out)" in lines[-1]


def test_the_log_holds_nothing_that_a_terminal_obeys(written: io.StringIO) -> None:
    """Escapes, C1 controls and marks that turn text around are written out."""
    logging.getLogger("server.test").warning("a\x1b[2J\x9b\x85\u202e\u2066\n%s", "end")
    line = written.getvalue().removesuffix("\n")
    assert line.isprintable() and "end" in line and "\\u202e" in line and "\\u009b" in line
    if line.startswith("{"):
        assert json.loads(line)["message"] == "a\x1b[2J\x9b\x85\u202e\u2066\nend"


# ---- Bodies ---------------------------------------------------------------------------------------------------------


async def sent(tmp_path: Path, body: AsyncIterator[bytes], length: int) -> httpx.Response:
    """An import whose time passes a hundred times as fast."""
    assembly = fake_assembly(tmp_path, speed=100.0)
    async with client(assembly) as http:
        answer = await http.post("/api/import", content=body, headers={"content-length": str(length)})
    await assembly.storage.store.close()
    return answer


async def test_a_body_that_stops_is_given_up(tmp_path: Path) -> None:
    """What was received of it takes no more room, and the reason is said."""

    async def stalls() -> AsyncIterator[bytes]:
        yield bytes(2 << 20)
        await asyncio.Event().wait()

    async with asyncio.timeout(30):
        answer = await sent(tmp_path, stalls(), 300_000_000)
    assert answer.status_code == 408 and "the upload stopped" in answer.json()["error"]


async def test_a_body_that_drips_is_given_up(tmp_path: Path) -> None:
    """A byte now and then is as good as none."""
    dripped = 0

    async def drips() -> AsyncIterator[bytes]:
        nonlocal dripped
        for dripped in range(1_000):  # noqa: B007 - counted
            yield b"x"
            await asyncio.sleep(0.05)

    async with asyncio.timeout(30):
        assert (await sent(tmp_path, drips(), 1_000)).status_code == 408
    assert dripped < 20


async def test_one_person_has_a_hundred_requests_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More are refused in words; those under way go on."""
    monkeypatch.setattr(guard, "REQUESTS_AT_ONCE", 2)
    go = asyncio.Event()

    async def waits() -> AsyncIterator[bytes]:
        await go.wait()
        yield b"PK"

    assembly = fake_assembly(tmp_path)
    async with client(assembly) as http:
        length = {"content-length": "2"}
        under_way = [asyncio.create_task(http.post("/api/import", content=waits(), headers=length)) for _ in range(2)]
        async with asyncio.timeout(30):
            while (refused := await http.get("/api/bank")).status_code == 200:
                await asyncio.sleep(0.02)
        assert refused.status_code == 429 and "close some" in refused.json()["error"]
        go.set()
        assert [answer.status_code for answer in await asyncio.gather(*under_way)] == [422, 422]
        assert (await http.get("/api/bank")).status_code == 200
    await assembly.storage.store.close()


# ---- Places ---------------------------------------------------------------------------------------------------------


def pass_by(assembly: Assembly, seconds: float) -> None:
    """Nobody touches anything for so long."""
    assert isinstance(assembly.clock, FastClock)
    assembly.clock.ahead_s += seconds


async def test_a_tab_that_nobody_starts_gives_its_place_up(tmp_path: Path) -> None:
    """To whoever needs it, after two minutes; the page is told and may come back."""
    assembly = fake_assembly(tmp_path, interview={"max_active": 1})
    async with sitting(assembly) as (interviews, tab):
        other = await interviews.create(LOCAL, LORA)
        with pytest.raises(interviews_module.Refused, match="busy"):
            await interviews.admit(LOCAL, other)
        pass_by(assembly, 120)
        assert (await interviews.admit(LOCAL, other)).id == other
        assert tab.closed is not None and tab.closed[0] == 4408 and "haven’t started this interview" in tab.closed[1]
        again = await Candidate(interviews, tab.id).attach()
        assert (await again.until("ready")).turn_id == 0


async def test_a_tab_is_forgotten_when_nobody_needs_its_place_too(tmp_path: Path) -> None:
    """After ten minutes of nothing but pings; a started interview is not."""
    assembly = fake_assembly(tmp_path)
    async with sitting(assembly) as (interviews, tab):
        started = await Candidate(interviews, await interviews.create(LOCAL, LORA)).attach()
        started.say(type="start")
        await started.until("asking")
        pass_by(assembly, 600)
        tab.say(type="mic", state="on")
        await interviews.unload_waiting()
        assert tab.closed is None, "somebody tries the microphone"
        pass_by(assembly, 600)
        await interviews.unload_waiting()
        assert tab.closed is not None and started.closed is None


@pytest.mark.parametrize("ada", ["ada", LOCAL])
async def test_one_account_has_two_places(ada: str, tmp_path: Path) -> None:
    """A third interview takes the place of one that was not started, or waits for one that was. So does the first owner's,
    whose id is that of a user without accounts. Whoever has the server for themselves may have all places."""
    assembly = fake_assembly(tmp_path)
    assert assembly.speech.voice is not None
    await assembly.speech.voice.prepare()
    interviews = assembly.interviews()
    tabs = [Candidate(interviews, await interviews.create(ada, LORA)) for _ in range(4)]
    for tab in tabs[:2]:
        await tab.attach()
        tab.say(type="start")
        await tab.until("asking")
    with pytest.raises(interviews_module.Refused, match="2 interviews open already"):
        await interviews.admit(ada, tabs[2].id)
    assert (await interviews.admit(ada, tabs[3].id, shared=False)).id == tabs[3].id
    other = await interviews.create("eve", LORA)
    assert (await interviews.admit("eve", other)).id == other
    assert (await interviews.admit(ada, tabs[0].id)).id == tabs[0].id, "it is open already"
    tabs[1].leave()
    await tabs[2].attach()
    pass_by(assembly, 10)
    assert (await interviews.admit(ada, tabs[3].id)).id == tabs[3].id
    assert tabs[2].closed is not None and tabs[2].closed[0] == 4408
    await interviews.close()
    await assembly.storage.store.close()


async def test_planned_interviews_do_not_pile_up(tmp_path: Path) -> None:
    """Of those never started the newest twenty stay, of each person; one that was begun, or is open, stays too."""
    async with sitting(fake_assembly(tmp_path)) as (interviews, begun):
        begun.say(type="start")
        await begun.until("asking")
        opened = await Candidate(interviews, await interviews.create(LOCAL, LORA)).attach()
        others = await interviews.create("eve", LORA)
        ids = [await interviews.create(LOCAL, LORA) for _ in range(25)]
        kept = [one for one in (begun.id, opened.id, others, *ids) if await interviews.load(one) is not None]
        assert kept == [begun.id, opened.id, others, *ids[5:]]
