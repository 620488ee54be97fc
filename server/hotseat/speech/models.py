"""The speech models of one process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hotseat.domain.acts import ActReader
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
