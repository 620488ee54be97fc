"""A server in this process whose models are fakes, for tests of the page: it starts at once and costs nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from unittest import mock

import uvicorn
from hotseat.domain.model import Word
from hotseat.http.app import create_app
from hotseat.speech.audio import SAMPLE_RATE
from hotseat.speech.recognition import RecognitionJob
from hotseat.startup.assembly import Assembly

from tests.conftest import free_port
from tests.support.fakes import FakeTranscriber

SPEECH = (
    "It freezes the base model and learns the weight update as a product of two low rank matrices so far fewer parameters are "
    "trained than in full fine-tuning and it needs much less memory while the adapter can be merged into the weights afterwards"
).split()
WORDS_S = 12.0
"""Words a second of audio."""


class FluentTranscriber(FakeTranscriber):
    """Hears steadily more words as the audio grows."""

    async def recognise(self, job: RecognitionJob) -> tuple[Word, ...]:
        count = int(len(job.samples) / SAMPLE_RATE * WORDS_S)
        return tuple(Word(SPEECH[n % len(SPEECH)], n / WORDS_S, (n + 1) / WORDS_S) for n in range(count))


@asynccontextmanager
async def serving(assembly: Assembly) -> AsyncIterator[str]:
    """The address of a running server with these assembly, which are taken as they are."""

    async def nothing_to_load(_assembly: Assembly) -> None:
        pass

    assert assembly.speech.voice is not None
    await assembly.speech.voice.prepare()
    with mock.patch("hotseat.http.app.load_models", nothing_to_load):
        port = free_port()
        server = uvicorn.Server(uvicorn.Config(create_app(assembly), port=port, log_level="warning"))
        running = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        await running
