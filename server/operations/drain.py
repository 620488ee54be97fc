"""Uvicorn that finishes what candidates are waiting for before it stops listening."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable

import uvicorn


class DrainingServer(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, drain: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._drain = drain

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """While draining, pages and /readyz are still answered."""
        await self._drain()
        await super().shutdown(sockets)
