"""Which user's process is at the other end of a loopback connection, from Linux's /proc/net/tcp."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import socket
import sys
from functools import cache
from pathlib import Path

PEER = "peer"
"""Where a request's scope["state"] has its Peer; missing only where the application is called without a socket."""
Address = tuple[str, int | None]

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_ESTABLISHED = "01"


class Peer:
    """The other end of one connection."""

    def __init__(self, peer: Address | None, here: Address | None) -> None:
        self.address = peer[0] if peer is not None else ""
        """Address of the socket's other end; behind a proxy, the proxy's."""
        self._ends = (peer, here) if peer is not None and here is not None else None
        self._is_own: bool | None = None

    async def is_own(self) -> bool:
        """Whether it is a program of this process's user; looked up once."""
        if self._is_own is None:
            self._is_own = self._ends is not None and await asyncio.to_thread(user_of, *self._ends) == os.geteuid()
        return self._is_own


def user_of(peer: Address, here: Address) -> int | None:
    """The uid that opened the socket at ``peer``, which is connected to ``here``; None where that can't be told."""
    wanted = {f"{near} {far}" for near, far in zip(_as_in_tables(*peer), _as_in_tables(*here), strict=True)}
    for table in _TABLES:
        with contextlib.suppress(OSError), table.open(encoding="ascii") as lines:
            for line in lines:
                # sl, local, remote, state, queues, timers, retransmits, uid, timeout, inode, …
                fields = line.split()
                # A socket that its program has closed belongs to nobody: its inode is 0, and its uid, too.
                if " ".join(fields[1:3]) in wanted and fields[3] == _ESTABLISHED and fields[9] != "0":
                    return int(fields[7])
    return None


@cache
def can_tell() -> bool:
    """Whether this machine tells the users of connections, by trying. Not so in WSL: Windows' browsers come in as root."""
    if sys.platform != "linux" or "microsoft" in os.uname().release.lower():
        return False
    with (
        contextlib.suppress(OSError),
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=1.0) as client,
    ):
        return user_of(client.getsockname(), server.getsockname()) == os.geteuid()
    return False


def _as_in_tables(host: str, port: int | None) -> tuple[str, str]:
    """An address as the two tables write it: as itself, and as an IPv4-mapped IPv6 address. Each 32 bits are a number in the
    machine's byte order."""
    assert port is not None, "the end of a TCP connection"
    address = ipaddress.ip_address(host)
    within = ipaddress.ip_address(f"::ffff:{address}") if address.version == 4 else address
    words = [[one.packed[at : at + 4] for at in range(0, len(one.packed), 4)] for one in (address, within)]
    plain, wide = ("".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in one) for one in words)
    return f"{plain}:{port:04X}", f"{wide}:{port:04X}"
