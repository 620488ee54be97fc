"""One browser's WebSocket: parses incoming frames, sends messages in order, and drops a browser that reads too slowly."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any, Protocol

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from hotseat import wire

log = logging.getLogger(__name__)

GOING_AWAY = 1001
POLICY = 1008
UNKNOWN_INTERVIEW = 4404
FORGOTTEN = 4408
"""The browser was connected for long without starting the interview, and others may need its place."""
TAKEN_OVER = 4409
NOT_READY = 4503
SILENT_S = 75.0
"""A browser that sends nothing for so long is gone: pages send `ping` every five seconds, hidden ones once a minute."""
MAX_WAITING = 2_000
"""Messages that may wait to be sent before the browser is disconnected."""


class Receiver(Protocol):
    """What a connection reports to (interview.Interview)."""

    def on_message(self, message: wire.ClientMessage) -> None: ...

    def on_frame(self, frame: wire.MicFrame) -> None: ...


class Connection:
    """``send`` may be called from anywhere on the loop; ``serve`` runs until the browser goes or ``close`` is called."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._outgoing: asyncio.Queue[tuple[wire.ServerMessage, bytes | None]] = asyncio.Queue(MAX_WAITING)
        self._closing: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()

    def send(self, message: wire.ServerMessage, audio: bytes | None = None) -> None:
        """Queues a message, with the binary frame that belongs behind it."""
        try:
            self._outgoing.put_nowait((message, audio))
        except asyncio.QueueFull:
            self.close(POLICY, "the browser does not read what it is sent")

    def close(self, code: int, reason: str) -> None:
        if not self._closing.done():
            self._closing.set_result((code, reason))

    async def refuse(self, code: int, reason: str) -> None:
        """Closes a connection that is not served."""
        self.close(code, reason)
        await self._hang_up()

    async def serve(self, receiver: Receiver) -> None:
        """Pumps both directions until either side ends."""
        reading = asyncio.create_task(self._read(receiver))
        writing = asyncio.create_task(self._write())
        try:
            ends: set[asyncio.Future[Any]] = {reading, writing, self._closing}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if self._closing.done():
                reading.cancel()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._outgoing.join(), 1.0)
        finally:
            for task in (reading, writing):
                task.cancel()
            results = await asyncio.gather(reading, writing, return_exceptions=True)
            await self._hang_up()
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect | RuntimeError):
                raise result

    async def _read(self, receiver: Receiver) -> None:
        while True:
            try:
                async with asyncio.timeout(SILENT_S):
                    received = await self._socket.receive()
            except TimeoutError:
                return
            if received["type"] == "websocket.disconnect":
                return
            try:
                if (text := received.get("text")) is not None:
                    message = wire.parse_text(text)
                    if isinstance(message, wire.Ping):
                        self.send(wire.Pong(t=message.t))
                    else:
                        receiver.on_message(message)
                elif (data := received.get("bytes")) is not None:
                    receiver.on_frame(wire.parse_frame(data))
            except wire.WireError as error:
                log.info("bad frame: %s", error)
                self.send(wire.ErrorMessage(code=error.code, text=str(error)))

    async def _write(self) -> None:
        while True:
            message, audio = await self._outgoing.get()
            await self._socket.send_text(message.model_dump_json())
            if audio is not None:
                await self._socket.send_bytes(audio)
            self._outgoing.task_done()

    async def _hang_up(self) -> None:
        code, reason = self._closing.result() if self._closing.done() else (1000, "")
        if self._socket.application_state is WebSocketState.CONNECTED:
            # A browser that has vanished never takes the close frame.
            with contextlib.suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
                await asyncio.wait_for(self._socket.close(code, reason), 1.0)
