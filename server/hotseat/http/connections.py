"""Bounds on open connections, so that file descriptors are left for interviews.

Whoever has not authenticated is a stranger. When there are too many, one stranger's connection is closed to make room: first
those that keep the server waiting, last those whose sender is still being looked up; among equals, the oldest. So a page that
is opened in a crowd is answered before its turn comes.
"""

from __future__ import annotations

import resource
from collections.abc import Callable, Collection
from dataclasses import dataclass

COUNTED = "counted_connection"
"""Where a request's scope["state"] has its connection."""
_WANTED_DESCRIPTORS = 8_192
RESERVED_DESCRIPTORS = 512
"""Kept free for storage, models, recordings, and connections that were accepted but not yet counted."""
_MOST = 4_096
_MOST_STRANGERS = 512
_FRESH_S = 1.0
"""Grace period, in seconds, in which a request need not have begun: the network may be slow."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many connections there may be, and how long they may keep the server waiting."""

    total: int
    strangers: int
    """How many of the total may be strangers'."""
    per_address: int = 64
    """How many strangers may come from one address or IPv6 /64; trusted proxies are exempt."""
    head_s: float = 10.0
    """Seconds for a whole request head, after connecting and after each response."""
    unread_s: float = 30.0
    """Seconds for which a peer may leave unread what it is sent."""


def bounds_for(descriptors: int) -> Bounds:
    """The bounds of a process that may have ``descriptors`` files open."""
    total = min(_MOST, max(descriptors // 2, descriptors - RESERVED_DESCRIPTORS))
    return Bounds(total, min(_MOST_STRANGERS, total // 2))


def raise_descriptor_limit() -> int:
    """Raises this process's limit of open files from the usual 1,024; returns the new limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _WANTED_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _WANTED_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    return _WANTED_DESCRIPTORS if soft == resource.RLIM_INFINITY else soft


@dataclass(slots=True, eq=False)
class CountedConnection:
    """One connection, as it is counted."""

    _connections: Connections
    network: str
    """Address or IPv6 /64; empty for a trusted proxy."""
    drop: Callable[[], None]
    """Ends the connection at once."""
    waiting_since: float | None
    """Since when a request head is awaited; None while a request or socket is under way."""
    unread_since: float | None = None
    """Since when the peer leaves unread what it is sent."""
    answering: bool = False
    """A request has arrived in full, and its response is under way."""
    looked_up: bool = False
    """The sender of the request under way has been looked up."""

    def priority(self, now: float) -> int:
        """0 while the server waits for the rest of what it sends, or for it to read; 2 while it looks up the sender; else 1."""
        if self.unread_since is not None:
            return 0
        if self.waiting_since is not None:
            return int(now - self.waiting_since < _FRESH_S)
        if not self.looked_up:  # in a crowd that takes a while, and they may be no stranger
            return 2
        return int(self.answering)

    def sender_is(self, *, known: bool) -> None:
        """The sender of the request under way has been looked up; ``known`` if they are authenticated."""
        self.looked_up = True
        if known:
            self._connections.recognise(self)

    def close(self) -> None:
        self._connections.close(self)


class Connections:
    """All open connections of this process. Knows no clock: ``now`` is in seconds."""

    def __init__(self, bounds: Bounds, is_proxy: Callable[[str], bool], network_of: Callable[[str], str]) -> None:
        self._bounds = bounds
        self._is_proxy = is_proxy
        self._network_of = network_of
        self._strangers: dict[CountedConnection, None] = {}
        """In the order in which they came, like those below."""
        self._known: dict[CountedConnection, None] = {}
        self.turned_away = 0
        """Number of connections closed to make room, or refused for lack of it."""

    def __len__(self) -> int:
        return len(self._strangers) + len(self._known)

    @property
    def strangers(self) -> int:
        return len(self._strangers)

    def open(self, address: str, drop: Callable[[], None], now: float) -> CountedConnection | None:
        """Counts a new connection; None if there is no room and no connection can be closed to make some."""
        network = "" if self._is_proxy(address) else self._network_of(address)
        neighbours = [connection for connection in self._strangers if network and connection.network == network]
        if len(neighbours) >= self._bounds.per_address:
            self._make_room(neighbours, now)
        if len(self._strangers) >= self._bounds.strangers:
            self._make_room(self._strangers, now)
        if len(self) >= self._bounds.total and not self._make_room(self._strangers, now):
            between_requests = [connection for connection in self._known if connection.waiting_since is not None]
            if not self._make_room(between_requests, now):
                self.turned_away += 1
                return None
        connection = CountedConnection(self, network, drop, now)
        self._strangers[connection] = None
        return connection

    def recognise(self, connection: CountedConnection) -> None:
        if connection in self._strangers:
            del self._strangers[connection]
            self._known[connection] = None

    def close(self, connection: CountedConnection) -> None:
        """May be called more than once."""
        self._strangers.pop(connection, None)
        self._known.pop(connection, None)

    def sweep(self, now: float) -> None:
        """Ends connections that have kept the server waiting too long."""
        for connection in [*self._strangers, *self._known]:
            late = connection.waiting_since is not None and now - connection.waiting_since >= self._bounds.head_s
            unread = connection.unread_since is not None and now - connection.unread_since >= self._bounds.unread_s
            if late or unread:
                self._end(connection)

    def _make_room(self, connections: Collection[CountedConnection], now: float) -> bool:
        """Ends the first of those with the lowest priority; False if there are none."""
        connection = min(connections, key=lambda connection: connection.priority(now), default=None)
        if connection is None:
            return False
        self.turned_away += 1
        self._end(connection)
        return True

    def _end(self, connection: CountedConnection) -> None:
        self.close(connection)
        connection.drop()
