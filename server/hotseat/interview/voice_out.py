"""The interviewer's voice in one interview: synthesises text sentence by sentence and sends each as soon as it is ready."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from hotseat import wire
from hotseat.domain.model import EndedBy
from hotseat.errors import SpeakerError
from hotseat.questions.script import Acknowledgements
from hotseat.speech.synthesis import PreparedVoice, Voice
from hotseat.text.sentences import split_sentences

Send = Callable[[wire.ServerMessage, bytes | None], None]
"""Sends a message, with the binary frame that belongs to it."""

_READING_WORDS_PER_S = 3.0
_KEPT_AHEAD = 8
"""Sentences synthesised in advance that are kept."""


class VoiceOut:
    """Sends utterances to one browser."""

    def __init__(self, prepared: PreparedVoice, send: Send, acknowledgements: Acknowledgements) -> None:
        self._prepared = prepared
        self._send = send
        self._acknowledgements = acknowledgements
        self._acknowledged = ""
        """The last acknowledgement."""
        self._ahead: dict[str, Voice] = {}
        """Sentences synthesised in advance, the oldest first."""
        self._begun: tuple[int, list[str]] = (0, [])
        """A turn's id and the sentences of it sent by ``begin``."""

    def acknowledge(self, turn_id: int, ended_by: EndedBy) -> None:
        """Says the line for how the answer ended, if it has been synthesised already."""
        line = self._acknowledged = self._acknowledgements.after(ended_by, self._acknowledged)
        voices = [(sentence, self._prepared.prepared(sentence)) for sentence in split_sentences(line)]
        spoken = [(sentence, voice) for sentence, voice in voices if voice is not None]
        if len(spoken) < len(voices):
            return
        for index, (sentence, voice) in enumerate(spoken):
            self._sentence(turn_id, "acknowledgement", index, sentence, voice)
        seconds = sum(voice.seconds for _, voice in spoken)
        self._send(wire.VoiceEnd(turn_id=turn_id, utterance="acknowledgement", seconds=seconds), None)

    async def prepare(self, text: str) -> None:
        """Synthesises the first sentence of a text that may be said next; if that fails, ``say`` tries again."""
        [sentence, *_] = split_sentences(text)
        voice = self._ahead.get(sentence)
        if voice is None:
            with contextlib.suppress(SpeakerError):
                voice = await self._prepared.speak(sentence)
        if voice is not None:
            others = [(said, ready) for said, ready in self._ahead.items() if said != sentence]
            self._ahead = {**dict(others[1 - _KEPT_AHEAD :]), sentence: voice}

    def begin(self, turn_id: int, sentence: str) -> None:
        """Says the next prepared sentence of a follow-up whose rest isn't known yet; ``say`` goes on from there.

        Says nothing if the sentence isn't prepared.
        """
        if (voice := self._ahead.get(sentence)) is None:
            return
        turn, begun = self._begun
        said = begun if turn == turn_id else []
        self._sentence(turn_id, "follow_up", len(said), sentence, voice)
        self._begun = turn_id, [*said, sentence]

    def forget_begun(self) -> None:
        """Makes ``say`` start from the beginning, as for a browser that has just connected."""
        self._begun = 0, []

    async def say(self, turn_id: int, utterance: wire.UtteranceKind, text: str) -> float:
        """Speaks text sentence by sentence; returns its length in seconds or, without a voice, the time it takes to read.

        Raises SpeakerError; the sentences before the failing one have been sent.
        """
        seconds, sentences = 0.0, split_sentences(text)
        turn, begun = self._begun
        self.forget_begun()
        if turn != turn_id:
            begun = []
        elif sentences[: len(begun)] != begun:
            self._send(wire.VoiceStop(turn_id=turn_id), None)
            begun = []
        try:
            for index, sentence in enumerate(sentences):
                voice = self._ahead.get(sentence) or await self._prepared.speak(sentence)
                if voice is None:
                    return len(text.split()) / _READING_WORDS_PER_S
                if index >= len(begun):
                    self._sentence(turn_id, utterance, index, sentence, voice)
                seconds += voice.seconds
        except Exception:
            # The browser must not wait for a sentence that will not come.
            self._send(wire.VoiceEnd(turn_id=turn_id, utterance=utterance, seconds=seconds), None)
            raise
        self._send(wire.VoiceEnd(turn_id=turn_id, utterance=utterance, seconds=seconds), None)
        return seconds

    def _sentence(self, turn_id: int, utterance: wire.UtteranceKind, index: int, text: str, voice: Voice) -> None:
        message = wire.VoiceMessage(
            turn_id=turn_id,
            utterance=utterance,
            index=index,
            text=text,
            sample_rate=voice.sample_rate,
            bytes=len(voice.pcm),
        )
        self._send(message, voice.pcm)
