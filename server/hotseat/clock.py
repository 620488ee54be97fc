"""The interface of clocks, which tests replace, and the system's clock."""

from __future__ import annotations

import asyncio
import contextlib
import time
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float:
        """Monotonic seconds."""

    def wall(self) -> float:
        """Seconds since the epoch, for dates; may jump, unlike ``now``."""

    def timeout_at(self, moment: float) -> AbstractAsyncContextManager[object]:
        """Raises TimeoutError in the block when ``now()`` reaches the moment."""


class SystemClock:
    """The system's clocks."""

    def now(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()

    def timeout_at(self, moment: float) -> asyncio.Timeout:
        return asyncio.timeout(max(0.0, moment - self.now()))


async def pause(clock: Clock, seconds: float) -> None:
    """Returns after so many seconds of this clock."""
    with contextlib.suppress(TimeoutError):
        async with clock.timeout_at(clock.now() + seconds):
            await asyncio.Event().wait()


def iso(seconds: float) -> str:
    """Seconds since the epoch as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def local_day(seconds: float) -> date:
    """The day in the server's time zone, of seconds since the epoch."""
    return date.fromtimestamp(seconds)
