"""Text to speech: the interface that hotseat.engines implements, and lines that are synthesised in advance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hotseat.text.sentences import split_sentences


@dataclass(frozen=True, slots=True)
class Voice:
    """One spoken sentence."""

    pcm: bytes
    """Mono PCM16, little endian."""
    sample_rate: int

    @property
    def seconds(self) -> float:
        return len(self.pcm) / 2 / self.sample_rate


class Speaker(Protocol):
    """Text to speech."""

    async def speak(self, sentence: str) -> Voice:
        """Raises SpeakerError."""


class PreparedVoice:
    """A speaker with fixed lines, which are synthesised once at start so that they can be heard at once."""

    def __init__(self, speaker: Speaker | None, lines: Sequence[str] = ()) -> None:
        self.speaker = speaker
        self._wanted = lines
        self._lines: dict[str, Voice] = {}

    async def prepare(self) -> None:
        """Synthesises the lines. Raises SpeakerError."""
        if self.speaker is not None:
            for line in self._wanted:
                for sentence in split_sentences(line):
                    self._lines[sentence] = await self.speaker.speak(sentence)

    async def speak(self, sentence: str) -> Voice | None:
        """The sentence's audio, None without a voice. Raises SpeakerError."""
        if sentence in self._lines:
            return self._lines[sentence]
        return await self.speaker.speak(sentence) if self.speaker is not None else None

    def prepared(self, sentence: str) -> Voice | None:
        """The sentence's audio if it has been synthesised in advance."""
        return self._lines.get(sentence)
