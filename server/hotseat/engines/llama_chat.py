"""The chat client of the embedded language model, which also watches its process."""

from __future__ import annotations

import asyncio

import httpx

from hotseat.engines.llama import LlamaServer
from hotseat.engines.openai_chat import OpenAiChat
from hotseat.errors import ChatModelError

HEALTH_TIMEOUT_S = 20.0
"""Longest wait for the health address, which is answered while the model generates."""


class LlamaChat(OpenAiChat):
    """Implements ``ChatModel``."""

    def __init__(self, server: LlamaServer, model: str, timeout_s: float) -> None:
        super().__init__(server.url, model, server.key, timeout_s)
        self._server = server
        self._health = f"{server.url.removesuffix('/v1')}/health"

    async def check(self) -> None:
        """Raises ChatModelError if the process is gone or hangs. Generates nothing."""
        if (ended := self._server.ended()) is not None:
            raise ChatModelError(f"the language model's process ended ({ended})")
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=HEALTH_TIMEOUT_S) as http:
                (await http.get(self._health)).raise_for_status()
        except httpx.HTTPError as error:
            raise ChatModelError(f"the language model's process doesn't answer ({type(error).__name__})") from error

    async def close(self) -> None:
        """Ends the process, too."""
        await asyncio.to_thread(self._server.close)
        await super().close()
