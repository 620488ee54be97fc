"""Invariants of the session core, for random events in random order at random times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hotseat.domain.acts import Act
from hotseat.domain.model import Grade, Source, Transcript, Verdict, Word
from hotseat.session import session
from hotseat.session.events import (
    ActPressed,
    Ask,
    Attached,
    CloseAnswer,
    Detached,
    DonePressed,
    EndPressed,
    Event,
    FollowUpChosen,
    HintPressed,
    PlaybackDone,
    Recovered,
    RoundGraded,
    RoundNotGraded,
    SilenceHeard,
    SkipPressed,
    SpeechStarted,
    StartAnswer,
    StartPressed,
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
    Lines,
    Plan,
    Ready,
    RoundPlan,
    State,
    Thinking,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

unhurried = settings(suppress_health_check=[HealthCheck.too_slow])

WORDS = Transcript((Word("rank", 0.0, 0.4),))
ACTS = [act for act in Act if act is not Act.ANSWER]
GRADE = Grade("rag/core", Verdict.LEAN_HIRE, (), "embedded")


@dataclass(frozen=True)
class Op:
    """One thing to happen, told relative to the state it happens in."""

    kind: str
    """"likely" (what the phase waits for), "due" (the timer, on time) or the name of an event."""
    wait_s: float
    """Seconds since the last event."""
    turn: int
    """0 for the current turn, else how far off."""
    pick: int
    """Chooses between variants: rounds, seconds, empty or not."""


@dataclass(frozen=True)
class Taken:
    """One step taken."""

    before: State
    event: Event
    now: float
    after: session.Step


EVENTS: dict[str, Callable[[int, int], Event]] = {
    "start": lambda turn, pick: StartPressed(),
    "attached": lambda turn, pick: Attached(),
    "detached": lambda turn, pick: Detached(),
    "voice": lambda turn, pick: VoiceSent(turn, float(pick)),
    "playback": lambda turn, pick: PlaybackDone(turn),
    "speech": lambda turn, pick: SpeechStarted(turn),
    "silence": lambda turn, pick: SilenceHeard(turn, pick * 4.0, bool(pick % 2)),
    "done": lambda turn, pick: DonePressed(turn),
    "typed": lambda turn, pick: TypedAnswer(turn, "rank" * pick, Act.CLARIFY if pick == 7 else None),
    "pressed": lambda turn, pick: ActPressed(turn, session.REQUESTS[pick % 3]),
    "act": lambda turn, pick: Transcribed(turn, WORDS, float(pick), act=ACTS[pick]),
    "skip": lambda turn, pick: SkipPressed(turn),
    "hint": lambda turn, pick: HintPressed(turn),
    "end": lambda turn, pick: EndPressed(),
    "transcribed": lambda turn, pick: Transcribed(turn, WORDS if pick else Transcript(), float(pick)),
    "follow_up": lambda turn, pick: FollowUpChosen(turn, f"f{pick}", "Why?" if pick else "", Source.LLM),
    "act_seen": lambda turn, pick: FollowUpChosen(turn, f"f{pick}", "Why?", Source.BANK, act=ACTS[pick % len(ACTS)]),
    "graded": lambda turn, pick: RoundGraded(pick % 4, GRADE),
    "not_graded": lambda turn, pick: RoundNotGraded(pick % 4, "the grader failed"),
    "recovered": lambda turn, pick: Recovered(pick * 10.0),
    "timer": lambda turn, pick: TimerFired(),
}
LIKELY: dict[type[State], tuple[str, ...]] = {
    Ready: ("start",),
    Asking: ("playback", "attached", "speech"),
    Thinking: ("speech", "hint", "speech", "pressed"),
    Answering: ("done", "silence", "attached"),
    Finalising: ("transcribed", "act", "transcribed"),
    FollowingUp: ("follow_up",),
    Grading: ("graded", "not_graded"),
    Finished: ("attached",),
}

ops = st.builds(
    Op,
    kind=st.sampled_from(["likely"] * 60 + ["due"] * 8 + sorted(EVENTS)),
    wait_s=st.sampled_from([0.0, 0.04, 1.0, 4.9, 6.0, 11.0, 29.0, 61.0]) | st.floats(0.0, 200.0),
    turn=st.sampled_from([0] * 12 + [-1, 1, 2]),
    pick=st.integers(0, 7),
)
sequences = st.lists(ops, min_size=20, max_size=50)
plans = st.builds(
    Plan,
    rounds=st.lists(
        st.builds(
            RoundPlan,
            question_id=st.just("rag/core"),
            prompt=st.just("What is RAG?"),
            limit_s=st.sampled_from([10.0, 60.0, 300.0]),
            follow_ups=st.integers(0, 3),
            follow_up_limit_s=st.sampled_from([10.0, 45.0]),
            hints=st.sampled_from([0, 2]),
            hint_texts=st.sampled_from([(), ("Think of the rank.", "Think of memory.")]),
            easier=st.sampled_from([None, ("f1", "F?"), ("easy", "What is frozen?")]),
            backups=st.sampled_from([(), (("a", "A?"),), (("a", "A?"), ("f1", "F?"))]),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    lines=st.sampled_from([Lines(), Lines(no_problem="No problem.", go_on="Yes.", say_more="Say more.")]),
)


def play(plan: Plan, sequence: list[Op]) -> list[Taken]:
    """Lets it all happen. A new process starts with a clock of its own, as after a reboot."""
    state: State = session.begin(plan)
    now = 1000.0
    taken = []
    for op in sequence:
        kind = op.kind
        now += op.wait_s
        if kind == "due":
            kind = "timer"
            now = max(now - op.wait_s, session.next_deadline(state) or now)
        if kind == "likely":
            variants = LIKELY[type(state)]
            kind = variants[op.pick % len(variants)]
        if kind == "recovered":
            now = op.wait_s
        event = EVENTS[kind](session.turn_of(state) + op.turn, op.pick)
        result = session.step(state, event, now)
        taken.append(Taken(state, event, now, result))
        state = result.state
    return taken


def states(plan: Plan, taken: list[Taken]) -> list[tuple[State, float]]:
    """Every state on the way, with the time it was reached."""
    return [(session.begin(plan), 1000.0), *((item.after.state, item.now) for item in taken)]


@unhurried
@given(plans, sequences)
def test_errors_change_nothing(plan: Plan, sequence: list[Op]) -> None:
    """An error says what was received, and nothing has changed or is commanded."""
    for item in play(plan, sequence):
        if item.after.error is not None:
            assert item.after.error.received == type(item.event).__name__
            assert item.after.state is item.before
            assert item.after.commands == ()


@unhurried
@given(plans, sequences)
def test_one_open_answer(plan: Plan, sequence: list[Op]) -> None:
    """At most one answer is open; each turn is opened at most once and closed after that, again only after a restart."""
    open_turn: int | None = None
    opened: set[int] = set()
    closed: set[int] = set()
    for item in play(plan, sequence):
        for command in item.after.commands:
            if isinstance(command, StartAnswer):
                assert open_turn is None
                assert command.turn_id not in opened | closed
                open_turn = command.turn_id
                opened.add(command.turn_id)
            elif isinstance(command, CloseAnswer):
                assert open_turn in (None, command.turn_id)
                assert command.turn_id not in closed or isinstance(item.event, Recovered)
                open_turn = None
                closed.add(command.turn_id)
        assert isinstance(item.after.state, Answering) == (open_turn is not None)


@unhurried
@given(plans, sequences)
def test_every_deadline_fires(plan: Plan, sequence: list[Op]) -> None:
    """The timer changes the state at its deadline, and not a moment earlier."""
    for state, _ in states(plan, play(plan, sequence)):
        deadline = session.next_deadline(state)
        if deadline is not None:
            assert session.step(state, TimerFired(), deadline).state != state
            assert session.step(state, TimerFired(), deadline - 0.001) == session.Step(state)


@unhurried
@given(plans, sequences, st.lists(st.sampled_from(["timer", "empty", "full"]), min_size=40, max_size=40))
def test_no_dead_ends(plan: Plan, sequence: list[Op], choices: list[str]) -> None:
    """Left to its timers and results alone, an interview ends or comes to wait for the browser."""
    state, now = states(plan, play(plan, sequence))[-1]
    for choice in choices:
        deadline = session.next_deadline(state)
        if deadline is None:
            break
        turn, full = session.turn_of(state), choice == "full"
        event: Event = TimerFired()
        match state:
            case Finalising() if choice != "timer":
                event = Transcribed(turn, WORDS if full else Transcript(), 1.0)
            case FollowingUp() if choice != "timer":
                event = FollowUpChosen(turn, "f9", "Why?" if full else "", Source.LLM)
        now = max(now, deadline) if isinstance(event, TimerFired) else now
        state = session.step(state, event, now).state
    match state:
        case Ready() | Finished() | Answering(deadline=None):
            pass
        case Asking(deadline=None):
            assert not state.progress.attached
        case _:
            pytest.fail(f"still {state}")


@unhurried
@given(plans, sequences)
def test_only_a_missing_browser_is_waited_for(plan: Plan, sequence: list[Op]) -> None:
    """A question stands still exactly while there is no browser; nobody is made to think or start without one."""
    for state, _ in states(plan, play(plan, sequence)):
        if isinstance(state, Asking):
            assert (state.deadline is None) == (not state.progress.attached)
        if isinstance(state, Thinking):
            assert state.progress.attached
        if isinstance(state, Answering) and state.deadline is None:
            assert not state.progress.attached


@unhurried
@given(plans, sequences)
def test_replaying_the_log_gives_the_same_state(plan: Plan, sequence: list[Op]) -> None:
    """Replaying the log gives the same state, at every point of it."""
    taken = play(plan, sequence)
    log = tuple((item.event, item.now) for item in taken)
    for length in {len(log), len(log) // 2}:
        expected = taken[length - 1].after.state if length else session.begin(plan)
        assert session.replay(plan, log[:length]) == expected


@unhurried
@given(plans, sequences)
def test_no_answer_beyond_its_limit(plan: Plan, sequence: list[Op]) -> None:
    """A running answer has at most its limit to go, nothing prolongs it, and once the limit has passed it is over."""
    for item in play(plan, sequence):
        state = item.after.state
        if not isinstance(state, Answering):
            continue
        assert state.spent_s <= state.limit_s
        if state.deadline is None:
            continue
        assert state.deadline - item.now <= state.limit_s + 1e-6
        if isinstance(item.before, Answering) and item.before.deadline is not None:
            assert state.deadline == item.before.deadline
            stale = isinstance(item.event, TurnEvent) and item.event.turn_id != session.turn_of(item.before)
            assert item.now < state.deadline or stale


@unhurried
@given(plans, sequences)
def test_grades_belong_to_answers(plan: Plan, sequence: list[Op]) -> None:
    """Only finished rounds with an answer have a grade, each one at most, and in the end each one has."""
    for state, _ in states(plan, play(plan, sequence)):
        graded = [item.round for item in state.progress.grades]
        answered = {answer.round for answer in state.progress.answers}
        assert len(graded) == len(set(graded))
        assert set(graded) <= {number for number in answered if number < state.progress.round}
        if isinstance(state, Finished):
            assert set(graded) == answered


@unhurried
@given(plans, sequences)
def test_answers_are_kept(plan: Plan, sequence: list[Op]) -> None:
    """A finished answer is never changed or lost, and turns are numbered upwards.

    One that the model takes for an act is kept as such.
    """
    for item in play(plan, sequence):
        before, after = item.before.progress.answers, item.after.state.progress.answers
        if isinstance(item.event, FollowUpChosen) and len(after) < len(before):
            *kept, last = before
            assert item.event.act is not Act.ANSWER and after == tuple(kept)
            said = item.after.state.progress.acts[-1]
            assert (said.act, said.text) == (item.event.act, last.transcript.text)
        else:
            assert after[: len(before)] == before
        assert [answer.turn_id for answer in after] == sorted({answer.turn_id for answer in after})
        assert session.turn_of(item.after.state) >= session.turn_of(item.before)


@unhurried
@given(plans, sequences)
def test_no_more_follow_ups_than_planned(plan: Plan, sequence: list[Op]) -> None:
    """A round asks its question first and at most its number of follow-ups."""
    for state, _ in states(plan, play(plan, sequence)):
        assert state.progress.asked <= state.progress.current.follow_ups
        for number in range(len(plan.rounds)):
            answers = state.progress.answers_of(number)
            of_question = [answer.follow_up_id is None for answer in answers]
            assert of_question == sorted(of_question, reverse=True)


@unhurried
@given(plans, sequences)
def test_moves_are_bounded(plan: Plan, sequence: list[Op]) -> None:
    """In one turn the interviewer gives way at most twice to each act, and never twice to not knowing."""
    for state, _ in states(plan, play(plan, sequence)):
        if isinstance(state, Asking | Thinking | Answering | Finalising):
            acts = state.utterance.acts
            assert all(acts.count(act) <= 2 for act in Act)
            assert acts.count(Act.DONT_KNOW) <= 1


@unhurried
@given(plans, sequences)
def test_no_act_ends_an_interview(plan: Plan, sequence: list[Op]) -> None:
    """A request stays with its question, whatever it was; an act that passes leaves one question, not the interview."""
    for item in play(plan, sequence):
        if not isinstance(item.event, Transcribed | ActPressed) or item.after.error is not None:
            continue
        before, after = item.before.progress, item.after.state.progress
        assert not isinstance(item.after.state, Finished)
        assert after.round <= before.round + 1
        is_request = isinstance(item.event, ActPressed) or item.event.act in session.REQUESTS
        if is_request and isinstance(item.before, Finalising) and not before.ended and item.before.ended_by != "skipped":
            allowed = item.before.utterance.acts.count(item.event.act) < 2
            assert not allowed or item.before.act is not None or after.round == before.round


@unhurried
@given(plans, sequences)
def test_acts_are_never_answers(plan: Plan, sequence: list[Op]) -> None:
    """What was understood as an act has left no words to be graded, and is noted."""
    for state, _ in states(plan, play(plan, sequence)):
        acts = {said.turn_id for said in state.progress.acts if said.text}
        assert not any(answer.transcript.words for answer in state.progress.answers if answer.turn_id in acts)


@unhurried
@given(plans, sequences)
def test_a_response_is_a_turn_of_its_own(plan: Plan, sequence: list[Op]) -> None:
    """Whatever is said for the first time has a number of its own, and so a fresh clock."""
    said: dict[int, str] = {}
    for item in play(plan, sequence):
        for command in item.after.commands:
            if isinstance(command, Ask):
                utterance = command.utterance
                assert said.setdefault(utterance.turn_id, utterance.aloud) == utterance.aloud
                assert utterance.aloud


def test_sequences_reach_every_phase() -> None:
    """The likely events alone lead through every phase, so that the properties above are about something."""
    plan = Plan((RoundPlan("rag/core", "What is RAG?", 60.0, follow_ups=1),))
    picks = [0, 0, 0, 0, 3, 1, 0, 0, 0, 3, 0]
    taken = play(plan, [Op("likely", 1.0, 0, pick) for pick in picks])
    assert {type(state) for state, _ in states(plan, taken)} == set(LIKELY)
