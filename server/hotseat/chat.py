"""The interface of language models; hotseat.engines.openai_chat implements it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Any, Protocol

Messages = Sequence[dict[str, str]]
"""Chat messages, each with ``role`` and ``content``."""
Schema = dict[str, Any]
"""JSON Schema that the model's text has to fit."""


class ChatModel(Protocol):
    """An OpenAI-compatible chat endpoint."""

    name: str

    def stream(self, messages: Messages, *, max_tokens: int, schema: Schema | None = None) -> AsyncGenerator[str]:
        """Yields text as it is generated (JSON if a schema is given). Raises ChatModelError."""

    async def complete(self, messages: Messages, *, max_tokens: int, schema: Schema | None = None) -> tuple[str, int]:
        """Returns the text (JSON if a schema is given; temperature 0) and the tokens used. Raises ChatModelError."""
