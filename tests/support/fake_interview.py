"""An interview with fake models in this process, and a scriptable browser."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
from hotseat import wire
from hotseat.interview.interviews import Interviews
from hotseat.questions.formats import Choices
from hotseat.review.reviews import Reviews
from hotseat.session.records import LOCAL
from hotseat.startup.assembly import Assembly

from tests.support.fakes import FakeConnection

FRAME = 640
LOUD = np.full(FRAME, 8000, dtype="<i2").tobytes()
QUIET = bytes(2 * FRAME)
LORA = Choices("drill", ("finetuning/lora",))


class Candidate(FakeConnection):
    """A browser that can be made to do things."""

    def __init__(self, interviews: Interviews, interview_id: str) -> None:
        super().__init__()
        self.interviews = interviews
        self.reviews: Reviews
        """Of an interview from ``sitting``."""
        self.id = interview_id

    async def review(self) -> dict[str, Any] | None:
        """As it is stored."""
        return await self.reviews.review(self.id)

    async def attach(self) -> Candidate:
        self.interview = await self.interviews.open(self.id)
        assert self.interview is not None
        self.interview.attach(self)  # type: ignore[arg-type]
        return self

    def leave(self) -> None:
        """The browser is gone."""
        assert self.interview is not None
        self.interview.detach(self)  # type: ignore[arg-type]

    def say(self, **message: Any) -> None:
        assert self.interview is not None
        self.interview.on_message(wire.parse_text(json.dumps(message)))

    def speak(self, turn_id: int, frames: int, pcm: bytes = LOUD, first: int = 0) -> None:
        assert self.interview is not None
        for number in range(first, first + frames):
            self.interview.on_frame(wire.MicFrame(turn_id, number, pcm))

    async def ask(self) -> int:
        """Plays the current question to its end; returns its turn."""
        state = await self.until("asking")
        await self.until_sent(wire.VoiceEnd, lambda end: end.turn_id == state.turn_id)
        self.say(type="playback.done", turn_id=state.turn_id)
        await self.until("thinking", state.turn_id)
        return state.turn_id

    async def answer(self) -> int:
        """Answers the current question with a second of speech."""
        turn_id = await self.ask()
        self.speak(turn_id, 25)
        await self.until("answering", turn_id)
        self.say(type="done", turn_id=turn_id)
        await self.until_sent(wire.AnswerMessage, lambda entry: entry.turn_id == turn_id)
        return turn_id


@asynccontextmanager
async def sitting(assembly: Assembly, choices: Choices = LORA) -> AsyncIterator[tuple[Interviews, Candidate]]:
    assert assembly.speech.voice is not None
    with contextlib.suppress(Exception):  # as when models are loaded
        await assembly.speech.voice.prepare()
    interviews = assembly.interviews()
    candidate = await Candidate(interviews, await interviews.create(LOCAL, choices)).attach()
    candidate.reviews = assembly.reviews(interviews.load)
    try:
        yield interviews, candidate
    finally:
        await interviews.close()
        await assembly.storage.store.close()


async def finish(candidate: FakeConnection, within_s: float = 5.0) -> None:
    await candidate.until_sent(wire.FinishedMessage, within_s=within_s)
