"""Transcriber and chat model with their latencies in the metrics."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from hotseat.chat import ChatModel
from hotseat.domain.model import Word
from hotseat.speech.recognition import Priority, RecognitionJob, Transcriber
from hotseat.telemetry.metrics import Metrics


class MeasuredTranscriber:
    """A partial's way through the recogniser is how far the captions lag behind the voice."""

    def __init__(self, transcriber: Transcriber, metrics: Metrics) -> None:
        self._transcriber = transcriber
        self._metrics = metrics

    async def recognise(self, job: RecognitionJob) -> tuple[Word, ...]:
        if job.priority is not Priority.PARTIAL:
            return await self._transcriber.recognise(job)
        with self._metrics.timed("caption"):
            return await self._transcriber.recognise(job)


class MeasuredChat:
    """How long a stream's first token takes."""

    def __init__(self, chat: ChatModel, metrics: Metrics) -> None:
        self.name = chat.name
        self._chat = chat
        self._metrics = metrics

    async def stream(
        self, messages: Sequence[dict[str, str]], *, max_tokens: int, schema: dict[str, Any] | None = None
    ) -> AsyncGenerator[str]:
        began: float | None = time.monotonic()
        async for text in self._chat.stream(messages, max_tokens=max_tokens, schema=schema):
            if began is not None:
                self._metrics.stage("follow_up_token", time.monotonic() - began)
                began = None
            yield text

    async def complete(
        self, messages: Sequence[dict[str, str]], *, max_tokens: int, schema: dict[str, Any] | None = None
    ) -> tuple[str, int]:
        return await self._chat.complete(messages, max_tokens=max_tokens, schema=schema)
