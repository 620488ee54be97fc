"""Writes an interview's event log: every event is stored before it is acted on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from hotseat.clock import Clock
from hotseat.errors import StorageError, TakenOverError
from hotseat.session.eventlog import encode_event, replayed
from hotseat.session.events import Event
from hotseat.session.phases import State
from hotseat.session.records import Lease, LoggedEvent
from hotseat.session.summary import summary
from hotseat.storage.store import SqlStore

log = logging.getLogger(__name__)

_NOT_SAVED = (
    "This interview is not being saved right now. Keep this page open. The server's log says why; a full disk is likely."
)
_MAX_RETRY_PAUSE_S = 30.0
"""Longest pause between two tries to store."""


class Journal:
    """One interview's log. Events that could not be stored are kept and stored with the next ones, in order."""

    def __init__(self, store: SqlStore, clock: Clock, lease: Lease) -> None:
        """Rebuilds the state from the log so far. Raises StorageError if this version can't read it."""
        self._store = store
        self._clock = clock
        self.record = lease.record
        self.token = lease.token
        self.recovered = bool(lease.log)
        self.state = replayed(lease.record, lease.log)
        self._next = len(lease.log)
        self._pending: list[LoggedEvent] = []

    async def append(self, event: Event, now: float, state: State, on_trouble: Callable[[str, str], None]) -> None:
        """Stores the event; a failing store is reported through ``on_trouble`` and tried again with the next event.

        Raises TakenOverError.
        """
        kind, payload = encode_event(event)
        self._pending.append(LoggedEvent(self._next, now, self._clock.wall(), kind, payload))
        self._next += 1
        self.state = state
        error = await self.flush()
        if error is not None:
            log.error("%d events not stored: %s", len(self._pending), error)
            on_trouble("storage", _NOT_SAVED)

    async def flush(self) -> StorageError | None:
        """Tries to store all pending events; returns the error if that fails. Raises TakenOverError."""
        if not self._pending:
            return None
        try:
            await self._store.append(self.record.id, tuple(self._pending), summary(self.state), self.token)
        except StorageError as error:
            return error
        except TakenOverError:
            self._pending.clear()
            raise
        self._pending.clear()
        return None

    async def settle(self) -> None:
        """Stores all pending events, trying for as long as it takes. Raises TakenOverError."""
        pause_s = 1.0
        while (error := await self.flush()) is not None:
            log.error("%d events of a finished interview are not stored yet: %s", len(self._pending), error)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _MAX_RETRY_PAUSE_S)
