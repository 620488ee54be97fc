"""One interview as a state machine: ``step(state, event, now) -> Step(state, commands)``.

The loop: Ready -> Asking -> Thinking -> Answering -> Finalising -> FollowingUp -> Asking … -> Grading -> Finished.
An utterance that is no answer leads from Finalising back to Asking, with what session.moves says to it.
``now`` is the server's monotonic clock in seconds; nothing here reads it. Deadlines are data: the shell waits for the next
event or ``next_deadline(state)`` and then feeds ``TimerFired``; a deadline not yet due changes nothing.
Each asked question or follow-up is a turn with its own number; results for another turn are dropped, so nothing depends
on a command having been cancelled in time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from hotseat.domain.acts import Act
from hotseat.domain.model import Answer, EndedBy, Source, Transcript
from hotseat.session import difficulty, events, moves
from hotseat.session.phases import (
    Answering,
    Asking,
    Finalising,
    Finished,
    FollowingUp,
    Grading,
    NonAnswer,
    Plan,
    Progress,
    Ready,
    RoundGrade,
    State,
    Thinking,
    Utterance,
)

VOICE_TIMEOUT_S = 30.0
"""How long synthesis of an utterance is waited for; its text is on the page anyway."""
PLAYBACK_SLACK_S = 4.0
"""How long beyond the audio's length the browser's report of the end of playback is waited for."""
FINAL_TIMEOUT_S = 30.0
"""How long the final transcript of an answer is waited for."""
FOLLOW_UP_TIMEOUT_S = 30.0
"""How long the choice of a follow-up is waited for; then the bank's next one is asked."""
GRADE_TIMEOUT_S = 180.0
"""How long outstanding grades are waited for after the last answer; then those rounds are not graded."""


@dataclass(frozen=True, slots=True)
class Unexpected:
    """An event that the phase doesn't expect; the state has not changed."""

    expected: tuple[str, ...]
    received: str
    phase: str

    def __str__(self) -> str:
        return f"{self.received} came while {self.phase}; expected {' or '.join(self.expected) or 'nothing more'}"


@dataclass(frozen=True, slots=True)
class Step:
    state: State
    commands: tuple[events.Command, ...] = ()
    error: Unexpected | None = None


_EXPECTED: dict[type, tuple[str, ...]] = {
    Ready: ("StartPressed",),
    Asking: ("PlaybackDone", "SpeechStarted", "DonePressed", "TypedAnswer", "SkipPressed", "ActPressed"),
    Thinking: ("SpeechStarted", "DonePressed", "TypedAnswer", "SkipPressed", "HintPressed", "ActPressed"),
    Answering: ("DonePressed", "SilenceHeard", "TypedAnswer", "SkipPressed", "HintPressed", "ActPressed"),
    Finalising: ("Transcribed",),
    FollowingUp: ("FollowUpChosen",),
    Grading: ("RoundGraded", "RoundNotGraded"),
    Finished: (),
}


def begin(plan: Plan) -> Ready:
    """The state of a planned interview. Raises ValueError for a plan without rounds."""
    if not plan.rounds:
        raise ValueError("an interview needs at least one round")
    return Ready(Progress(plan))


def turn_of(state: State) -> int:
    """The current turn's number; 0 before the first."""
    match state:
        case Ready():
            return 0
        case Asking() | Thinking() | Answering() | Finalising():
            return state.utterance.turn_id
        case _:
            return state.turn_id


def next_deadline(state: State) -> float | None:
    """When to feed TimerFired, on the monotonic clock."""
    match state:
        case Ready() | Finished():
            return None
        case _:
            return state.deadline


def remaining_s(state: State, now: float) -> float | None:
    """Seconds left of a running answer, or of thinking; None when no clock runs."""
    if isinstance(state, Answering) and state.deadline is None:
        return state.limit_s - state.spent_s
    if isinstance(state, Answering | Thinking) and state.deadline is not None:
        return max(0.0, state.deadline - now)
    return None


def step(state: State, event: events.Event, now: float) -> Step:
    """The next state, and the commands for the shell. Raises nothing: an unexpected event is reported in ``Step.error``."""
    if isinstance(state, Finished):
        return Step(state, error=_unexpected(state, event))
    if isinstance(event, events.TurnEvent) and event.turn_id != turn_of(state):
        return Step(state, error=_unexpected(state, event))
    if _overrun(state, now) and not isinstance(event, events.TimerFired | events.Recovered):
        closed = _timer(state, now)
        after = step(closed.state, event, now)
        return Step(after.state, (*closed.commands, *after.commands))
    match event:
        case events.Attached() | events.Detached():
            return _connection(state, event, now)
        case events.Recovered():
            return _recover(state, event, now)
        case events.RoundGraded() | events.RoundNotGraded():
            return _graded(state, event)
        case events.EndPressed():
            return _end(state, now)
        case events.TimerFired():
            due = next_deadline(state)
            return _timer(state, now) if due is not None and now >= due else Step(state)
        case _:
            return _turn(state, event, now)


def _overrun(state: State, now: float) -> bool:
    """An answer's limit has passed before its TimerFired was fed: the event that came instead was too late for the answer."""
    return isinstance(state, Answering) and state.deadline is not None and now >= state.deadline


def _waits_for_browser(state: State) -> bool:
    """The question will be asked again when a browser connects; events that were under way for the last one are stale."""
    return isinstance(state, Asking) and not state.progress.attached


def _unexpected(state: State, event: events.Event) -> Unexpected:
    expected = ("Attached",) if _waits_for_browser(state) else _EXPECTED[type(state)]
    return Unexpected(expected, type(event).__name__, type(state).__name__.lower())


def _turn(state: State, event: events.Event, now: float) -> Step:
    if _waits_for_browser(state):
        return Step(state, error=_unexpected(state, event))
    match state, event:
        case Ready(), events.StartPressed():
            return _ask_question(replace(state.progress, attached=True), 1, now)

        case Asking(), events.VoiceSent(seconds=seconds):
            return Step(replace(state, deadline=now + seconds + PLAYBACK_SLACK_S))
        case Asking(), events.PlaybackDone():
            return _think(state, now)
        case Asking(), events.SpeechStarted():
            answering = _answer(state, now)
            return Step(answering.state, (events.StopVoice(state.utterance.turn_id), *answering.commands))

        case Thinking(), events.SpeechStarted():
            return _answer(state, now)

        case Answering(), events.SilenceHeard():
            return _close(state, now, EndedBy.SILENCE)

        case ((Thinking() | Answering()), events.HintPressed()) if state.progress.hints < state.progress.current.hints:
            progress = replace(state.progress, hints=state.progress.hints + 1)
            return Step(replace(state, progress=progress), (events.ShowHint(event.turn_id, progress.hints),))

        case ((Thinking() | Answering()), events.DonePressed()):
            return _close(state, now, EndedBy.DONE)
        case Asking(), events.DonePressed():
            return replace(_think(state, now), commands=(events.StopVoice(event.turn_id),))
        case ((Asking() | Thinking() | Answering()), events.SkipPressed()):
            return _close(state, now, EndedBy.SKIPPED)
        case ((Asking() | Thinking() | Answering()), events.TypedAnswer(text=text, act=act)):
            return _close(state, now, EndedBy.DONE, text, act)
        case ((Asking() | Thinking() | Answering()), events.ActPressed(act=act)) if act in requests(state):
            return _request(state, act, now)

        case Finalising(), events.Transcribed():
            return _finalised(state, event, now)

        case FollowingUp(), events.FollowUpChosen(act=act) if moved := _reclassified(state, act, now):
            return moved
        case FollowingUp(), events.FollowUpChosen(text=""):
            return _next_round(state.progress, state.turn_id, now)
        case FollowingUp(), events.FollowUpChosen():
            follow_up = Utterance(state.turn_id, event.text, event.follow_up_id, choice=event.choice)
            return _ask_follow_up(state.progress, follow_up, event.source, now)
    return Step(state, error=_unexpected(state, event))


def _timer(state: State, now: float) -> Step:
    match state:
        case Asking():
            return _think(state, now)
        case Thinking():
            return _answer(state, now)
        case Answering():
            return _close(state, now, EndedBy.LIMIT)
        case Finalising():
            return _finalised(state, _untranscribed(state), now)
        case FollowingUp():
            backups = state.progress.current.backups
            used = {answer.follow_up_id for answer in state.progress.round_answers}
            left = [(name, text) for name, text in backups if name not in used]
            if not left:
                return _next_round(state.progress, state.turn_id, now)
            name, text = left[0]
            return _ask_follow_up(state.progress, Utterance(state.turn_id, text, name), Source.BANK, now)
        case Grading():
            missing = ungraded(state.progress)
            grades = state.progress.grades + tuple(RoundGrade(n, None, "grading took too long") for n in missing)
            return Step(Finished(replace(state.progress, grades=grades), state.turn_id), (events.Close(),))
        case _:
            return Step(state)


def _untranscribed(state: Finalising) -> events.Transcribed:
    """Stands in for the transcript of an answer whose recognition never ended."""
    if state.typed is not None:
        return events.Transcribed(state.utterance.turn_id, Transcript.of_typed(state.typed), 0.0)
    return events.Transcribed(state.utterance.turn_id, Transcript(), 0.0, "the transcript was not ready in time")


def _ask(progress: Progress, utterance: Utterance, now: float) -> Step:
    utterance = replace(utterance, said="") if utterance.said == utterance.text else utterance
    deadline = now + VOICE_TIMEOUT_S if progress.attached else None
    return Step(Asking(progress, utterance, deadline), (events.Ask(utterance),) if progress.attached else ())


def _ask_question(progress: Progress, turn_id: int, now: float) -> Step:
    current = progress.current
    return _ask(progress, Utterance(turn_id, current.prompt, said=moves.with_remark(progress, current.opening)), now)


def _ask_follow_up(progress: Progress, follow_up: Utterance, source: Source, now: float) -> Step:
    if source is Source.BANK:  # a language model has its own words for a correction
        follow_up = replace(follow_up, said=moves.with_remark(progress, follow_up.text))
    return _ask(replace(progress, asked=progress.asked + 1), follow_up, now)


def _think(state: Asking, now: float) -> Step:
    return Step(Thinking(state.progress, state.utterance, now + _time_to_think(state)))


def _time_to_think(state: Asking | Thinking) -> float:
    plan = state.progress.plan
    return plan.pause_s if state.utterance.acts[-1:] == (Act.THINK,) else plan.think_s


def _answer(state: Asking | Thinking, now: float) -> Step:
    current = state.progress.current
    limit = current.limit_s if state.utterance.follow_up_id is None else current.follow_up_limit_s
    answering = Answering(state.progress, state.utterance, limit, now + limit, thought_s=_thought(state, now))
    return Step(answering, (events.StartAnswer(state.utterance.turn_id, limit),))


def _thought(state: Asking | Thinking | Answering, now: float) -> float:
    """Seconds that the candidate took before the clock started."""
    match state:
        case Thinking(deadline=deadline):
            return max(0.0, now - (deadline - _time_to_think(state)))
        case Answering():
            return state.thought_s
        case Asking():
            return 0.0


def _close(
    state: Asking | Thinking | Answering, now: float, ended_by: EndedBy, typed: str | None = None, act: Act | None = None
) -> Step:
    turn_id = state.utterance.turn_id
    stop = (events.StopVoice(turn_id),) if isinstance(state, Asking) else ()
    return Step(
        Finalising(state.progress, state.utterance, ended_by, typed, now + FINAL_TIMEOUT_S, _thought(state, now), act),
        (*stop, events.CloseAnswer(turn_id, ended_by, typed)),
    )


REQUESTS = (Act.REPEAT, Act.CLARIFY, Act.THINK)
"""Acts that have a button."""


def requests(state: State) -> tuple[Act, ...]:
    """Acts whose buttons can still be pressed in this turn."""
    if not isinstance(state, Asking | Thinking | Answering):
        return ()
    return tuple(act for act in REQUESTS if not moves.used_up(state.utterance, act))


def _request(state: Asking | Thinking | Answering, act: Act, now: float) -> Step:
    """Replies to a button. While an answer is being given it ends the answer, which is kept."""
    if isinstance(state, Answering):
        return _close(state, now, EndedBy.DONE, None, act)
    stop = (events.StopVoice(state.utterance.turn_id),) if isinstance(state, Asking) else ()
    moved = _move(state.progress, state.utterance, act, "", now)
    assert moved is not None  # a request never leaves its question
    return Step(moved.state, (*stop, *moved.commands))


def _finalised(state: Finalising, event: events.Transcribed, now: float) -> Step:
    act = _understood(state, event)
    if act is Act.ANSWER:
        return _answered(state, event, now)
    if _is_interrupted(state, event):
        kept = replace(state.progress, answers=(*state.progress.answers, _answer_of(state, event)))
        moved = _move(kept, state.utterance, act, "", now)
    else:
        moved = _move(state.progress, state.utterance, act, event.transcript.text, now, event.reworded)
    return moved or _passed(state, event, act, now)


def _is_interrupted(state: Finalising, event: events.Transcribed) -> bool:
    """Whether a request's button ended an answer, whose words are kept."""
    return state.act is not None and state.typed is None and event.act is Act.ANSWER and bool(event.transcript.words)


def _understood(state: Finalising, event: events.Transcribed) -> Act:
    """What the utterance counts as."""
    too_late = state.progress.ended and state.typed is None  # what was said before the press is the answer
    act = event.act if state.act is None or too_late else state.act
    if not _is_interrupted(state, event):
        act = moves.counted_as(state.progress, act, event.transcript.text)
    if state.ended_by is EndedBy.SKIPPED or moves.used_up(state.utterance, act):
        return Act.ANSWER
    return act


def _move(progress: Progress, asked: Utterance, act: Act, text: str, now: float, reworded: str = "") -> Step | None:
    """The turn in which the interviewer replies to the act; None if the act leaves the question."""
    said = moves.reply(progress, asked, act, text, reworded)
    if said is None or progress.ended:
        return None
    hint = moves.next_hint(progress) if act is Act.DONT_KNOW else None
    progress = replace(
        progress,
        acts=(*progress.acts, NonAnswer(asked.turn_id, progress.round, act, text, asked.aloud, asked.choice)),
        hints=progress.hints + (hint is not None),
    )
    asking = _ask(progress, said, now)
    shown = () if hint is None else (events.ShowHint(said.turn_id, progress.hints),)
    return Step(asking.state, (*asking.commands, *shown))


def _passed(state: Finalising, event: events.Transcribed, act: Act, now: float) -> Step:
    """Goes on after an act that leaves the question: to the next follow-up if the candidate doesn't know the answer to one or
    has given it before, else to the next round. An answer without words is kept, so that the round is graded and listed like
    any other."""
    words = event.transcript.text
    nothing = replace(
        _answer_of(state, event),
        transcript=Transcript(typed=event.transcript.typed),
        ended_by=EndedBy.DONE if act is Act.DONE else EndedBy.SKIPPED,
        note=f"You said: “{words}”" if words else event.note,
    )
    progress = replace(
        state.progress,
        answers=(*state.progress.answers, nothing),
        acts=(
            *state.progress.acts,
            NonAnswer(event.turn_id, state.progress.round, act, words, state.utterance.aloud, state.utterance.choice),
        ),
    )
    return _after_answer(state, progress, event.turn_id + 1, now, passed=not moves.goes_on(state.progress, act))


def _answered(state: Finalising, event: events.Transcribed, now: float) -> Step:
    answer = _answer_of(state, event)
    progress = replace(state.progress, answers=(*state.progress.answers, answer))
    if more := moves.asked_for_more(progress, state.utterance, answer):
        return _ask(progress, more, now)
    passed = state.ended_by is EndedBy.SKIPPED or not answer.transcript.words
    return _after_answer(state, progress, event.turn_id + 1, now, passed=passed)


def _after_answer(state: Finalising, progress: Progress, turn_id: int, now: float, *, passed: bool) -> Step:
    """Asks another follow-up, or the next question if that one is passed or has had all its follow-ups."""
    if passed or progress.asked >= progress.current.follow_ups:
        return _next_round(progress, turn_id, now)
    following = FollowingUp(progress, turn_id, now + FOLLOW_UP_TIMEOUT_S, state.utterance)
    return Step(following, (events.ChooseFollowUp(turn_id, progress.round),))


def _reclassified(state: FollowingUp, act: Act, now: float) -> Step | None:
    """Treats the last answer as an act after all, if the model does; None if it doesn't or nothing more is said to that act."""
    *before, last = state.progress.answers
    act = moves.counted_as(state.progress, act, last.transcript.text)
    if act is Act.ANSWER or moves.used_up(state.utterance, act):
        return None
    return _move(replace(state.progress, answers=tuple(before)), state.utterance, act, last.transcript.text, now)


def _answer_of(state: Finalising, event: events.Transcribed) -> Answer:
    return Answer(
        turn_id=event.turn_id,
        round=state.progress.round,
        question_id=state.progress.current.question_id,
        asked=state.utterance.text,
        follow_up_id=state.utterance.follow_up_id,
        transcript=event.transcript,
        duration_s=event.duration_s,
        ended_by=state.ended_by,
        note=event.note,
        thought_s=state.thought_s,
        speech=event.speech,
        choice=state.utterance.choice,
    )


def _next_round(progress: Progress, turn_id: int, now: float) -> Step:
    """Sends the finished round to be graded and asks the next question; ``turn_id`` is the next free number."""
    grade = events.GradeRound(progress.round)
    last = progress.round + 1 >= len(progress.plan.rounds)
    progress = replace(progress, round=progress.round + 1, asked=0, hints=0, hints_used=(*progress.hints_used, progress.hints))
    if last:
        return Step(Grading(progress, turn_id, now + GRADE_TIMEOUT_S), (grade,))
    asking = _ask_question(difficulty.adapted(progress), turn_id, now)
    return Step(asking.state, (grade, *asking.commands))


def ungraded(progress: Progress) -> list[int]:
    """Finished rounds with an answer and no grade yet."""
    graded = {item.round for item in progress.grades}
    return sorted({answer.round for answer in progress.answers if answer.round < progress.round} - graded)


def _graded(state: State, event: events.RoundGraded | events.RoundNotGraded) -> Step:
    progress = state.progress
    if event.round not in ungraded(progress):
        return Step(state, error=_unexpected(state, event))
    if isinstance(event, events.RoundGraded):
        item = RoundGrade(event.round, event.grade)
    else:
        item = RoundGrade(event.round, None, event.reason)
    progress = replace(progress, grades=(*progress.grades, item))
    if isinstance(state, Grading) and not ungraded(progress):
        return Step(Finished(progress, state.turn_id), (events.Close(),))
    return Step(replace(state, progress=progress))


def _end(state: State, now: float) -> Step:
    """Ends the interview early. An answer being given is kept and graded like any other."""
    progress = replace(state.progress, ended=True)
    last = replace(progress.current, follow_ups=progress.asked)
    if progress.round < len(progress.plan.rounds):
        progress = replace(progress, plan=replace(progress.plan, rounds=(*progress.plan.rounds[: progress.round], last)))
    match state:
        case Answering():
            return _close(replace(state, progress=progress), now, EndedBy.DONE)
        case Finalising():
            return Step(replace(state, progress=progress))
        case Grading() | Finished():
            return Step(state, error=_unexpected(state, events.EndPressed()))
    stop = (events.StopVoice(turn_of(state)),) if isinstance(state, Asking) else ()
    if progress.round_answers:
        ended = _next_round(progress, turn_of(state), now)
        return Step(ended.state, (*stop, *ended.commands))
    if ungraded(progress):
        return Step(Grading(progress, turn_of(state), now + GRADE_TIMEOUT_S), stop)
    return Step(Finished(progress, turn_of(state)), (*stop, events.Close()))


def _connection(state: State, event: events.Attached | events.Detached, now: float) -> Step:
    attached = isinstance(event, events.Attached)
    state = replace(state, progress=replace(state.progress, attached=attached))
    match state:
        case Asking() if attached:
            return _ask(state.progress, state.utterance, now)
        case Asking():
            return Step(replace(state, deadline=None))
        case Thinking() if not attached:
            return Step(Asking(state.progress, state.utterance, None))
        case Answering(deadline=None) if attached:
            return Step(replace(state, deadline=now + state.limit_s - state.spent_s))
    return Step(state)


def _recover(state: State, event: events.Recovered, now: float) -> Step:
    """Takes over from another process: its clock means nothing here, so deadlines start afresh and lost work is redone."""
    state = replace(state, progress=replace(state.progress, attached=False))
    missing = tuple(events.GradeRound(n) for n in ungraded(state.progress))
    match state:
        case Asking() | Thinking():
            return Step(Asking(state.progress, state.utterance, None), missing)
        case Answering():
            spent = min(event.heard_s, state.limit_s)
            return Step(replace(state, deadline=None, spent_s=spent), missing)
        case Finalising():
            again = events.CloseAnswer(state.utterance.turn_id, state.ended_by, state.typed)
            return Step(replace(state, deadline=now + FINAL_TIMEOUT_S), (*missing, again))
        case FollowingUp():
            choose = events.ChooseFollowUp(state.turn_id, state.progress.round)
            return Step(replace(state, deadline=now + FOLLOW_UP_TIMEOUT_S), (*missing, choose))
        case Grading():
            return Step(replace(state, deadline=now + GRADE_TIMEOUT_S), missing)
    return Step(state, missing)


def replay(plan: Plan, log: tuple[tuple[events.Event, float], ...]) -> State:
    """The state after all logged events; commands are not repeated."""
    state: State = begin(plan)
    for event, now in log:
        state = step(state, event, now).state
    return state
