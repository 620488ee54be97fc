"""A candidate's browser over the real WebSocket, for tests of the real server."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
import websockets
from hotseat import wire
from hotseat.speech.audio import SAMPLE_RATE, Samples, pcm_of
from pydantic import Field, TypeAdapter

from tests.support.fakes import FakeConnection

FRAME = 640
_messages: TypeAdapter[wire.ServerMessage] = TypeAdapter(Annotated[wire.ServerMessage, Field(discriminator="type")])


class WireCandidate(FakeConnection):
    """Collects what the server sends and sends what it is told."""

    patience_s = 30.0  # real models on a busy machine

    def __init__(self, url: str, interview_id: str) -> None:
        super().__init__()
        self.url = url
        self.id = interview_id
        self.sent_frames: list[bytes] = []
        """Of the answer being spoken, by number."""
        self._address = url.replace("http", "ws", 1) + f"/api/interviews/{interview_id}/socket"

    async def connect(self) -> None:
        self._socket = await websockets.connect(self._address, max_size=None)
        self.closed = None
        self._reading = asyncio.create_task(self._read())

    async def hang_up(self) -> None:
        await self._socket.close()
        await self._reading

    async def until_closed(self) -> tuple[int, str]:
        """Waits for the server to hang up; the close code and reason."""
        async with asyncio.timeout(self.patience_s):
            await self._reading
        assert self.closed is not None
        return self.closed

    async def say(self, **message: Any) -> None:
        await self._socket.send(json.dumps(message))

    async def say_raw(self, data: str | bytes) -> None:
        await self._socket.send(data)

    async def hear(self, turn_id: int) -> wire.StateMessage:
        """Lets the turn's question be asked to its end."""
        await self.until("asking", turn_id)
        await self.until_sent(wire.VoiceEnd, lambda end: end.turn_id == turn_id and end.utterance in ("question", "follow_up"))
        await self.say(type="playback.done", turn_id=turn_id)
        return await self.until("thinking", turn_id)

    async def speak(self, turn_id: int, samples: Samples) -> None:
        """Sends the audio in real time, as the turn's next frames."""
        pcm = pcm_of(samples)
        began = time.monotonic()
        for sent, at in enumerate(range(0, len(pcm), 2 * FRAME)):
            await asyncio.sleep(max(0.0, began + sent * FRAME / SAMPLE_RATE - time.monotonic()))
            frame = pcm[at : at + 2 * FRAME]
            await self._socket.send(wire.pack_frame(turn_id, len(self.sent_frames), frame))
            self.sent_frames.append(frame)

    async def answer(self, turn_id: int, samples: Samples) -> wire.AnswerMessage:
        """Hears the question, speaks, and presses Done."""
        await self.hear(turn_id)
        self.sent_frames = []
        await self.speak(turn_id, samples)
        await self.say(type="done", turn_id=turn_id)
        return await self.until_sent(wire.AnswerMessage, lambda entry: entry.turn_id == turn_id)

    async def type(self, turn_id: int, text: str) -> None:
        await self.until("asking", turn_id)
        await self.say(type="typed", turn_id=turn_id, text=text)

    async def review(self) -> dict[str, Any]:
        async with httpx.AsyncClient() as http:
            review: dict[str, Any] = (await http.get(f"{self.url}/api/interviews/{self.id}")).json()
        return review

    async def _read(self) -> None:
        voice: wire.VoiceMessage | None = None
        try:
            async for data in self._socket:
                if isinstance(data, bytes):
                    assert voice is not None and len(data) == voice.bytes
                    self.send(voice, data)
                    voice = None
                    continue
                message = _messages.validate_json(data)
                if isinstance(message, wire.VoiceMessage):
                    voice = message
                else:
                    self.send(message)
        except websockets.ConnectionClosed:
            pass
        self.close(self._socket.close_code or 1006, self._socket.close_reason or "")


@asynccontextmanager
async def sitting_at(url: str, **wanted: Any) -> AsyncIterator[WireCandidate]:
    """A connected candidate of a new interview; by default a drill on LoRA with one follow-up."""
    async with httpx.AsyncClient() as http:
        reply = await http.post(f"{url}/api/interviews", json={"format": "drill", "question_id": "finetuning/lora"} | wanted)
    assert reply.status_code == 201, reply.text
    candidate = WireCandidate(url, reply.json()["id"])
    await candidate.connect()
    try:
        yield candidate
    finally:
        await candidate.hang_up()
