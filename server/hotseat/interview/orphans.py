"""Finds orphaned interviews: their process is dead, and work is pending."""

from __future__ import annotations

from hotseat.clock import Clock
from hotseat.session.records import HeldLease
from hotseat.storage.store import SqlStore

DEAD_S = 10.0
"""A process whose heartbeat has stood still for so long is dead; under load a beat may come late."""
_PENDING = ("finalising", "followingup", "grading")
"""Phases with work for the server. In all others the interview waits for a browser, whose process acquires it."""


class Orphans:
    """Tells dead processes by their heartbeat, which counts up while they live: no clocks are compared between machines."""

    def __init__(self, store: SqlStore, clock: Clock, replica: str) -> None:
        self._store = store
        self._clock = clock
        self._replica = replica
        self._seen: dict[str, tuple[int, float]] = {}
        """Latest beat of each other process, and since when it has been that one (monotonic clock)."""

    async def find(self) -> list[str]:
        """Ids of dead processes' interviews with work pending; releases the leases of those without. Raises StorageError."""
        held = await self._store.leased_by_others(self._replica)
        dead = self._dead(held)
        left = [entry for entry in held if entry.replica in dead]
        for entry in left:
            if entry.phase not in _PENDING:
                await self._store.release(entry.interview_id, entry.token)
        return [entry.interview_id for entry in left if entry.phase in _PENDING]

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
