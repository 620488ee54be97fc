"""The speech models of one process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hotseat.domain.model import Bank, Question
from hotseat.grading.reading import Reader
from hotseat.speech.audio import Samples
from hotseat.speech.listening import HeardAnswer, Listener, hear_recording
from hotseat.speech.recognition import Transcriber, TurnModel, VoiceActivity
from hotseat.speech.synthesis import PreparedVoice


@dataclass(slots=True)
class SpeechModels:
    """Filled in as models load; None until then."""

    transcriber: Transcriber | None = None
    is_remote: bool = False
    """Whether a remote server recognises speech; optional recognition is left out then, as it may cost money."""
    make_vad: Callable[[], VoiceActivity] | None = None
    """Makes a voice activity detector, one for each answer."""
    turns: TurnModel | None = None
    """Tells whether an answer sounds complete."""
    phonemes: Callable[[str], str] | None = None
    """Text to phonemes, by which misheard key terms are repaired."""
    voice: PreparedVoice | None = None
    acts: Reader | None = None
    """Tells what a short utterance does; without it everything is an answer."""

    async def transcribe(self, samples: Samples, question: Question, bank: Bank, limit_s: float) -> HeardAnswer:
        """Recognises a recorded answer the way a live one is. The models must be loaded. Raises TranscriberError."""
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
        listener.expect_end(limit_s)  # as live: before a known end, cuts differ
        try:
            return await hear_recording(listener, samples)
        finally:
            listener.close()
