"""The speech models of one process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hotseat.domain.acts import ActReader
from hotseat.domain.model import Bank, Question
from hotseat.speech.audio import Samples
from hotseat.speech.listening import HeardAnswer, Listener, hear_recording
from hotseat.speech.recognition import Transcriber, TurnModel, VoiceActivity
from hotseat.speech.voice import PreparedVoice


@dataclass(slots=True)
class SpeechModels:
    """Filled in as models load; None until then."""

    transcriber: Transcriber | None = None
    is_remote: bool = False
    """Speech is recognised by another server, whose time is to be spared."""
    make_vad: Callable[[], VoiceActivity] | None = None
    """A voice activity detector for one answer."""
    turns: TurnModel | None = None
    """Tells whether an answer sounds complete."""
    phonemes: Callable[[str], str] | None = None
    """Text to phonemes, by which misheard key terms are repaired."""
    voice: PreparedVoice | None = None
    acts: ActReader | None = None
    """Tells what a short utterance does; without it everything is an answer."""

    async def transcribe(self, samples: Samples, question: Question, bank: Bank, limit_s: float) -> HeardAnswer:
        """A recorded answer, written down the way a live one is. Raises TranscriberError; the recogniser has to be there."""
        assert self.transcriber is not None and self.make_vad is not None
        listener = Listener(
            "recording",
            self.transcriber,
            self.make_vad(),
            question.key_terms,
            bank.terms_of(question.topic),
            on_caption=lambda _caption: None,
            on_speech=lambda _event: None,
            sounds=self.phonemes,
            vocabulary=bank.vocabulary,
        )
        listener.expect_end(limit_s)  # as live: the cuts before a known end are others
        try:
            return await hear_recording(listener, samples)
        finally:
            listener.close()
