"""A server with fake models in this process, for tests of the page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hotseat.domain.model import Word
from hotseat.speech.audio import SAMPLE_RATE
from hotseat.speech.recognition import RecognitionJob
from hotseat.startup.assembly import Assembly

from tests.support.fakes import FakeTranscriber
from tests.support.in_process_server import listening

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
    """The address of a running server with these parts, which are taken as they are."""
    assert assembly.speech.voice is not None
    await assembly.speech.voice.prepare()
    async with listening(assembly) as (port, _):
        yield f"http://127.0.0.1:{port}"
