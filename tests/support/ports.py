"""Free ports for servers in their own processes."""

from __future__ import annotations

import contextlib
import secrets
import socket


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on.

    It is below those that systems choose for outgoing connections (from 32768 on), one of which could take it before the
    server does, or while a test restarts the server.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
