"""The async shell of one interview: one queue of events, one timer, one task group. session.session makes all decisions."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from functools import partial
from typing import Any

from hotseat import wire
from hotseat.domain.acts import Act
from hotseat.domain.model import EndedBy, Grade, Question, Source
from hotseat.errors import HotseatError, StorageError, TakenOverError
from hotseat.interview.answers import Answers
from hotseat.interview.chosen import Chosen
from hotseat.interview.connection import FORGOTTEN, TAKEN_OVER, Connection
from hotseat.interview.context import InterviewContext
from hotseat.interview.journal import Journal
from hotseat.interview.replies import Replies
from hotseat.interview.reply_latency import ReplyLatency
from hotseat.interview.snapshot import state_message
from hotseat.interview.voice_out import VoiceOut
from hotseat.session import events, session
from hotseat.session.phases import (
    Answering,
    Asking,
    Finalising,
    Finished,
    FollowingUp,
    Grading,
    Ready,
    State,
    Thinking,
    Utterance,
)
from hotseat.speech.microphone import Microphone
from hotseat.telemetry.logs import failed
from hotseat.telemetry.logs import interview as logged_interview

log = logging.getLogger(__name__)

_BARGE_IN_S = 0.6
"""Speech over the interviewer's voice that counts as barging in; shorter is a cough or an echo."""
_ONSET_S = 0.16
"""Speech that starts the clock while the candidate thinks."""
_LIVE = (Answering, Finalising, FollowingUp)
"""Phases in which the interview counts as a live turn for load shedding."""
_SHORT_S = 9.0
"""A shorter spoken answer may be an act such as "could you repeat that?", so it is acknowledged once its words are known."""
_FAREWELL_WITHIN_S = 6.0
"""How long after the last answer a candidate still listens for remarks on the interview."""
_FAREWELL_VOICE_S = 3.0
"""Longest wait for the farewell's audio: the review waits for it."""
GRACE_S = 2.0
"""How long a finished interview waits for tasks under way, such as its last sentence."""
_NOTHING_LEFT = Chosen("", "", Source.BANK)
_NOT_IN_BANK = "This question is no longer in the bank."
PENDING = (Finalising, FollowingUp, Grading)
"""Phases in which the candidate waits for the server."""


class Interview:
    """Runs one interview, with or without a browser attached, until it is finished."""

    def __init__(self, journal: Journal, context: InterviewContext) -> None:
        self.record = journal.record
        self.id = journal.record.id
        self.token = journal.token
        self._journal = journal
        self._context = context
        self._clock = context.clock
        self._metrics = context.metrics
        self._reply_latency = ReplyLatency(context.metrics, context.clock)
        self.state: State = journal.state
        self._events: asyncio.Queue[tuple[events.Event, float]] = asyncio.Queue()
        """Each with its time of arrival, so that an event sent in time counts as in time even if the loop was busy storing."""
        self._connection: Connection | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self._left_at = context.clock.now()
        """When the last browser left."""
        self._touched_at = self._left_at
        """When a browser last connected or sent more than a `ping`."""
        self._speaking: asyncio.Task[None] | None = None
        self._goodbye: asyncio.Task[None] | None = None
        self._greeting: asyncio.Task[None] | None = None
        speech, library = context.speech, context.library
        assert speech.make_vad is not None and speech.voice is not None
        self._script = library.catalogue.script
        self._voice = VoiceOut(speech.voice, self._send, self._script.acknowledgements)
        self._microphone = Microphone(
            self.id,
            context.storage.archive,
            context.clock,
            speech.make_vad,
            lambda turn_id: self.post(events.SpeechStarted(turn_id)),
            self._on_trouble,
        )
        tier = journal.record.options.get("tier", 3)
        self._replies = Replies(
            context.interviewer,
            context.graders,
            library.bank,
            context.metrics,
            tier,
            library.catalogue.tier(tier).manner,
            self._voice,
        )
        self._answers = Answers(
            self.id,
            library.bank,
            speech,
            context.turns,
            context.metrics,
            self._microphone,
            self._send,
            self.post,
            self._on_words,
        )
        self.idle = asyncio.Event()
        """Set while the candidate waits for nothing from the server (``PENDING``)."""
        self._note_phase()

    # ---- The browser's side ------------------------------------------------------------------------------------------

    def attach(self, connection: Connection) -> None:
        """Makes this the interview's only browser; an earlier one is disconnected."""
        if self._connection is not None:
            self._connection.close(TAKEN_OVER, "the interview was opened in another tab")
        self._connection = connection
        self._voice.forget_begun()
        self._touched_at = self._clock.now()
        connection.send(wire.Hello(interview_id=self.id))
        if isinstance(self.state, Finished):
            self._publish()
            self._execute(events.Close())
        if isinstance(self.state, Ready):
            self._greeting = asyncio.create_task(self._optional(self._voice.prepare(self.state.progress.current.opening)))
        self.post(events.Attached())

    def detach(self, connection: Connection) -> None:
        if self._connection is connection:
            self._connection = None
            self._left_at = self._clock.now()
            self.post(events.Detached())

    @property
    def engaged(self) -> bool:
        """Whether the interview occupies a place: a browser is connected, or the server has work to do for it."""
        if isinstance(self.state, Finished):
            return False
        return self._connection is not None or isinstance(self.state, (Answering, *PENDING))

    @property
    def alone_s(self) -> float:
        """Seconds without a browser, if the interview waits for nothing else; otherwise 0."""
        alone = self._connection is None and isinstance(self.state, Ready | Asking)
        return self._clock.now() - self._left_at if alone and not session.ungraded(self.state.progress) else 0.0

    @property
    def unstarted_s(self) -> float:
        """Seconds that a connected browser has done nothing while the interview is not started; otherwise 0."""
        waits = self._connection is not None and isinstance(self.state, Ready)
        return self._clock.now() - self._touched_at if waits else 0.0

    def drop(self, code: int, reason: str) -> None:
        """Closes the browser's connection with this code."""
        if self._connection is not None:
            self._connection.close(code, reason)

    def evict(self, reason: str) -> None:
        """Disconnects a browser that hasn't started the interview, and frees its place at once."""
        if self._connection is not None:
            self._connection.close(FORGOTTEN, reason)
            self.detach(self._connection)

    def on_message(self, message: wire.ClientMessage) -> None:
        self._touched_at = self._clock.now()
        if isinstance(message, wire.Mic):
            log.info("microphone %s", message.state)
        elif (event := wire.to_event(message)) is not None:
            self.post(event)

    def on_frame(self, frame: wire.MicFrame) -> None:
        self._microphone.frame(frame)

    def post(self, event: events.Event) -> None:
        self._events.put_nowait((event, self._clock.now()))

    def _send(self, message: wire.ServerMessage, audio: bytes | None = None) -> None:
        if self._connection is not None:
            self._connection.send(message, audio)
            self._reply_latency.sent(message)

    def _on_words(self, committed: str) -> None:
        if isinstance(self.state, Answering):
            self._replies.on_words(self._question(), self.state.progress, self.state.utterance, committed)

    def _on_trouble(self, code: str, text: str) -> None:
        self._send(wire.ErrorMessage(code="flood", text=text) if code == "flood" else wire.Notice(code=code, text=text))

    # ---- The loop ----------------------------------------------------------------------------------------------------

    async def run(self) -> bool:
        """Runs the interview; True once it is finished, False if another process took it over. Raises only for a bug."""
        logged_interview.set(self.id)
        ours = True
        try:
            async with asyncio.TaskGroup() as self._tasks:
                if self._journal.recovered:
                    await self._resume()
                began = self._clock.now()  # an answer's clock was stopped until now
                while not isinstance(self.state, Finished):
                    event, came = await self._next_event()
                    await self._apply(event, max(came, began))
                await self._journal.settle()
                await self._finish_tasks()
        except* TakenOverError:
            ours = False
        finally:
            self._context.turns.note(self.id, False)
            self._microphone.stop()
            self._replies.forget()
            with contextlib.suppress(TakenOverError):
                await self._journal.flush()
        return ours

    async def _resume(self) -> None:
        """Takes over from a process that is gone."""
        if isinstance(self.state, Answering):
            plan = self.state.progress.plan
            await self._answers.resume(self.state.utterance.turn_id, self.state.limit_s, self._question(), plan)
        await self._apply(events.Recovered(self._microphone.heard_s), self._clock.now())

    async def _finish_tasks(self) -> None:
        """Waits for tasks under way, and cancels those left after ``GRACE_S``."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=GRACE_S)
        for task in self._under_way:
            task.cancel()

    async def _next_event(self) -> tuple[events.Event, float]:
        deadline = session.next_deadline(self.state)
        if deadline is None:
            return await self._events.get()
        try:
            async with self._clock.timeout_at(deadline):
                return await self._events.get()
        except TimeoutError:
            return events.TimerFired(), self._clock.now()

    async def _apply(self, event: events.Event, now: float) -> None:
        if isinstance(event, events.TimerFired) and isinstance(self.state, FollowingUp):
            log.warning("no follow-up was chosen within %.0f s", session.FOLLOW_UP_TIMEOUT_S)
            self._metrics.fell_back("findings")
        result = session.step(self.state, event, now)
        if result.error is not None:
            log.debug("%s", result.error)
            if isinstance(event, events.StartPressed | events.EndPressed):  # others may be late: they crossed on the wire
                self._send(wire.ErrorMessage(code="unexpected", text=str(result.error)))
            return
        if result.state == self.state and not result.commands:
            if isinstance(event, events.Attached):  # another tab took over
                self._welcome()
            return
        before, self.state = self.state, result.state
        self._note_phase()
        if isinstance(self.state, Finalising) and not isinstance(before, Finalising):
            self._reply_latency.answer_ended(now)
        await self._journal.append(event, now, self.state, self._on_trouble)
        if isinstance(event, events.RoundGraded):
            await self._rate(event)
        for command in result.commands:
            self._execute(command)
        self._on_entry(before)
        if isinstance(event, events.Attached):
            self._welcome()
            return
        self._publish()
        if self.state.progress.round != before.progress.round:
            self._warn_if_not_in_bank()

    def _note_phase(self) -> None:
        self._context.turns.note(self.id, isinstance(self.state, _LIVE))
        if isinstance(self.state, PENDING):
            self.idle.clear()
        else:
            self.idle.set()

    def _publish(self) -> None:
        microphone = self._microphone
        next_frame = microphone.next_frame if microphone.turn_id == session.turn_of(self.state) else 0
        voice = self._context.speech.voice
        has_voice = voice is not None and voice.speaker is not None
        self._send(state_message(self.state, self._context.library.bank, self._clock.now(), next_frame, has_voice))

    def _welcome(self) -> None:
        """Sends a browser that has just connected everything it needs to draw the page."""
        self._publish()
        for number in range(1, self.state.progress.hints + 1):
            self._show_hint(session.turn_of(self.state), number)
        self._warn_if_not_in_bank()

    def _warn_if_not_in_bank(self) -> None:
        """Tells the candidate before they answer that the question can't be graded."""
        if isinstance(self.state, Ready | Asking | Thinking | Answering) and not self._question().has_rubric:
            self._send(wire.Notice(code="question", text=f"{_NOT_IN_BANK} Your answer is kept, but not followed up or graded."))

    # ---- Commands ----------------------------------------------------------------------------------------------------

    def _execute(self, command: events.Command) -> None:
        match command:
            case events.Ask():
                self._microphone.watch(command.utterance.turn_id, _BARGE_IN_S)
                if self._speaking is not None:  # to a browser that is gone
                    self._speaking.cancel()
                self._speaking = self._spawn(self._ask(command.utterance))
            case events.StopVoice():
                if self._speaking is not None:
                    self._speaking.cancel()
                    self._speaking = None
                self._send(wire.VoiceStop(turn_id=command.turn_id))
            case events.StartAnswer():
                progress = self.state.progress
                self._replies.forget()
                self._spawn(self._optional(self._replies.prepare(progress)))
                self._answers.record(command.turn_id, command.limit_s, self._question(), progress.plan)
            case events.CloseAnswer():
                assert isinstance(self.state, Finalising)
                self._spawn(self._finalise(command, self.state))
            case events.ChooseFollowUp():
                self._spawn(self._choose(command))
            case events.GradeRound():
                self._spawn(self._grade(command.round))
            case events.ShowHint():
                self._show_hint(command.turn_id, command.number)
            case events.Close():
                self._send(wire.FinishedMessage(review=f"/review/{self.id}"))

    def _show_hint(self, turn_id: int, number: int) -> None:
        hints = self._question().hints
        text = hints[number - 1] if number <= len(hints) else "This hint is no longer in the bank."
        self._send(wire.HintMessage(turn_id=turn_id, number=number, text=text))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        assert self._tasks is not None
        task = self._tasks.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def _optional(self, work: Coroutine[Any, Any, object]) -> None:
        """Does work that the interview can do without; failures are only logged."""
        try:
            await work
        except Exception as error:
            failed(log, "optional work", error)

    def _on_entry(self, before: State) -> None:
        """Does what a phase needs when it is entered, besides its commands."""
        match self.state:
            case Thinking() if not isinstance(before, Thinking):
                if self._speaking is not None and not self._speaking.done():
                    self._execute(events.StopVoice(self.state.utterance.turn_id))
                self._microphone.watch(self.state.utterance.turn_id, _ONSET_S)
            case Grading() if not isinstance(before, Grading):
                goodbye = self._voice.say(self.state.turn_id, "closing", self._script.closing.end)
                self._goodbye = self._spawn(self._optional(goodbye))

    def _question(self, round_index: int | None = None) -> Question:
        rounds = self.state.progress.plan.rounds
        index = self.state.progress.round if round_index is None else round_index
        return rounds[min(index, len(rounds) - 1)].question_in(self._context.library.bank)

    async def _ask(self, utterance: Utterance) -> None:
        kind: wire.UtteranceKind = "question" if utterance.follow_up_id is None else "follow_up"
        seconds = 0.0
        try:
            seconds = await self._voice.say(utterance.turn_id, kind, utterance.aloud)
        except Exception as error:
            failed(log, "the voice", error)
            self._metrics.fell_back("voice")
            self._send(wire.Notice(code="voice", text="The voice failed; the question is on the page."))
        self.post(events.VoiceSent(utterance.turn_id, seconds))

    async def _finalise(self, command: events.CloseAnswer, state: Finalising) -> None:
        """Ends an answer. A short one may be an act, so it is acknowledged only once it is known to be an answer."""
        pressed, asked, plan = state.act is not None, state.utterance.text, state.progress.plan
        short = command.ended_by in (EndedBy.DONE, EndedBy.SILENCE) and self._microphone.heard_s < _SHORT_S

        def acknowledge(act: Act) -> None:
            if act is Act.ANSWER and not pressed:
                self._voice.acknowledge(command.turn_id, command.ended_by)

        async def reword(act: Act, text: str) -> str:
            if pressed and state.typed is None:  # the words are an answer, and the reply is to the button
                return ""
            return await self._replies.reword(self._question(), state.progress, state.utterance, state.act or act, text)

        if not short:
            acknowledge(Act.ANSWER)
        on_act = acknowledge if short else lambda _act: None
        await self._answers.finalise(command, asked, self._question(), plan, on_act, reword)

    async def _choose(self, command: events.ChooseFollowUp) -> None:
        speak = partial(self._begin_follow_up, command.turn_id)
        chosen = await self._replies.choose(self._question(), self.state.progress, speak) or _NOTHING_LEFT
        self.post(
            events.FollowUpChosen(command.turn_id, chosen.follow_up_id, chosen.text, chosen.source, chosen.choice, chosen.act)
        )

    async def _begin_follow_up(self, turn_id: int, sentence: str) -> None:
        """Says a sentence that comes before the question, which is still being written."""
        await self._voice.prepare(sentence)
        if isinstance(self.state, FollowingUp) and self.state.turn_id == turn_id:
            self._voice.begin(turn_id, sentence)

    async def _grade(self, round_index: int) -> None:
        question = self._question(round_index)
        if not question.has_rubric:
            self._not_graded(round_index, _NOT_IN_BANK)
            return
        grader = self._context.graders.in_use
        assert grader is not None
        try:
            with self._metrics.timed("grade"):
                grade = await grader.grade(question, self.state.progress.answers_of(round_index))
        except Exception as error:
            failed(log, "grading", error)
            self._metrics.fell_back("grader")
            self._not_graded(round_index, str(error) if isinstance(error, HotseatError) else "the grader failed")
            return
        if grade.fallback:
            self._metrics.fell_back("grader")
        verdict = grade.verdict.value
        self._send(wire.GradeMessage(round=round_index + 1, verdict=verdict, reason=grade.reason, fallback=grade.fallback))
        await self._optional(self._say_what_stood_out(round_index, grade))
        self.post(events.RoundGraded(round_index, grade))

    async def _say_what_stood_out(self, round_index: int, grade: Grade) -> None:
        """The farewell's remarks on the interview, if the last grade came while the candidate still listens."""
        state = self.state
        if not isinstance(state, Grading) or session.ungraded(state.progress) != [round_index] or self._connection is None:
            return
        if self._clock.now() > state.deadline - session.GRADE_TIMEOUT_S + _FAREWELL_WITHIN_S:
            return
        known = [(self._question(number), known) for number, known in (*state.progress.graded, (round_index, grade))]
        said = f"{self._script.farewell(known)} {self._script.closing.review}".strip()
        with contextlib.suppress(TimeoutError):  # a voice that hangs
            async with asyncio.timeout(_FAREWELL_VOICE_S):
                if self._goodbye is not None:
                    await asyncio.wait({self._goodbye})
                await self._voice.say(state.turn_id, "closing", said)

    def _not_graded(self, round_index: int, reason: str) -> None:
        self._send(wire.GradeMessage(round=round_index + 1, verdict=None, reason=reason))
        self.post(events.RoundNotGraded(round_index, reason))

    async def _rate(self, graded: events.RoundGraded) -> None:
        try:
            await self._context.practice.rate_round(self.id, self.record.owner, self.state.progress, graded.round, graded.grade)
        except StorageError as error:  # Practice.catch_up rates it at the next start
            log.error("ratings not stored: %s", error)
