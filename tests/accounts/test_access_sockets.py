"""WebSockets of signed-in browsers: deletion, sign-out and unusual addresses, through the whole app with a real SQLite."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from hotseat.accounts.identity import LOCAL_PERSON, Identity
from hotseat.errors import StorageError
from hotseat.http.app import create_app
from hotseat.http.guard import LOOK_AGAIN_S, UNAUTHORISED, Guard
from hotseat.interview.connection import UNKNOWN_INTERVIEW
from hotseat.startup.assembly import Assembly
from hotseat.storage.archive import LocalArchive
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from tests.accounts.conftest import BASE, WORDS
from tests.support.fakes import FastClock, fake_assembly

pytestmark = pytest.mark.usefixtures("quick_hashes")

COOKIE = "__Host-hotseat"


class Host:
    """A server with Ada and Bob, and one interview of Ada's."""

    def __init__(self, client: TestClient, assembly: Assembly) -> None:
        assert client.portal is not None
        self.client, self.assembly, self.clock, self.call = client, assembly, assembly.clock, client.portal.call
        for name, role in (("Ada", "owner"), ("Bob", "member")):
            self.call(assembly.accounts.add, name, WORDS, role)
        self.ada, self.bob = self.sign_in("Ada"), self.sign_in("Bob")
        answer = client.post(
            "/api/interviews",
            json={"format": "drill", "question_id": "finetuning/lora"},
            headers={"cookie": f"{COOKIE}={self.ada}", "origin": BASE},
        )
        self.interview: str = answer.json()["id"]

    def sign_in(self, name: str) -> str:
        secret: str = self.call(self.assembly.accounts.sign_in, name, WORDS, "")
        return secret

    def socket(self, cookie: str, origin: str | None = BASE) -> AbstractContextManager[WebSocketTestSession]:
        headers = {"cookie": f"{COOKIE}={cookie}"} | ({"origin": origin} if origin else {})
        return self.client.websocket_connect(f"wss://box.local/api/interviews/{self.interview}/socket", headers=headers)


@pytest.fixture
def host(tmp_path: Path, quick_hashes: None) -> Iterator[Host]:
    assembly = fake_assembly(tmp_path, accounts=True, host="0.0.0.0")

    async def nothing(_services: Assembly) -> None:
        """The fakes are there already."""

    with TestClient(create_app(assembly, nothing), base_url=BASE, follow_redirects=False) as client:
        yield Host(client, assembly)


def closed(opened: AbstractContextManager[WebSocketTestSession]) -> int:
    """The code with which the server closes it before it says anything."""
    with pytest.raises(WebSocketDisconnect) as ended, opened as socket:
        socket.receive_json()
    return ended.value.code


def test_only_whose_interview_it_is_gets_a_socket(host: Host) -> None:
    """Nobody, a forger and another member do not; that Ada does is seen below."""
    assert closed(host.socket("")) == UNAUTHORISED
    assert closed(host.socket("f" * 43)) == UNAUTHORISED
    assert closed(host.socket(host.bob)) == UNKNOWN_INTERVIEW


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://box.local.evil.example", "null", "https://box.local:444", None]
)
def test_another_sites_page_gets_no_socket(host: Host, origin: str | None) -> None:
    """Even with the cookie of somebody signed in, which a browser may send along."""
    assert closed(host.socket(host.ada, origin)) == 4403


def test_a_socket_does_not_outlive_its_session(host: Host) -> None:
    """Signing out elsewhere, a new password or the end of the account closes it a moment later."""
    with host.socket(host.ada) as socket:
        assert socket.receive_json()["type"] == "hello"
        host.clock.ahead_s += LOOK_AGAIN_S
        socket.send_json({"type": "ping", "t": 1})
        until(socket, lambda message: '"pong"' in message.get("text", ""))
        host.call(host.assembly.accounts.set_password, "Ada", "another good password")
        host.clock.ahead_s += LOOK_AGAIN_S
        socket.send_json({"type": "ping", "t": 2})
        assert until(socket, lambda message: message["type"] == "websocket.close")["code"] == UNAUTHORISED


def until(socket: WebSocketTestSession, wanted: Callable[[Message], bool]) -> Message:
    """The first message from the server that is wanted; the voice's audio and states come in between."""
    while not wanted(message := socket.receive()):
        pass
    return message


async def test_a_silent_socket_does_not_either() -> None:
    """Whoever only listens is looked at as often."""
    sent: list[Any] = []
    clock = FastClock(speed=200.0)
    known = iter([LOCAL_PERSON, LOCAL_PERSON, LOCAL_PERSON, None])

    class Authenticator:
        def vouched_for(self, _connection: object) -> None:
            return None

        async def identify(self, _connection: object) -> Identity | None:
            return next(known)

    async def listen_only(_scope: Scope, receive: Receive, _send: Send) -> None:
        assert (await receive())["type"] == "websocket.disconnect"

    async def silence() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/api/x", "headers": [], "scheme": "ws", "query_string": b""}
    async with asyncio.timeout(5):
        await Guard(listen_only, Authenticator(), clock)(scope, silence, send)  # type: ignore[arg-type]
    assert [message["code"] for message in sent] == [UNAUTHORISED]
    assert next(known, "none left") == "none left"


def test_deleting_is_written_down(host: Host) -> None:
    """Who deleted which interview, from where; one that is not theirs they can't, and that leaves no trace of success."""
    path = f"/api/interviews/{host.interview}"
    assert host.client.delete(path, headers={"cookie": f"{COOKIE}={host.bob}", "origin": BASE}).status_code == 404
    assert host.client.delete(path, headers={"cookie": f"{COOKIE}={host.ada}", "origin": BASE}).status_code == 200
    everything = host.client.delete("/api/everything", headers={"cookie": f"{COOKIE}={host.bob}", "origin": BASE})
    assert everything.status_code == 200
    lines = [(line.what, line.who, line.address, line.about) for line in host.call(host.assembly.accounts.noted)]
    assert lines[:2] == [
        ("everything deleted", "Bob", "testclient", "0 interviews"),
        ("interview deleted", "Ada", "testclient", host.interview),
    ]
    assert [account.name for account in host.call(host.assembly.accounts.all)] == ["Ada", "Bob"]


ODD = ("..%2f..%2fetc", "%2e%2e", "%2e%2e%2f%2e%2e%2fsecret", "..%5c..", "%2fetc%2fpasswd", "%00", "." * 300, "ä", "%20", "*")


def test_odd_ids_lead_to_no_file(host: Host) -> None:
    """Whatever stands for an id or a turn is refused as unknown, and no file outside is read, made or removed."""
    data_dir = host.assembly.settings.data_dir
    (data_dir / "secret.pcm").write_bytes(b"words for nobody")
    before = sorted(data_dir.rglob("*"))
    cookie = {"cookie": f"{COOKIE}={host.ada}", "origin": BASE}
    for odd in ODD:
        for method, path in (
            ("GET", f"/api/interviews/{odd}"),
            ("DELETE", f"/api/interviews/{odd}"),
            ("GET", f"/api/interviews/{odd}/turns/1/audio.wav"),
            ("GET", f"/api/interviews/{host.interview}/turns/{odd}/audio.wav"),
            ("GET", f"/static/{odd}/secret.pcm"),
            ("GET", f"/static/{odd}"),
        ):
            answer = host.client.request(method, path, headers=cookie)
            assert answer.status_code in (404, 405, 422), f"{method} {path}: {answer.status_code}"
            assert b"words for nobody" not in answer.content
    assert sorted(data_dir.rglob("*")) == before


@pytest.mark.parametrize("odd", ["..", "../secret", "/etc", "a/b", "a\\b", "", ".", "a\0", "ä", "x" * 65, "a\n"])
def test_the_archive_takes_no_odd_ids(tmp_path: Path, odd: str) -> None:
    """Below the routes the archive itself has no way out of its directory either."""
    archive = LocalArchive(tmp_path / "audio")
    for use in (
        lambda: archive.read(odd, 1),
        lambda: archive.seconds(odd, 1),
        lambda: archive.create(odd, 1, 0),
        lambda: archive.delete(odd),
    ):
        with pytest.raises(StorageError, match="not an interview id"):
            use()
    assert list(tmp_path.iterdir()) == []


async def test_a_socket_outlives_a_moment_without_storage() -> None:
    """A database that can't say whose the session is hangs up on nobody in mid-answer."""
    clock = FastClock(speed=200.0)
    looked: list[None] = []

    class Authenticator:
        def vouched_for(self, _connection: object) -> None:
            return None

        async def identify(self, _connection: object) -> Identity:
            looked.append(None)
            if len(looked) > 1:
                raise StorageError("locked")
            return LOCAL_PERSON

    async def receive() -> Any:
        while len(looked) < 3:
            await asyncio.sleep(0.01)
        return {"type": "websocket.receive", "text": "still here"}

    async def listen(_scope: Scope, receive: Receive, _send: Send) -> None:
        assert (await receive())["type"] == "websocket.receive"

    async def send(message: Any) -> None:
        raise AssertionError(message)

    scope = {"type": "websocket", "path": "/api/x", "headers": [], "scheme": "ws", "query_string": b""}
    async with asyncio.timeout(5):
        await Guard(listen, Authenticator(), clock)(scope, receive, send)  # type: ignore[arg-type]
