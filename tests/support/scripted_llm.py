"""An OpenAI-compatible server on a real socket whose replies, good or bad, are scripted."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from tests.support.threaded_server import serving


@dataclass(frozen=True, slots=True)
class Script:
    """What every request gets."""

    delay_s: float = 0.0
    """Before the first byte."""
    pace_s: float = 0.0
    """Before each word of a streamed reply."""
    raw: tuple[int, str, str] | None = None
    """(status, media type, body) sent instead of a chat reply."""
    said: str = ""
    """The text of replies that are streamed or have no schema."""
    graded: str | Callable[[str], str] = ""
    """The text of replies to a schema, or what makes it of the last message."""
    chunk: str = ""
    """Sent instead of each streamed chunk."""
    echo: bool = False
    """Whether every request is refused in words that repeat it."""
    cut: bool = False
    """Whether the connection breaks in the middle of a reply."""


@dataclass(slots=True)
class ScriptedLlm:
    """A running server and what it was asked."""

    url: str
    asked: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def scripted_llm(script: Script) -> Iterator[ScriptedLlm]:
    """Serves until left."""
    asked: list[dict[str, Any]] = []

    async def chat(request: Request) -> Response:
        body = await request.json()
        asked.append(body)
        await asyncio.sleep(script.delay_s)
        if script.echo:
            return Response(json.dumps({"error": {"message": f"cannot handle {json.dumps(body)}"}}), 422)
        if script.raw is not None:
            status, media_type, raw = script.raw
            return Response(raw, status, media_type=media_type)
        graded = script.graded if isinstance(script.graded, str) else script.graded(body["messages"][-1]["content"])
        text = graded if "response_format" in body else script.said
        if body.get("stream"):
            return StreamingResponse(_streamed(script, text), media_type="text/event-stream")
        reply = json.dumps(_completion("message", text))
        headers = {"content-length": str(len(reply) + script.cut * 100)}
        return Response(reply, media_type="application/json", headers=headers)

    with serving(Starlette(routes=[Route("/v1/chat/completions", chat, methods=["POST"])])) as url:
        yield ScriptedLlm(f"{url}/v1", asked)


@contextmanager
def nobody() -> Iterator[ScriptedLlm]:
    """An address at which nothing listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # taken, but not listened on
        yield ScriptedLlm(f"http://127.0.0.1:{held.getsockname()[1]}/v1")


async def _streamed(script: Script, text: str) -> AsyncIterator[str]:
    for number, word in enumerate(text.split(" ")):
        await asyncio.sleep(script.pace_s)
        if script.cut and number == 3:
            await asyncio.sleep(0.1)  # what was sent has arrived
            raise ConnectionAbortedError  # uvicorn closes the socket without ending the body
        yield f"data: {script.chunk or json.dumps(_completion('delta', word + ' '))}\n\n"
    yield "data: [DONE]\n\n"


def _completion(part: str, text: str) -> dict[str, Any]:
    return {
        "id": "1",
        "object": "chat.completion" if part == "message" else "chat.completion.chunk",
        "created": 0,
        "model": "scripted",
        "choices": [{"index": 0, part: {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }
