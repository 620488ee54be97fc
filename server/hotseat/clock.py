"""The machine's clocks."""

from __future__ import annotations

import asyncio
import time


class SystemClock:
    """ports.Clock."""

    def now(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()

    def timeout_at(self, moment: float) -> asyncio.Timeout:
        return asyncio.timeout(max(0.0, moment - self.now()))
