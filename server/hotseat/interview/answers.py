"""Turns one interview's answers from audio into transcripts: captions go to the browser, results to the interview's loop."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from hotseat import wire
from hotseat.domain.acts import Act
from hotseat.domain.model import Bank, EndedBy, Question, Transcript
from hotseat.domain.turn_end import Patience
from hotseat.interview.act_classifier import recognise
from hotseat.interview.voice_out import Send
from hotseat.load_shedding import LiveTurns
from hotseat.session import events
from hotseat.session.phases import Plan
from hotseat.speech.listening import Caption, HeardAnswer, Listener, SpeechEvent
from hotseat.speech.microphone import Microphone
from hotseat.speech.models import SpeechModels
from hotseat.telemetry.logs import failed
from hotseat.telemetry.metrics import Metrics

log = logging.getLogger(__name__)

_MUFFLED = "You sound as if you were in another room. Come closer, or uncover the microphone. We transcribed the answer anyway."
_LOST = "We couldn’t transcribe this answer. Its recording is kept."
_PARTLY = "We couldn’t transcribe part of this answer. Its recording is kept."


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """One interview's answers. ``on_words(text)`` is called with the open answer's final words so far when there are more."""

    interview_id: str
    bank: Bank
    speech: SpeechModels
    turns: LiveTurns
    metrics: Metrics
    microphone: Microphone
    send: Send
    post: Callable[[events.Event], None]
    on_words: Callable[[str], None]

    def record(self, turn_id: int, limit_s: float, question: Question, plan: Plan) -> None:
        """Starts recording and recognising an answer: its clock has started."""
        self.microphone.record(turn_id, limit_s, self._listener(turn_id, limit_s, question, plan))

    async def resume(self, turn_id: int, limit_s: float, question: Question, plan: Plan) -> None:
        """Goes on with an answer that an earlier process was recording. Raises StorageError."""
        await self.microphone.resume(turn_id, limit_s, self._listener(turn_id, limit_s, question, plan))

    async def finalise(
        self,
        command: events.CloseAnswer,
        asked: str,
        question: Question,
        plan: Plan,
        on_act: Callable[[Act], None],
        reword: Callable[[Act, str], Awaitable[str]],
    ) -> None:
        """Ends the answer and reports its transcript: to ``on_act`` what the words do, then all to the browser and the loop.

        ``reword(act, text)`` is what was asked, in other words, if the candidate asks for them.
        """
        heard, seconds, note = HeardAnswer((), ()), self.microphone.heard_s, ""
        if command.typed is not None:  # what was said before typing doesn't count
            self.microphone.stop()
            transcript = Transcript.of_typed(command.typed)
        else:
            try:
                found, seconds = await self.microphone.finish(
                    command.turn_id, lambda: self._listener(command.turn_id, 0.0, question, plan)
                )
                heard = found or heard
                note = _PARTLY if heard.incomplete else _MUFFLED if heard.muffled else ""
            except Exception as error:
                failed(log, "transcribing an answer", error)
                note = _LOST
            transcript = Transcript(heard.words)
            if note in (_LOST, _PARTLY):
                self.metrics.fell_back("transcript")
                self.send(wire.Notice(code="transcript", text=note), None)
        self.metrics.answered(command.ended_by)
        act = Act.ANSWER
        if self.speech.acts is not None and command.ended_by is not EndedBy.SKIPPED:
            act = recognise(transcript.text, asked, self.speech.acts)
        on_act(act)
        answer = wire.AnswerMessage(
            turn_id=command.turn_id,
            text=transcript.text,
            duration_s=seconds,
            ended_by=command.ended_by,
            note=note,
            act=act,
        )
        self.send(answer, None)
        reworded = await reword(act, transcript.text)
        self.post(events.Transcribed(command.turn_id, transcript, seconds, note, heard.speech, act, reworded))

    def _listener(self, turn_id: int, limit_s: float, question: Question, plan: Plan) -> Listener:
        assert self.speech.transcriber is not None and self.speech.make_vad is not None

        def on_caption(caption: Caption) -> None:
            self.send(wire.Caption(turn_id=turn_id, committed=caption.committed, partial=caption.partial), None)
            self.on_words(caption.committed)

        listener = Listener(
            self.interview_id,
            self.speech.transcriber,
            self.speech.make_vad(),
            question.key_terms,
            self.bank.terms_of(question.topic),
            on_caption=on_caption,
            on_speech=partial(self.on_speech, turn_id),
            sounds=self.speech.phonemes,
            vocabulary=self.bank.vocabulary,
            # Optional recognition is left out if other candidates need the processor, or a remote server's time costs.
            sparing=lambda: self.turns.is_shedding or self.speech.is_remote,
            patience=Patience(plan.silence_s, plan.no_speech_s),
            turns=self.speech.turns,
        )
        listener.expect_end(limit_s)
        return listener

    def on_speech(self, turn_id: int, event: SpeechEvent) -> None:
        message = wire.SpeechMessage(
            turn_id=turn_id,
            speaking=event.speaking,
            silence_ms=round(event.silence_s * 1000),
            ends_at_ms=round(event.ends_at_s * 1000),
        )
        self.send(message, None)
        if event.over:
            self.post(events.SilenceHeard(turn_id, event.silence_s, event.spoke))
