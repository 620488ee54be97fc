"""A browser's WebSocket that is slow, silent or gone."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from hotseat import wire
from hotseat.interview.connection import POLICY, TAKEN_OVER, Connection
from starlette.websockets import WebSocketState


class Socket:
    """Hands over what it is given, then says nothing more; may refuse to take anything."""

    application_state = WebSocketState.CONNECTED

    def __init__(self, *texts: str, takes: bool = True) -> None:
        self.texts = list(texts)
        self.takes = takes
        self.closed: tuple[int, str] | None = None

    async def receive(self) -> dict[str, Any]:
        await asyncio.sleep(0)
        if not self.texts:
            await asyncio.Event().wait()
        return {"type": "websocket.receive", "text": self.texts.pop(0)}

    async def send_text(self, _text: str) -> None:
        if not self.takes:
            await asyncio.Event().wait()

    async def send_bytes(self, _data: bytes) -> None: ...

    async def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)
        if not self.takes:
            await asyncio.Event().wait()


class Receiver:
    def __init__(self) -> None:
        self.messages: list[wire.ClientMessage] = []

    def on_message(self, message: wire.ClientMessage) -> None:
        self.messages.append(message)

    def on_frame(self, frame: wire.MicFrame) -> None: ...


async def test_a_browser_that_says_nothing_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages say `ping`; one that vanished without a word is not asked any more questions."""
    monkeypatch.setattr("hotseat.interview.connection.SILENT_S", 0.05)
    async with asyncio.timeout(2):
        await Connection(cast(Any, Socket())).serve(Receiver())


async def test_a_browser_that_takes_nothing_is_not_waited_for() -> None:
    """What is left for it, and the closing itself, may never arrive."""
    connection = Connection(cast(Any, Socket(takes=False)))
    connection.send(wire.Pong(t=1.0))
    serving = asyncio.create_task(connection.serve(Receiver()))
    await asyncio.sleep(0.01)
    connection.close(TAKEN_OVER, "another tab")
    async with asyncio.timeout(4):
        await serving


async def test_a_browser_that_reads_nothing_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its messages don't pile up without end."""
    monkeypatch.setattr("hotseat.interview.connection.MAX_WAITING", 3)
    socket = Socket(takes=False)
    connection = Connection(cast(Any, socket))
    for _ in range(4):
        connection.send(wire.Pong(t=1.0))
    async with asyncio.timeout(4):
        await connection.serve(Receiver())
    assert socket.closed == (POLICY, "the browser does not read what it is sent")


async def test_a_tab_that_was_replaced_is_not_listened_to() -> None:
    """Even while it is still being told."""
    socket = Socket(*['{"type": "done", "turn_id": 1}'] * 50, takes=False)
    connection, receiver = Connection(cast(Any, socket)), Receiver()
    connection.send(wire.Pong(t=1.0))
    serving = asyncio.create_task(connection.serve(receiver))
    await asyncio.sleep(0)
    connection.close(TAKEN_OVER, "another tab")
    await serving
    assert len(receiver.messages) <= 2
