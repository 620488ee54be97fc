"""Load shedding: work that can wait is put off while candidates are being listened to or answered."""

from __future__ import annotations

import asyncio
import contextlib

_LONGEST_WAIT_S = 90.0
"""Longest time that work is put off."""


class LiveTurns:
    """The interviews whose candidates are being listened to or answered."""

    def __init__(self) -> None:
        self._live: set[str] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    def note(self, interview_id: str, is_live: bool) -> None:
        """Says whether an interview's candidate is being listened to or answered."""
        if is_live:
            self._live.add(interview_id)
            self._idle.clear()
        else:
            self._live.discard(interview_id)
            if not self._live:
                self._idle.set()

    @property
    def is_shedding(self) -> bool:
        """Whether to skip optional work: there are several candidates, and it would slow others down."""
        return len(self._live) > 1

    async def wait_until_idle(self) -> None:
        """Waits until there are none, at most ``_LONGEST_WAIT_S``."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), _LONGEST_WAIT_S)
