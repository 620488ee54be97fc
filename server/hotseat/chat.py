"""The language model as the interviewer and the LLM grader use it. hotseat.engines.openai_chat implements it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Any, Protocol


class ChatModel(Protocol):
    """An OpenAI-compatible chat endpoint."""

    name: str

    def stream(
        self, messages: Sequence[dict[str, str]], *, max_tokens: int, schema: dict[str, Any] | None = None
    ) -> AsyncGenerator[str]:
        """Yields text as it is generated (JSON if a schema is given). Raises ChatModelError."""
        ...

    async def complete(
        self, messages: Sequence[dict[str, str]], *, max_tokens: int, schema: dict[str, Any] | None = None
    ) -> tuple[str, int]:
        """Returns the text (JSON if a schema is given; temperature 0) and the tokens used. Raises ChatModelError."""
        ...
