"""The session core step by step: state, event and time, and the resulting state and commands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest
from hotseat.domain.acts import Act
from hotseat.domain.model import Answer, EndedBy, Grade, Source, Transcript, Verdict, Word
from hotseat.session import session
from hotseat.session.events import (
    ActPressed,
    Ask,
    Attached,
    ChooseFollowUp,
    Close,
    CloseAnswer,
    Command,
    Detached,
    DonePressed,
    EndPressed,
    Event,
    FollowUpChosen,
    GradeRound,
    HintPressed,
    PlaybackDone,
    Recovered,
    RoundGraded,
    RoundNotGraded,
    ShowHint,
    SilenceHeard,
    SkipPressed,
    SpeechStarted,
    StartAnswer,
    StartPressed,
    StopVoice,
    TimerFired,
    Transcribed,
    TurnEvent,
    TypedAnswer,
    VoiceSent,
)
from hotseat.session.phases import (
    Answering,
    Asking,
    Finalising,
    Finished,
    FollowingUp,
    Grading,
    Plan,
    Progress,
    Ready,
    RoundGrade,
    RoundPlan,
    State,
    Thinking,
    Utterance,
)

NOW = 1000.0
LIMIT = 60.0
FOLLOW_UP_LIMIT = 45.0
THINK = 5.0
VOICE = session.VOICE_TIMEOUT_S
SLACK = session.PLAYBACK_SLACK_S
FINAL = session.FINAL_TIMEOUT_S
CHOOSE = session.FOLLOW_UP_TIMEOUT_S
GRADE = session.GRADE_TIMEOUT_S

WORDS = Transcript((Word("low", 0.1, 0.3), Word("rank", 0.3, 0.6)))
NOTHING = Transcript()
GRADED = Grade("rag/core", Verdict.LEAN_HIRE, (), "embedded")

FIRST = RoundPlan(
    "finetuning/lora",
    "What is LoRA?",
    LIMIT,
    follow_ups=1,
    follow_up_limit_s=FOLLOW_UP_LIMIT,
    hints=2,
    backups=(("rank", "Which rank?"),),
)
SECOND = RoundPlan("rag/core", "What is RAG?", LIMIT, follow_ups=1, follow_up_limit_s=FOLLOW_UP_LIMIT)
PLAN = Plan((FIRST, SECOND), think_s=THINK, silence_s=6.0, no_speech_s=20.0)


def answer(turn_id: int, round_index: int = 0, follow_up_id: str | None = None, ended_by: EndedBy = EndedBy.DONE) -> Answer:
    return Answer(turn_id, round_index, PLAN.rounds[round_index].question_id, "?", follow_up_id, WORDS, 12.0, ended_by)


ASKED = Utterance(1, "What is LoRA?")
FOLLOW_UP = Utterance(2, "Why low rank?", "why")
SECOND_ASKED = Utterance(3, "What is RAG?")
NEXT_ASKED = Utterance(2, "What is RAG?")
"""The second question when the first had no follow-up."""

# Each phase in the first turn of the first round, and on.
FRESH = Progress(PLAN, attached=True)
READY = Ready(Progress(PLAN))
ASKING = Asking(FRESH, ASKED, NOW + VOICE)
THINKING = Thinking(FRESH, ASKED, NOW + THINK)
ANSWERING = Answering(FRESH, ASKED, LIMIT, NOW + LIMIT)
FINALISING = Finalising(FRESH, ASKED, EndedBy.DONE, None, NOW + FINAL)
ANSWERED = replace(FRESH, answers=(answer(1),))
FOLLOWING_UP = FollowingUp(ANSWERED, 2, NOW + CHOOSE, ASKED)
# The follow-up of the first round.
IN_FOLLOW_UP = replace(ANSWERED, asked=1)
ASKING_FOLLOW_UP = Asking(IN_FOLLOW_UP, FOLLOW_UP, NOW + VOICE)
THINKING_FOLLOW_UP = Thinking(IN_FOLLOW_UP, FOLLOW_UP, NOW + THINK)
ANSWERING_FOLLOW_UP = Answering(IN_FOLLOW_UP, FOLLOW_UP, FOLLOW_UP_LIMIT, NOW + FOLLOW_UP_LIMIT)
FINALISING_FOLLOW_UP = Finalising(IN_FOLLOW_UP, FOLLOW_UP, EndedBy.DONE, None, NOW + FINAL)
# The second and last round, the first one's grade still outstanding.
IN_SECOND = replace(FRESH, round=1, answers=(answer(1), answer(2, 0, "why")), hints_used=(0,))
ASKING_SECOND = Asking(IN_SECOND, SECOND_ASKED, NOW + VOICE)
FINALISING_LAST = Finalising(replace(IN_SECOND, asked=1), SECOND_ASKED, EndedBy.DONE, None, NOW + FINAL)
GRADING = Grading(replace(IN_SECOND, round=2, answers=(*IN_SECOND.answers, answer(3, 1)), hints_used=(0, 0)), 4, NOW + GRADE)
FINISHED = Finished(replace(GRADING.progress, grades=(RoundGrade(0, GRADED), RoundGrade(1, None, "no"))), 4)

PHASES: dict[type[State], State] = {
    Ready: READY,
    Asking: ASKING,
    Thinking: THINKING,
    Answering: ANSWERING,
    Finalising: FINALISING,
    FollowingUp: FOLLOWING_UP,
    Grading: GRADING,
    Finished: FINISHED,
}


def offline(state: Any) -> Any:
    """The same phase without a browser."""
    return replace(state, progress=replace(state.progress, attached=False))


STANDING = replace(offline(ANSWERING), deadline=None, spent_s=20.0)
WAITING = replace(offline(ASKING), deadline=None)

Row = tuple[str, State, Event, float, type[State], tuple[Command, ...], float | None]

# What it shows, the state, the event, its time; then the phase, the commands and the deadline that follow.
# fmt: off
TABLE: list[Row] = [
    ("start asks the first question", READY, StartPressed(), NOW, Asking, (Ask(ASKED),), NOW + VOICE),
    ("a browser may look before the start", READY, Attached(), NOW, Ready, (), None),
    # Asking
    ("a delivered voice is waited for by its length", ASKING, VoiceSent(1, 8.0), NOW + 2, Asking, (), NOW + 2 + 8 + SLACK),
    ("without a voice there is still time to read", ASKING, VoiceSent(1, 0.0), NOW + 2, Asking, (), NOW + 2 + SLACK),
    ("the end of playback starts thinking", ASKING, PlaybackDone(1), NOW + 9, Thinking, (), NOW + 9 + THINK),
    ("a playback never reported is not waited for", ASKING, TimerFired(), NOW + VOICE, Thinking, (), NOW + VOICE + THINK),
    ("a deadline not yet due changes nothing", ASKING, TimerFired(), NOW + VOICE - 0.1, Asking, (), NOW + VOICE),
    ("barge-in stops the voice and starts the clock",
     ASKING, SpeechStarted(1), NOW + 3, Answering, (StopVoice(1), StartAnswer(1, LIMIT)), NOW + 3 + LIMIT),
    ("done while asking means let me think", ASKING, DonePressed(1), NOW + 3, Thinking, (StopVoice(1),), NOW + 3 + THINK),
    ("a question can be skipped while it is asked",
     ASKING, SkipPressed(1), NOW + 1, Finalising, (StopVoice(1), CloseAnswer(1, EndedBy.SKIPPED, None)), NOW + 1 + FINAL),
    ("a question can be answered in writing while it is asked",
     ASKING, TypedAnswer(1, "x"), NOW + 1, Finalising, (StopVoice(1), CloseAnswer(1, EndedBy.DONE, "x")), NOW + 1 + FINAL),
    # Thinking
    ("first speech starts the clock",
     THINKING, SpeechStarted(1), NOW + 2, Answering, (StartAnswer(1, LIMIT),), NOW + 2 + LIMIT),
    ("the clock starts by itself after the time to think",
     THINKING, TimerFired(), NOW + THINK, Answering, (StartAnswer(1, LIMIT),), NOW + THINK + LIMIT),
    ("a follow-up has its own limit",
     THINKING_FOLLOW_UP, SpeechStarted(2), NOW + 2, Answering, (StartAnswer(2, FOLLOW_UP_LIMIT),), NOW + 2 + FOLLOW_UP_LIMIT),
    ("a hint does not stop the thinking clock", THINKING, HintPressed(1), NOW + 1, Thinking, (ShowHint(1, 1),), NOW + THINK),
    ("done without a word is an empty answer",
     THINKING, DonePressed(1), NOW + 1, Finalising, (CloseAnswer(1, EndedBy.DONE, None),), NOW + 1 + FINAL),
    ("skip while thinking", THINKING, SkipPressed(1), NOW, Finalising, (CloseAnswer(1, EndedBy.SKIPPED, None),), NOW + FINAL),
    ("a typed answer needs no clock",
     THINKING, TypedAnswer(1, "x"), NOW, Finalising, (CloseAnswer(1, EndedBy.DONE, "x"),), NOW + FINAL),
    ("another tab looking on changes no deadline", THINKING, Attached(), NOW + 1, Thinking, (), NOW + THINK),
    # Answering
    ("done ends the answer",
     ANSWERING, DonePressed(1), NOW + 30, Finalising, (CloseAnswer(1, EndedBy.DONE, None),), NOW + 30 + FINAL),
    ("the limit ends the answer",
     ANSWERING, TimerFired(), NOW + LIMIT, Finalising, (CloseAnswer(1, EndedBy.LIMIT, None),), NOW + LIMIT + FINAL),
    ("the limit is not early", ANSWERING, TimerFired(), NOW + LIMIT - 0.01, Answering, (), NOW + LIMIT),
    ("silence ends the answer",
     ANSWERING, SilenceHeard(1, 2.0, True), NOW + 20, Finalising, (CloseAnswer(1, EndedBy.SILENCE, None),), NOW + 20 + FINAL),
    ("an answer in which nothing is said ends too",
     ANSWERING, SilenceHeard(1, 20.0, False), NOW + 20, Finalising, (CloseAnswer(1, EndedBy.SILENCE, None),), NOW + 20 + FINAL),
    ("a hint does not stop the clock", ANSWERING, HintPressed(1), NOW + 1, Answering, (ShowHint(1, 1),), NOW + LIMIT),
    ("skip while answering",
     ANSWERING, SkipPressed(1), NOW + 9, Finalising, (CloseAnswer(1, EndedBy.SKIPPED, None),), NOW + 9 + FINAL),
    ("what is typed while answering is the answer",
     ANSWERING, TypedAnswer(1, "x"), NOW + 9, Finalising, (CloseAnswer(1, EndedBy.DONE, "x"),), NOW + 9 + FINAL),
    # Finalising
    ("a transcript with words is followed up",
     FINALISING, Transcribed(1, WORDS, 12.0), NOW + 1, FollowingUp, (ChooseFollowUp(2, 0),), NOW + 1 + CHOOSE),
    ("an empty answer is not followed up",
     FINALISING, Transcribed(1, NOTHING, 12.0), NOW + 1, Asking, (GradeRound(0), Ask(NEXT_ASKED)), NOW + 1 + VOICE),
    ("a passed question is not followed up, whatever was said",
     replace(FINALISING, ended_by=EndedBy.SKIPPED),
     Transcribed(1, WORDS, 12.0), NOW + 1, Asking, (GradeRound(0), Ask(NEXT_ASKED)), NOW + 1 + VOICE),
    ("a transcript that does not come is given up",
     FINALISING, TimerFired(), NOW + FINAL, Asking, (GradeRound(0), Ask(NEXT_ASKED)), NOW + FINAL + VOICE),
    ("after the last follow-up comes the next question",
     FINALISING_FOLLOW_UP, Transcribed(2, WORDS, 12.0), NOW + 1, Asking, (GradeRound(0), Ask(SECOND_ASKED)), NOW + 1 + VOICE),
    ("after the last answer only grades are awaited",
     FINALISING_LAST, Transcribed(3, WORDS, 12.0), NOW + 1, Grading, (GradeRound(1),), NOW + 1 + GRADE),
    ("without a browser the next question waits",
     offline(FINALISING_FOLLOW_UP), Transcribed(2, WORDS, 12.0), NOW + 1, Asking, (GradeRound(0),), None),
    # FollowingUp
    ("a chosen follow-up is asked",
     FOLLOWING_UP, FollowUpChosen(2, "why", "Why low rank?", Source.LLM), NOW + 1, Asking, (Ask(FOLLOW_UP),), NOW + 1 + VOICE),
    ("nothing left to ask ends the round",
     FOLLOWING_UP, FollowUpChosen(2, "", "", Source.LLM), NOW + 1, Asking, (GradeRound(0), Ask(NEXT_ASKED)), NOW + 1 + VOICE),
    ("a follow-up not chosen in time comes from the bank",
     FOLLOWING_UP, TimerFired(), NOW + CHOOSE, Asking, (Ask(Utterance(2, "Which rank?", "rank")),), NOW + CHOOSE + VOICE),
    ("without a browser the follow-up waits",
     offline(FOLLOWING_UP), FollowUpChosen(2, "why", "Why low rank?", Source.LLM), NOW + 1, Asking, (), None),
    # Grading
    ("one of two grades is not all", GRADING, RoundGraded(0, GRADED), NOW + 9, Grading, (), NOW + GRADE),
    ("the last grade finishes the interview",
     replace(GRADING, progress=replace(GRADING.progress, grades=(RoundGrade(0, GRADED),))),
     RoundGraded(1, GRADED), NOW + 9, Finished, (Close(),), None),
    ("a failed grade finishes it as well",
     replace(GRADING, progress=replace(GRADING.progress, grades=(RoundGrade(0, GRADED),))),
     RoundNotGraded(1, "the grader failed"), NOW + 9, Finished, (Close(),), None),
    ("grades are not waited for without end", GRADING, TimerFired(), NOW + GRADE, Finished, (Close(),), None),
    ("an earlier round's grade may come at any time", ASKING_SECOND, RoundGraded(0, GRADED), NOW + 9, Asking, (), NOW + VOICE),
    # The browser goes away
    ("detached while ready", offline(READY), Detached(), NOW, Ready, (), None),
    ("detached while asking: the question waits", ASKING, Detached(), NOW + 1, Asking, (), None),
    ("detached while thinking: the question waits to be asked again", THINKING, Detached(), NOW + 1, Asking, (), None),
    ("detached while answering: the clock runs on", ANSWERING, Detached(), NOW + 1, Answering, (), NOW + LIMIT),
    ("detached while finalising", FINALISING, Detached(), NOW + 1, Finalising, (), NOW + FINAL),
    ("detached while following up", FOLLOWING_UP, Detached(), NOW + 1, FollowingUp, (), NOW + CHOOSE),
    ("detached while grading", GRADING, Detached(), NOW + 1, Grading, (), NOW + GRADE),
    ("the limit ends an answer nobody is there for",
     offline(ANSWERING), TimerFired(), NOW + LIMIT, Finalising, (CloseAnswer(1, EndedBy.LIMIT, None),), NOW + LIMIT + FINAL),
    # … and comes back
    ("a waiting question is asked again", WAITING, Attached(), NOW + 500, Asking, (Ask(ASKED),), NOW + 500 + VOICE),
    ("a running answer goes on", offline(ANSWERING), Attached(), NOW + 20, Answering, (), NOW + LIMIT),
    ("a standing clock goes on with what was left", STANDING, Attached(), NOW + 500, Answering, (), NOW + 500 + LIMIT - 20),
    # The server is restarted; its clock starts from anywhere
    ("restarted while ready", READY, Recovered(0.0), 7.0, Ready, (), None),
    ("restarted while asking: the question waits", ASKING, Recovered(0.0), 7.0, Asking, (), None),
    ("restarted while thinking: the question waits to be asked again", THINKING, Recovered(0.0), 7.0, Asking, (), None),
    ("restarted while answering: the clock stands", ANSWERING, Recovered(20.0), 7.0, Answering, (), None),
    ("a standing clock survives another restart", STANDING, Recovered(20.0), 7.0, Answering, (), None),
    ("restarted while finalising: the transcript is made again",
     FINALISING, Recovered(20.0), 7.0, Finalising, (CloseAnswer(1, EndedBy.DONE, None),), 7.0 + FINAL),
    ("a typed answer is not lost in a restart",
     replace(FINALISING, typed="x"), Recovered(0.0), 7.0, Finalising, (CloseAnswer(1, EndedBy.DONE, "x"),), 7.0 + FINAL),
    ("restarted while following up: a follow-up is chosen again",
     FOLLOWING_UP, Recovered(20.0), 7.0, FollowingUp, (ChooseFollowUp(2, 0),), 7.0 + CHOOSE),
    ("restarted while grading: missing grades are made again",
     replace(GRADING, progress=replace(GRADING.progress, grades=(RoundGrade(0, GRADED),))),
     Recovered(0.0), 7.0, Grading, (GradeRound(1),), 7.0 + GRADE),
    ("a restart asks for an earlier round's grade again", ASKING_SECOND, Recovered(0.0), 7.0, Asking, (GradeRound(0),), None),
    ("the round under way is not graded at a restart", ANSWERING_FOLLOW_UP, Recovered(3.0), 7.0, Answering, (), None),
    # The candidate ends it
    ("end before the start", READY, EndPressed(), NOW, Finished, (Close(),), None),
    ("end while the first question is asked", ASKING, EndPressed(), NOW, Finished, (StopVoice(1), Close()), None),
    ("end while thinking about the first question", THINKING, EndPressed(), NOW, Finished, (Close(),), None),
    ("end while answering keeps the answer",
     ANSWERING, EndPressed(), NOW + 9, Finalising, (CloseAnswer(1, EndedBy.DONE, None),), NOW + 9 + FINAL),
    ("end while finalising waits for the transcript", FINALISING, EndPressed(), NOW + 9, Finalising, (), NOW + FINAL),
    ("end instead of a follow-up", FOLLOWING_UP, EndPressed(), NOW, Grading, (GradeRound(0),), NOW + GRADE),
    ("end while a follow-up is asked",
     ASKING_FOLLOW_UP, EndPressed(), NOW, Grading, (StopVoice(2), GradeRound(0)), NOW + GRADE),
    ("end while thinking about a follow-up", THINKING_FOLLOW_UP, EndPressed(), NOW, Grading, (GradeRound(0),), NOW + GRADE),
    ("end while a later question is asked waits for the grades so far",
     ASKING_SECOND, EndPressed(), NOW, Grading, (StopVoice(3),), NOW + GRADE),
]
# fmt: on


@pytest.mark.parametrize(
    ("state", "event", "now", "phase", "commands", "deadline"), [pytest.param(*row[1:], id=row[0]) for row in TABLE]
)
def test_every_used_event_leads_to_one_phase(
    state: State, event: Event, now: float, phase: type[State], commands: tuple[Command, ...], deadline: float | None
) -> None:
    """An event a phase has a use for leads to one phase, with its commands and its deadline, and to no error."""
    result = session.step(state, event, now)
    assert result.error is None
    assert type(result.state) is phase
    assert result.commands == commands
    assert session.next_deadline(result.state) == pytest.approx(deadline)


# ---- Events without a use -------------------------------------------------------------------------------------------


def one_of_each(turn_id: int) -> dict[type[Event], Event]:
    return {
        StartPressed: StartPressed(),
        Attached: Attached(),
        Detached: Detached(),
        VoiceSent: VoiceSent(turn_id, 3.0),
        PlaybackDone: PlaybackDone(turn_id),
        SpeechStarted: SpeechStarted(turn_id),
        SilenceHeard: SilenceHeard(turn_id, 1.0, True),
        DonePressed: DonePressed(turn_id),
        TypedAnswer: TypedAnswer(turn_id, "x"),
        SkipPressed: SkipPressed(turn_id),
        ActPressed: ActPressed(turn_id, Act.REPEAT),
        HintPressed: HintPressed(turn_id),
        EndPressed: EndPressed(),
        Transcribed: Transcribed(turn_id, WORDS, 12.0),
        FollowUpChosen: FollowUpChosen(turn_id, "why", "Why low rank?", Source.LLM),
        RoundGraded: RoundGraded(0, GRADED),
        RoundNotGraded: RoundNotGraded(0, "the grader failed"),
        Recovered: Recovered(1.0),
        TimerFired: TimerFired(),
    }


ALWAYS: set[type[Event]] = {Attached, Detached, Recovered, TimerFired}
USED: dict[type[State], set[type[Event]]] = {
    Ready: {*ALWAYS, EndPressed, StartPressed},
    Asking: {*ALWAYS, EndPressed, VoiceSent, PlaybackDone, SpeechStarted, DonePressed, TypedAnswer, SkipPressed, ActPressed},
    Thinking: {*ALWAYS, EndPressed, SpeechStarted, DonePressed, TypedAnswer, SkipPressed, HintPressed, ActPressed},
    Answering: {*ALWAYS, EndPressed, SilenceHeard, DonePressed, TypedAnswer, SkipPressed, HintPressed, ActPressed},
    Finalising: {*ALWAYS, EndPressed, Transcribed},
    FollowingUp: {*ALWAYS, EndPressed, FollowUpChosen},
    Grading: {*ALWAYS, RoundGraded, RoundNotGraded},
    Finished: set(),
}
MATRIX = [(phase, event) for phase in PHASES for event in one_of_each(0)]


@pytest.mark.parametrize(("phase", "event_type"), MATRIX, ids=lambda item: item.__name__)
def test_every_event_in_every_phase(phase: type[State], event_type: type[Event]) -> None:
    """An event is either of use, or an error that names it and what was expected, and then nothing changes."""
    state = PHASES[phase]
    result = session.step(state, one_of_each(session.turn_of(state))[event_type], NOW)
    if event_type in USED[phase]:
        assert result.error is None
        return
    assert result.state is state
    assert result.commands == ()
    assert result.error is not None
    assert result.error.received == event_type.__name__
    assert result.error.phase == phase.__name__.lower()
    assert set(result.error.expected) <= {used.__name__ for used in USED[phase]}
    assert result.error.expected or phase is Finished
    assert str(result.error).startswith(f"{event_type.__name__} came while {phase.__name__.lower()}; expected ")


@pytest.mark.parametrize("offset", [-1, 1])
@pytest.mark.parametrize("phase", PHASES, ids=lambda item: item.__name__)
def test_events_of_other_turns_are_dropped(phase: type[State], offset: int) -> None:
    """What belongs to another turn is dropped in every phase, even if the phase would have a use for it."""
    state = PHASES[phase]
    for event in one_of_each(session.turn_of(state) + offset).values():
        if isinstance(event, TurnEvent):
            result = session.step(state, event, NOW)
            assert (result.state, result.commands) == (state, ())
            assert result.error is not None


def test_the_matrix_is_complete() -> None:
    """The matrix above leaves out no phase and no event."""
    assert set(PHASES) == set(get_args(State))
    assert set(one_of_each(0)) == set(get_args(Event))


def test_error_text() -> None:
    """An error reads as a sentence with expected and received."""
    error = session.step(FINALISING, DonePressed(1), NOW).error
    assert str(error) == "DonePressed came while finalising; expected Transcribed"
    assert str(session.step(FINISHED, Attached(), NOW).error) == "Attached came while finished; expected nothing more"


def test_waiting_question_ignores_the_last_browser() -> None:
    """A question that waits for a browser is not moved on by what was still under way for the one that left."""
    for event in one_of_each(1).values():
        if isinstance(event, TurnEvent):
            result = session.step(WAITING, event, NOW)
            assert result.state is WAITING
            assert result.error is not None
            assert result.error.expected == ("Attached",)


# ---- What the table cannot show -------------------------------------------------------------------------------------


def run(plan: Plan, *events: Event, now: float = NOW) -> tuple[State, list[Command]]:
    """Feeds the events one second apart."""
    state: State = session.begin(plan)
    commands: list[Command] = []
    for event in events:
        now += 1.0
        result = session.step(state, event, now)
        assert result.error is None, result.error
        state = result.state
        commands.extend(result.commands)
    return state, commands


def spoken(turn_id: int) -> tuple[Event, ...]:
    """One turn, answered aloud."""
    return PlaybackDone(turn_id), SpeechStarted(turn_id), DonePressed(turn_id), Transcribed(turn_id, WORDS, 12.0)


def chosen(turn_id: int) -> FollowUpChosen:
    return FollowUpChosen(turn_id, f"f{turn_id}", f"Follow-up {turn_id}?", Source.LLM)


def test_a_plan_needs_rounds() -> None:
    """An interview without questions cannot begin."""
    with pytest.raises(ValueError, match="at least one round"):
        session.begin(Plan(()))


def test_whole_interview() -> None:
    """Two rounds with a follow-up each give four numbered turns, two gradings and one end."""
    events = (StartPressed(), *spoken(1), chosen(2), *spoken(2), *spoken(3), chosen(4), *spoken(4))
    state, commands = run(PLAN, *events, RoundGraded(0, GRADED), RoundNotGraded(1, "the grader failed"))
    assert isinstance(state, Finished)
    progress = state.progress
    assert [(a.turn_id, a.round, a.question_id, a.follow_up_id) for a in progress.answers] == [
        (1, 0, "finetuning/lora", None),
        (2, 0, "finetuning/lora", "f2"),
        (3, 1, "rag/core", None),
        (4, 1, "rag/core", "f4"),
    ]
    assert [a.asked for a in progress.answers] == ["What is LoRA?", "Follow-up 2?", "What is RAG?", "Follow-up 4?"]
    assert {a.ended_by for a in progress.answers} == {"done"}
    assert progress.grades == (RoundGrade(0, GRADED), RoundGrade(1, None, "the grader failed"))
    assert [c for c in commands if isinstance(c, GradeRound | Close)] == [GradeRound(0), GradeRound(1), Close()]
    assert [c.turn_id for c in commands if isinstance(c, StartAnswer)] == [1, 2, 3, 4]


@pytest.mark.parametrize("follow_ups", [0, 1, 2, 3])
def test_follow_up_count(follow_ups: int) -> None:
    """A round asks as many follow-ups as planned, and no more."""
    plan = Plan((replace(FIRST, follow_ups=follow_ups),))
    events: list[Event] = [StartPressed(), *spoken(1)]
    for turn_id in range(2, follow_ups + 2):
        events += [chosen(turn_id), *spoken(turn_id)]
    state, commands = run(plan, *events)
    assert isinstance(state, Grading)
    assert len(state.progress.answers) == follow_ups + 1
    assert sum(isinstance(c, ChooseFollowUp) for c in commands) == follow_ups
    assert commands.count(GradeRound(0)) == 1


@pytest.mark.parametrize(
    ("asked_before", "expected"),
    [((), "a"), (("a",), "b"), (("b",), "a"), (("a", "b"), None)],
    ids=["none asked", "first asked", "second asked", "all asked"],
)
def test_backups_on_timeout(asked_before: tuple[str, ...], expected: str | None) -> None:
    """A follow-up that could not be chosen in time is the bank's first one not asked yet; without any the round ends."""
    only = replace(FIRST, follow_ups=3, backups=(("a", "A?"), ("b", "B?")))
    answers = (answer(1), *(answer(n, 0, name) for n, name in enumerate(asked_before, start=2)))
    progress = Progress(Plan((only,)), asked=len(asked_before), answers=answers, attached=True)
    turn_id = len(answers) + 1
    result = session.step(FollowingUp(progress, turn_id, NOW, ASKED), TimerFired(), NOW)
    if expected is None:
        assert isinstance(result.state, Grading)
        assert result.commands == (GradeRound(0),)
    else:
        assert isinstance(result.state, Asking)
        assert result.state.progress.asked == len(asked_before) + 1
        assert result.commands == (Ask(Utterance(turn_id, expected.upper() + "?", expected)),)


@pytest.mark.parametrize(
    ("event", "ended_by"),
    [
        (DonePressed(1), "done"),
        (SilenceHeard(1, 9.0, True), "silence"),
        (SkipPressed(1), "skipped"),
        (TypedAnswer(1, "low rank"), EndedBy.DONE),
    ],
    ids=["done", "silence", "skip", "typed"],
)
def test_answers_say_how_they_ended(event: Event, ended_by: str) -> None:
    """An answer keeps its words, its length and what ended it."""
    closed = session.step(ANSWERING, event, NOW + 12).state
    state = session.step(closed, Transcribed(1, WORDS, 12.0, "cut"), NOW + 13).state
    assert not isinstance(state, Ready)
    last = state.progress.answers[-1]
    assert (last.transcript, last.duration_s, last.ended_by, last.note) == (WORDS, 12.0, ended_by, "cut")


def test_lost_transcript_is_noted() -> None:
    """An answer whose transcript never came is kept empty with the reason."""
    state = session.step(FINALISING, TimerFired(), NOW + FINAL).state
    (lost,) = state.progress.answers
    assert (lost.transcript, lost.duration_s, lost.note) == (NOTHING, 0.0, "the transcript was not ready in time")


def test_a_typed_answer_needs_no_transcript() -> None:
    """When recognition never ends, what was typed is the answer all the same."""
    typed = replace(FINALISING, typed="it freezes the base")
    progress = session.step(typed, TimerFired(), NOW + FINAL).state.progress
    assert progress.answers[-1].transcript == Transcript.of_typed("it freezes the base")
    assert progress.answers[-1].note == ""


def test_events_at_the_limit_find_the_answer_ended() -> None:
    """At the limit the answer is over even if something else arrives before the timer does."""
    late = NOW + LIMIT
    result = session.step(ANSWERING, DonePressed(1), late)
    assert isinstance(result.state, Finalising)
    assert result.state.ended_by == EndedBy.LIMIT
    assert result.commands == (CloseAnswer(1, EndedBy.LIMIT, None),)
    assert result.error is None

    ended = session.step(ANSWERING, EndPressed(), late)
    assert ended.error is None
    assert ended.commands == (CloseAnswer(1, EndedBy.LIMIT, None),)
    after = session.step(ended.state, Transcribed(1, WORDS, 60.0), late + 1)
    assert isinstance(after.state, Grading)

    restarted = session.step(ANSWERING, Recovered(20.0), late + 5000)
    assert isinstance(restarted.state, Answering)


def test_clock_after_restart() -> None:
    """After a restart the clock stands at what is on disk, and goes on from there when the browser is back."""
    standing = session.step(ANSWERING, Recovered(20.0), 7.0).state
    assert session.remaining_s(standing, 7.0) == session.remaining_s(standing, 400.0) == LIMIT - 20
    running = session.step(standing, Attached(), 400.0).state
    assert session.remaining_s(running, 410.0) == LIMIT - 30
    spent = session.step(ANSWERING, Recovered(LIMIT + 5), 7.0).state
    assert session.next_deadline(session.step(spent, Attached(), 400.0).state) == 400.0


def test_remaining_time() -> None:
    """Time remains on the clock of an answer or of thinking, never less than none, and in no other phase."""
    assert session.remaining_s(THINKING, NOW + 2) == THINK - 2
    assert session.remaining_s(ANSWERING, NOW + 20) == LIMIT - 20
    assert session.remaining_s(ANSWERING, NOW + LIMIT + 1) == 0.0
    for state in (READY, ASKING, FINALISING, FOLLOWING_UP, GRADING, FINISHED):
        assert session.remaining_s(state, NOW) is None


@pytest.mark.parametrize(
    ("beginning", "thought_s"),
    [
        (((PlaybackDone(1), 10.0), (SpeechStarted(1), 13.5), (DonePressed(1), 20.0)), 3.5),
        (((PlaybackDone(1), 10.0), (TimerFired(), 10.0 + THINK), (DonePressed(1), 20.0)), THINK),
        (
            (
                (PlaybackDone(1), 10.0),
                (SpeechStarted(1), 13.5),
                (Recovered(2.0), 1.0),
                (Attached(), 9.0),
                (DonePressed(1), 20.0),
            ),
            3.5,
        ),
        (((PlaybackDone(1), 10.0), (TypedAnswer(1, "It freezes."), 14.0)), 4.0),
        (((SpeechStarted(1), 12.0), (DonePressed(1), 20.0)), 0.0),
    ],
)
def test_an_answer_knows_how_long_was_thought(beginning: tuple[tuple[Event, float], ...], thought_s: float) -> None:
    """From the end of the question to the start of the clock, restarts or not; an interrupted question took no thought."""
    log = ((StartPressed(), 1.0), *beginning, (Transcribed(1, WORDS, 12.0), 21.0))
    [answered] = session.replay(PLAN, log).progress.answers
    assert answered.thought_s == pytest.approx(thought_s)


def test_hints_are_counted_by_round() -> None:
    """Hints are numbered from 1 in each round and stay noted for rounds gone by."""
    hints = (HintPressed(1), HintPressed(1))
    state, commands = run(PLAN, StartPressed(), PlaybackDone(1), *hints, SkipPressed(1), Transcribed(1, NOTHING, 0.0))
    assert [c for c in commands if isinstance(c, ShowHint)] == [ShowHint(1, 1), ShowHint(1, 2)]
    assert (state.progress.hints, state.progress.hints_used) == (0, (2,))


@pytest.mark.parametrize("round_index", [0, 1, 7], ids=["unfinished", "to come", "no such round"])
def test_unrequested_grades_are_dropped(round_index: int) -> None:
    """A grade counts only for a finished round that has none."""
    result = session.step(FOLLOWING_UP, RoundGraded(round_index, GRADED), NOW)
    assert result.state is FOLLOWING_UP
    assert result.error is not None


def test_a_round_is_graded_once() -> None:
    """A second grade of the same round is dropped."""
    once = session.step(GRADING, RoundNotGraded(0, "the grader failed"), NOW).state
    again = session.step(once, RoundGraded(0, GRADED), NOW)
    assert again.state is once
    assert again.error is not None


def test_grades_that_took_too_long() -> None:
    """A round without a grade in time is not graded, with the reason; the others keep theirs."""
    state = replace(GRADING, progress=replace(GRADING.progress, grades=(RoundGrade(0, GRADED),)))
    finished = session.step(state, TimerFired(), NOW + GRADE).state
    assert finished.progress.grades == (RoundGrade(0, GRADED), RoundGrade(1, None, "grading took too long"))


def test_end_asks_nothing_more() -> None:
    """An ended interview keeps and grades the answer being given, asks no follow-up and no further question."""
    state, commands = run(
        PLAN,
        StartPressed(),
        PlaybackDone(1),
        SpeechStarted(1),
        EndPressed(),
        Transcribed(1, WORDS, 3.0),
        RoundGraded(0, GRADED),
    )
    assert isinstance(state, Finished)
    assert [a.turn_id for a in state.progress.answers] == [1]
    assert len(state.progress.plan.rounds) == 1
    assert sum(isinstance(c, Ask) for c in commands) == 1
    assert not any(isinstance(c, ChooseFollowUp) for c in commands)


def test_replay_repeats_nothing() -> None:
    """Replaying a log gives the state it led to."""
    events: tuple[Event, ...] = (StartPressed(), *spoken(1), chosen(2), PlaybackDone(2))
    state, _ = run(PLAN, *events)
    log = tuple((event, NOW + n) for n, event in enumerate(events, start=1))
    assert session.replay(PLAN, log) == state


def test_no_more_hints_than_there_are() -> None:
    """A hint beyond the last one is refused and not counted against the candidate."""
    state = THINKING
    for _ in range(FIRST.hints):
        state = session.step(state, HintPressed(1), NOW).state
    refused = session.step(state, HintPressed(1), NOW)
    assert refused.error is not None
    assert refused.state.progress.hints == FIRST.hints
