"""The real HTTP server with fake models, in the test's own process and event loop, on a real socket."""

from __future__ import annotations

import asyncio
import io
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import httpx
import pytest
from hotseat.http.app import create_app
from hotseat.http.serving import BoundedServer, make_server
from hotseat.startup.assembly import Assembly


@asynccontextmanager
async def listening(assembly: Assembly, host: str = "127.0.0.1") -> AsyncIterator[tuple[int, BoundedServer]]:
    """The server and its port; signals stay with the test runner."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET

    async def nothing(_services: object) -> None: ...

    with closing(socket.socket(family)) as opened, pytest.MonkeyPatch.context() as patch:
        opened.bind((host, 0))
        server = make_server(create_app(assembly, nothing), assembly.settings)
        patch.setattr(server, "capture_signals", lambda: closing(io.StringIO()))
        running = asyncio.create_task(server.serve([opened]))
        while not server.started:
            await asyncio.sleep(0.01)
        yield opened.getsockname()[1], server
        server.should_exit = True
        await running


def client(assembly: Assembly, path: str = "", **headers: str) -> httpx.AsyncClient:
    """A program on this machine, without a socket; addresses are below ``path``."""
    transport = httpx.ASGITransport(create_app(assembly))
    return httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1:8000{path}", headers=headers)
