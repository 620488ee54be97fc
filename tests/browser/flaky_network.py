"""A network connection between browser and server that can be cut, or drop what the browser sends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class FlakyNetwork:
    """Passes bytes on in both directions."""

    def __init__(self, url: str) -> None:
        self._to = urlsplit(url)
        self._writers: set[asyncio.StreamWriter] = set()
        self._is_cut = False
        self._is_deaf = False

    def cut(self) -> None:
        """Ends every connection, and lets no other through."""
        self._is_cut = True
        for writer in self._writers:
            writer.transport.abort()

    def mend(self) -> None:
        self._is_cut = self._is_deaf = False

    def deafen(self) -> None:
        """From now on nothing that the browser sends arrives, and nobody notices."""
        self._is_deaf = True

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        from_server, to_server = await asyncio.open_connection(self._to.hostname, self._to.port)
        self._writers |= {writer, to_server}
        await asyncio.gather(self._pass(reader, to_server, upwards=True), self._pass(from_server, writer))
        self._writers -= {writer, to_server}

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, upwards: bool = False) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65_536):
                if not (upwards and self._is_deaf):
                    writer.write(data)
                    await writer.drain()
        writer.transport.abort()


@asynccontextmanager
async def flaky_network(url: str) -> AsyncIterator[tuple[str, FlakyNetwork]]:
    """Another address of the server, and the network on the way there."""
    network = FlakyNetwork(url)
    server = await asyncio.start_server(network.join, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", network
    network.cut()
    server.close()
