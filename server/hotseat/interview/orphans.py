"""Finds orphaned interviews: their process is dead, and work is pending."""

from __future__ import annotations

from hotseat.clock import Clock
from hotseat.session.records import HeldLease
from hotseat.storage.store import SqlStore

DEAD_S = 10.0
"""A process that has shown no sign of life for so long is taken for dead; under load a beat may come late."""
_OWED = ("finalising", "followingup", "grading")
"""Phases that go on by themselves; all others wait for a browser, whose process takes the interview."""


class Orphans:
    """Tells dead processes by their heartbeat, which counts up while they live: no clocks are compared between machines."""

    def __init__(self, store: SqlStore, clock: Clock, replica: str) -> None:
        self._store = store
        self._clock = clock
        self._replica = replica
        self._seen: dict[str, tuple[int, float]] = {}
        """The beat of each other process, and since when it has stood there."""

    async def find(self) -> list[str]:
        """Ids of interviews of dead processes with work pending; leases of the others are released. Raises StorageError."""
        held = await self._store.leased_by_others(self._replica)
        dead = self._dead(held)
        owed = []
        for entry in held:
            if entry.replica not in dead:
                continue
            if entry.phase in _OWED:
                owed.append(entry.interview_id)
            else:
                await self._store.release(entry.interview_id, entry.token)
        return owed

    def _dead(self, held: tuple[HeldLease, ...]) -> set[str]:
        now = self._clock.now()
        seen: dict[str, tuple[int, float]] = {}
        dead: set[str] = set()
        for entry in held:
            if entry.beat is None:
                dead.add(entry.replica)
                continue
            beat, since = self._seen.get(entry.replica, (entry.beat, now))
            seen[entry.replica] = (entry.beat, since if beat == entry.beat else now)
            if now - seen[entry.replica][1] >= DEAD_S:
                dead.add(entry.replica)
        self._seen = seen
        return dead
