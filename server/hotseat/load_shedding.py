"""Load shedding: work that can wait is put off while candidates are being listened to or answered."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from hotseat.chat import ChatModel, Messages, Schema

_LONGEST_WAIT_S = 90.0
"""Longest time that work is put off."""


class LiveTurns:
    """Counts the candidates who are being listened to or answered."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def begin(self) -> None:
        self._count += 1
        self._idle.clear()

    def end(self) -> None:
        self._count -= 1
        if not self._count:
            self._idle.set()

    @property
    def is_shedding(self) -> bool:
        """Whether to skip optional work: there are several candidates, and it would slow others down."""
        return self._count > 1

    async def wait_until_idle(self) -> None:
        """Waits until there are none, at most ``_LONGEST_WAIT_S``."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), _LONGEST_WAIT_S)


class YieldingChat:
    """A ``ChatModel`` on this machine: each request first waits until no candidate is being listened to, within limits."""

    def __init__(self, chat: ChatModel, turns: LiveTurns) -> None:
        self.name = chat.name
        self._chat = chat
        self._turns = turns

    async def stream(self, messages: Messages, *, max_tokens: int, schema: Schema | None = None) -> AsyncGenerator[str]:
        await self._turns.wait_until_idle()
        async for text in self._chat.stream(messages, max_tokens=max_tokens, schema=schema):
            yield text

    async def complete(self, messages: Messages, *, max_tokens: int, schema: Schema | None = None) -> tuple[str, int]:
        await self._turns.wait_until_idle()
        return await self._chat.complete(messages, max_tokens=max_tokens, schema=schema)
