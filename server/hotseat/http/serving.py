"""Uvicorn with limits: every connection is counted and has deadlines, and interviews are drained before the server stops."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from hotseat.accounts.accounts import network_of
from hotseat.accounts.peers import PEER, Peer
from hotseat.http.connections import COUNTED, Connections, CountedConnection, bounds_for, raise_descriptor_limit
from hotseat.loopback import plain_address
from hotseat.settings import Settings
from hotseat.wire import MAX_FRAME_SAMPLES

log = logging.getLogger(__name__)

_ACCEPTED_AT_ONCE = 64
"""Connections that asyncio takes from the queue before any of them is counted; three times as many may be on their way out."""
_QUEUE = 2_048
"""Connections that the kernel keeps until they are taken."""
_SWEEP_EVERY = 10
"""Ticks, each a tenth of a second."""
_WARN_EVERY_S = 60.0
_EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


def make_server(app: FastAPI, settings: Settings) -> BoundedServer:
    """A server of the application, to be run in the main thread."""
    connections = Connections(bounds_for(raise_descriptor_limit()), settings.is_proxy, network_of)
    config = uvicorn.Config(
        app,
        port=settings.port,
        log_config=None,
        access_log=False,
        forwarded_allow_ips=settings.trusted_proxies,
        http=partial(_BoundedHttp, connections),  # type: ignore[arg-type]
        ws=_BoundedSocket,
        # A little above our own limit, so that an oversized frame gets an explanation instead of a closed socket.
        ws_max_size=64 * MAX_FRAME_SAMPLES,
        backlog=_ACCEPTED_AT_ONCE,
        timeout_graceful_shutdown=5,
    )
    return BoundedServer(config, app.state.drain, connections)


class BoundedServer(uvicorn.Server):
    """Ends connections that keep it waiting too long; before it stops, it drains interviews."""

    def __init__(self, config: uvicorn.Config, drain: Callable[[], Awaitable[None]], connections: Connections) -> None:
        super().__init__(config)
        self._drain = drain
        self.connections = connections
        self._warned: dict[str, float] = {}

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().set_exception_handler(self.on_loop_error)
        await super().startup(sockets)
        for listening in (one for server in self.servers for one in server.sockets):
            # uvicorn's backlog is asyncio's batch, too; the kernel's queue may be longer.
            with socket.socket(fileno=os.dup(listening.fileno())) as same:
                same.listen(_QUEUE)

    async def on_tick(self, counter: int) -> bool:
        if counter % _SWEEP_EVERY == 0:
            self.connections.sweep(time.monotonic())
            if self.connections.turned_away:
                self.connections.turned_away = 0
                self._warn("crowd", "crowded: connections are closed to make room for newer ones")
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """While draining, pages and /readyz are still answered."""
        await self._drain()
        await super().shutdown(sockets)

    def on_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, OSError) and error.errno in _EXHAUSTED:  # asyncio tries again each second
            self._warn("exhausted", "no connection can be taken: %s; %d are open", error.strerror, len(self.connections))
        else:
            loop.default_exception_handler(context)

    def _warn(self, what: str, text: str, *values: object) -> None:
        """Once a minute at most."""
        now = time.monotonic()
        if now - self._warned.get(what, -_WARN_EVERY_S) >= _WARN_EVERY_S:
            self._warned[what] = now
            log.warning(text, *values)


class _CountedProtocol(asyncio.Protocol):
    """Notes when the connection ends, and while the other side doesn't read."""

    client: tuple[str, int] | None
    _counted: CountedConnection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        # Before anything is decided by the address: whether it is a proxy's, and how often it may try.
        self.client = self.client and (plain_address(self.client[0]), self.client[1])

    def connection_lost(self, exc: Exception | None) -> None:
        self._counted.close()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._counted.unread_since = time.monotonic()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._counted.unread_since = None


class _BoundedHttp(_CountedProtocol, H11Protocol):
    """An HTTP connection that is counted."""

    def __init__(self, connections: Connections, **given: Any) -> None:
        super().__init__(**given)
        self._connections = connections

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        address, now = self.client[0] if self.client else "", time.monotonic()
        connection = self._connections.open(address, transport.abort, now)
        if connection is None:
            transport.abort()
        # Without room it is about to end, and isn't counted.
        self._counted = connection or CountedConnection(self._connections, "", transport.abort, now)
        self.app_state = {**self.app_state, COUNTED: self._counted, PEER: Peer(self.client, self.server)}

    def handle_events(self) -> None:
        super().handle_events()
        if self.cycle is not None and not self.cycle.response_complete:
            self._counted.waiting_since = None
            self._counted.answering = not self.cycle.more_body

    def on_response_complete(self) -> None:
        self._counted.waiting_since = time.monotonic()
        self._counted.answering = self._counted.looked_up = False
        super().on_response_complete()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self._counted.waiting_since = None
        super().handle_websocket_upgrade(event)


class _BoundedSocket(_CountedProtocol, WebSocketsSansIOProtocol):
    """A WebSocket on a connection that is counted already."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._counted = self.app_state[COUNTED]
