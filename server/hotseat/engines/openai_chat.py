"""Any OpenAI-compatible chat endpoint, the embedded one included."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager
from typing import Any

from hotseat.chat import Messages, Schema
from hotseat.engines.openai_client import connect, failing_as, in_its_own_words
from hotseat.errors import ChatModelError


class OpenAiChat:
    """Implements ``ChatModel``. One request at a time is not enforced; the server batches."""

    def __init__(self, url: str, model: str, api_key: str, timeout_s: float) -> None:
        self.name = model
        self._url = url
        self._client = connect(url, api_key, timeout_s)

    async def stream(self, messages: Messages, *, max_tokens: int, schema: Schema | None = None) -> AsyncGenerator[str]:
        """Yields text as it is generated (JSON if a schema is given; temperature 0). Raises ChatModelError."""
        with self._failing():
            chunks = await self._client.chat.completions.create(**self._request(messages, max_tokens, schema), stream=True)
            async with chunks:
                async for chunk in chunks:
                    if chunk.choices and (text := chunk.choices[0].delta.content):
                        yield text

    async def complete(self, messages: Messages, *, max_tokens: int, schema: Schema | None = None) -> tuple[str, int]:
        """The text (JSON if a schema is given; temperature 0) and the tokens used. Raises ChatModelError."""
        with self._failing():
            reply = await self._client.chat.completions.create(**self._request(messages, max_tokens, schema))
            text = reply.choices[0].message.content
            tokens = reply.usage.total_tokens if reply.usage else 0
        if not text:
            raise ChatModelError(f"the language model at {self._url} returned no text")
        return text, tokens

    async def ping(self) -> None:
        """Raises ChatModelError, in the endpoint's own words, when it does not answer."""
        with in_its_own_words():
            await self.complete([{"role": "user", "content": "Say ok."}], max_tokens=2)

    async def close(self) -> None:
        await self._client.close()

    def _request(self, messages: Messages, max_tokens: int, schema: Schema | None) -> dict[str, Any]:
        request = {"model": self.name, "messages": messages, "max_tokens": max_tokens, "temperature": 0, "seed": 1}
        if schema is None:
            return request
        form = {"name": "answer", "schema": schema, "strict": True}
        return {**request, "response_format": {"type": "json_schema", "json_schema": form}}

    def _failing(self) -> AbstractContextManager[None]:
        return failing_as(ChatModelError, "the language model", self._url)
