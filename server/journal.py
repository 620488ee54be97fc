"""An interview's event log as it is written: every change is stored before anything is done about it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from server.core import session
from server.core.events import Event
from server.core.phases import State
from server.errors import StorageError
from server.eventlog import decode_event, decode_plan, encode_event
from server.ports import Clock, InterviewRecord, LoggedEvent, Store
from server.snapshot import summary

log = logging.getLogger(__name__)

_SETTLE_TRIES = 30


class Journal:
    """One interview's log. Events that could not be stored are kept and stored with the next ones, in order."""

    def __init__(self, store: Store, clock: Clock, record: InterviewRecord, logged: tuple[LoggedEvent, ...] = ()) -> None:
        """``logged`` is the log of an earlier process; the state is rebuilt from it."""
        self._store = store
        self._clock = clock
        self.record = record
        self.recovered = bool(logged)
        history = tuple((decode_event(entry.type, entry.payload), entry.monotonic) for entry in logged)
        self.state: State = session.replay(decode_plan(record.plan), history)
        self._next = len(logged)
        self._pending: list[LoggedEvent] = []

    async def append(self, event: Event, now: float, state: State, on_trouble: Callable[[str, str], None]) -> None:
        """Stores the event; a failing store is reported through ``on_trouble`` and tried again with the next event."""
        kind, payload = encode_event(event)
        self._pending.append(LoggedEvent(self._next, now, self._clock.wall(), kind, payload))
        self._next += 1
        self.state = state
        try:
            await self._store.append(self.record.id, tuple(self._pending), summary(state))
        except StorageError as error:
            log.error("interview %s: %d events not stored: %s", self.record.id, len(self._pending), error)
            on_trouble("storage", "This interview is not being saved right now. Keep this page open and free some disk space.")
        else:
            self._pending.clear()

    async def settle(self) -> None:
        """Tries for a while to store what is still pending."""
        for _ in range(_SETTLE_TRIES):
            if not self._pending:
                return
            try:
                await self._store.append(self.record.id, tuple(self._pending), summary(self.state))
                self._pending.clear()
            except StorageError:
                await asyncio.sleep(1.0)
        if self._pending:
            log.error("interview %s: gave up storing %d events", self.record.id, len(self._pending))
