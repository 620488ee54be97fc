"""Replies to utterances that are no answer, and how the interview continues."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hotseat.domain.acts import Act
from hotseat.domain.model import Choice, Move, Source, Transcript
from hotseat.session import moves, session
from hotseat.session.events import (
    ActPressed,
    Ask,
    Command,
    EndPressed,
    FollowUpChosen,
    GradeRound,
    PlaybackDone,
    ShowHint,
    StartPressed,
    TimerFired,
    Transcribed,
    TypedAnswer,
)
from hotseat.session.phases import Answering, Asking, FollowingUp, Grading, Lines, Plan, RoundPlan, State, Thinking

NOW = 1000.0
FIRST = RoundPlan(
    "inference/core",
    "Here is a case. How do you serve it? Take a minute.",
    60.0,
    follow_ups=2,
    lead="Hello.",
    scope="Assume inference on one GPU.",
    rephrase="How would you serve it?",
    easier=("memory", "What does one token cost?"),
)
LINES = Lines(
    no_problem="No problem.",
    feedback="That's for the review.",
    audible="Yes, I can hear you.",
    time_left="At most {minutes}.",
    go_on="Yes, please.",
    off_topic=("Back to where we were:", "Let's pick it up again:"),
    no_hint="No hint here.",
    said_before="I won't ask again.",
    meaning="I don't want to give anything away.",
    apart="One by one. {case} And: {question}",
    same_words="Once more.",
)
PLAN = Plan((FIRST, RoundPlan("rag/core", "What is RAG?", 60.0, lead="Next, RAG systems.")), lines=LINES)
OLD_PLAN = replace(PLAN, lines=Lines())
"""As before there were lines for asides."""


def typed(text: str) -> Transcript:
    return Transcript.of_typed(text)


class Played:
    """An interview played turn by turn."""

    def __init__(self, plan: Plan = PLAN) -> None:
        self.state: State = session.begin(plan)
        self.now = NOW
        self.commands: tuple[Command, ...] = ()
        self.feed(StartPressed())

    def feed(self, event: session.Event, wait_s: float = 1.0) -> Played:
        self.now += wait_s
        result = session.step(self.state, event, self.now)
        assert result.error is None, result.error
        self.state, self.commands = result.state, result.commands
        return self

    def say(self, text: str, act: Act = Act.ANSWER, pressed: Act | None = None) -> Played:
        """Types in the current turn."""
        turn_id = session.turn_of(self.state)
        self.feed(TypedAnswer(turn_id, text, pressed))
        return self.feed(Transcribed(turn_id, typed(text), 0.0, act=act))

    @property
    def aloud(self) -> str:
        assert isinstance(self.state, Asking)
        return self.state.utterance.aloud


def test_the_greeting_comes_before_the_first_question() -> None:
    """What is said before a question is heard and not part of what is to be answered."""
    played = Played()
    assert isinstance(played.state, Asking)
    assert (played.aloud, played.state.utterance.text) == (f"Hello. {FIRST.prompt}", FIRST.prompt)


@pytest.mark.parametrize(
    ("acts", "said"),
    [
        ([Act.REPEAT], f"Sure. {FIRST.prompt}"),
        ([Act.REPEAT, Act.REPEAT], "In short: How would you serve it?"),
        ([Act.CLARIFY], "Assume inference on one GPU."),
        ([Act.THINK], LINES.think),
        ([Act.DONT_KNOW], f"{LINES.easier} What does one token cost?"),
        ([Act.OBJECTION], "Fair enough. Let's stay with the question: How would you serve it?"),
        ([Act.OFF_TOPIC], "Back to where we were: How would you serve it?"),
        ([Act.OFF_TOPIC, Act.OFF_TOPIC], "Let's pick it up again: How would you serve it?"),
        ([Act.CLARIFY, Act.REPEAT], f"Sure. {FIRST.prompt}"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else None,
)
def test_each_act_has_its_move(acts: list[Act], said: str) -> None:
    """Each act has its move, in a turn of its own, and the turn goes on."""
    played = Played()
    for act in acts:
        played.say("…", act)
    assert played.aloud == said
    assert session.turn_of(played.state) == 1 + len(acts)
    assert played.state.progress.answers == ()
    assert [entry.act for entry in played.state.progress.acts] == acts


def test_a_question_without_a_scope() -> None:
    """Where the bank says nothing, the candidate is to take the common case."""
    plan = Plan((replace(FIRST, scope=""),))
    assert Played(plan).say("…", Act.CLARIFY).aloud == LINES.scope


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Do you mean at query time, for each request?", LINES.assume),
        ("can i assume a 7b model", LINES.assume),
        ("So should I talk about training, too?", LINES.assume),
        ("Do you mean training or serving?", LINES.either),
        ("Per token, or per request?", LINES.either),
        ("What do you mean by fifty passages, do you mean chunks?", LINES.assume),
        ("What do you mean by fifty passages?", LINES.meaning),
        ("what does passage mean here", LINES.meaning),
        ("Which GPU, can I ask?", LINES.scope),
        ("Which model can I assume?", LINES.scope),
        ("Could you be more specific?", LINES.scope),
        ("Do you have a model in mind?", LINES.scope),
        ("", LINES.scope),
    ],
)
def test_a_candidate_who_asks_about_a_follow_up_is_told_what_they_asked(text: str, said: str) -> None:
    """A reading that is proposed is accepted, of two either may be taken, words are left as they are; else the common case is
    meant."""
    played = Played().say("batching")
    played.feed(FollowUpChosen(session.turn_of(played.state), "why", "How do you choose?", Source.BANK))
    assert played.say(text or "…", Act.CLARIFY).aloud == said


def test_the_scope_is_told_once() -> None:
    """A candidate who asks again gets another reply than the bank's scope."""
    played = Played().say("Which GPU?", Act.CLARIFY).say("Do you mean an H100?", Act.CLARIFY)
    assert played.aloud == LINES.assume


@pytest.mark.parametrize(
    ("text", "is_noted"),
    [
        ("Then it doesn't get slower. I take that back.", True),
        ("I shouldn't have said that it's slower.", True),
        ("Then I was wrong about the quality.", True),
        ("I mixed that up: it's the gradients.", True),
        ("Right, I had it backwards, the base is in four bits.", True),
        ("Sorry, I said it the wrong way round before.", True),
        ("It would be wrong to say that.", False),
        ("You can't take it back, only send a second one that says: sorry, that was wrong.", False),
        ("You take the gradient and go back.", False),
    ],
)
def test_a_correction_is_noted(text: str, is_noted: bool) -> None:
    """Before the next follow-up or the next question; what is to be answered stays the same."""
    played = Played().say("Adapters slow it down.")
    played.feed(FollowUpChosen(session.turn_of(played.state), "why", "Why?", Source.BANK)).say(text)
    said = f"{LINES.corrected} " * is_noted
    played.feed(FollowUpChosen(session.turn_of(played.state), "how", "How?", Source.BANK))
    assert isinstance(played.state, Asking)
    assert (played.aloud, played.state.utterance.text) == (f"{said}How?", "How?")
    assert played.say(text).aloud == f"{said}Next, RAG systems. What is RAG?"


def test_a_correction_is_noted_before_a_backup_too() -> None:
    """When no follow-up was chosen in time, the bank's next one is asked in the same way."""
    played = Played(Plan((replace(FIRST, backups=(("why", "Why?"), ("how", "How?"))),))).say("Adapters slow it down.")
    for wait in (True, False):
        played.feed(TimerFired(), session.FOLLOW_UP_TIMEOUT_S + 1)
        if wait:
            played.say("I take that back.")
    assert played.aloud == f"{LINES.corrected} How?"


def test_a_first_answer_corrects_nothing() -> None:
    """Nothing was asked about it yet, so the candidate only rephrases."""
    played = Played().say("It's slower. No, scratch that, I was wrong.")
    played.feed(FollowUpChosen(session.turn_of(played.state), "why", "Why?", Source.BANK))
    assert played.aloud == "Why?"


def test_a_models_question_has_its_own_words_about_a_correction() -> None:
    """It has read the answer; part of its question may have been said already."""
    played = Played().say("It's slower.")
    played.feed(FollowUpChosen(session.turn_of(played.state), "why", "Why?", Source.LLM)).say("I was wrong.")
    played.feed(FollowUpChosen(session.turn_of(played.state), "how", "How?", Source.LLM))
    assert played.aloud == "How?"


@pytest.mark.parametrize("act", [Act.REPEAT, Act.CLARIFY, Act.THINK, Act.OBJECTION, Act.OFF_TOPIC])
def test_the_third_time_it_is_the_answer(act: Act) -> None:
    """At most two moves of a kind; what comes then counts as the answer."""
    played = Played().say("…", act).say("…", act).say("again and again", act)
    assert isinstance(played.state, FollowingUp)
    assert played.state.progress.answers[-1].transcript.text == "again and again"


def test_a_follow_up_has_moves_of_its_own() -> None:
    """What was asked before doesn't count against the next thing asked."""
    played = Played().say("…", Act.REPEAT).say("…", Act.REPEAT).say("batching")
    played.feed(FollowUpChosen(session.turn_of(played.state), "why", "Why?", Source.BANK))
    assert played.say("…", Act.REPEAT).aloud == "Sure. Why?"


def test_a_repeated_question_comes_without_the_quote() -> None:
    """The candidate's own words are said back once."""
    choice = Choice(Move.CHALLENGE, Source.BANK, "it fits in 2.5 gigabytes", ("why",), ())
    played = Played().say("it fits in 2.5 gigabytes")
    text = "You said “it fits in 2.5 gigabytes”. How did you get there?"
    played.feed(FollowUpChosen(session.turn_of(played.state), "why", text, Source.BANK, choice=choice))
    assert played.say("…", Act.REPEAT).aloud == "Sure. How did you get there?"


@pytest.mark.parametrize(("act", "ended_by", "remark"), [(Act.SKIP, "skipped", "No problem. "), (Act.DONE, "done", "")])
def test_a_skipped_question_leads_to_the_next(act: Act, ended_by: str, remark: str) -> None:
    """The round is accounted for without words, and the next question asked."""
    played = Played().say("let's move on", act)
    assert played.aloud == f"{remark}Next, RAG systems. What is RAG?"
    [answer] = played.state.progress.answers
    assert (answer.transcript.words, answer.ended_by) == ((), ended_by)
    assert "let's move on" in answer.note
    assert GradeRound(0) in played.commands


def test_not_knowing_twice_moves_on() -> None:
    """An easier step is offered once."""
    played = Played().say("no idea", Act.DONT_KNOW)
    assert played.state.progress.round == 0
    played.say("no idea", Act.DONT_KNOW)
    assert played.state.progress.round == 1


def test_not_knowing_shows_a_hint_where_there_is_one() -> None:
    """A hint comes before an easier question, is shown, and is noted as used."""
    plan = Plan((replace(FIRST, hints=1, hint_texts=("Think of the cache.",)),))
    played = Played(plan).say("no idea", Act.DONT_KNOW)
    assert played.aloud == f"{LINES.hint} Think of the cache."
    assert ShowHint(2, 1) in played.commands
    assert played.state.progress.hints == 1
    assert moves.next_hint(played.state.progress) is None


def test_the_easier_step_is_not_asked_again() -> None:
    """An easier step that has been asked as a follow-up is none any more."""
    played = Played().say("batching")
    played.feed(FollowUpChosen(2, "memory", "What does one token cost?", Source.BANK)).say("no idea", Act.DONT_KNOW)
    assert isinstance(played.state, FollowingUp)


def test_time_to_think_stops_the_clock() -> None:
    """Half a minute with the clock standing, then it starts."""
    played = Played().say("one moment", Act.THINK).feed(PlaybackDone(2))
    assert isinstance(played.state, Thinking)
    assert session.next_deadline(played.state) == played.now + PLAN.pause_s
    played.feed(TimerFired(), PLAN.pause_s)
    assert isinstance(played.state, Answering)


def test_a_button_while_answering_keeps_what_was_said() -> None:
    """The words so far are an answer; the move follows with a fresh clock."""
    played = Played().feed(PlaybackDone(1)).feed(TimerFired(), 5.0)
    played.feed(ActPressed(1, Act.REPEAT)).feed(Transcribed(1, typed("it is cached"), 3.0))
    assert played.aloud == f"Sure. {FIRST.prompt}"
    assert [answer.transcript.text for answer in played.state.progress.answers] == ["it is cached"]


def test_a_button_is_refused_once_used_up() -> None:
    """A third press changes nothing."""
    state = Played().feed(ActPressed(1, Act.THINK)).feed(ActPressed(2, Act.THINK)).state
    assert session.requests(state) == (Act.REPEAT, Act.CLARIFY)
    result = session.step(state, ActPressed(3, Act.THINK), NOW + 60)
    assert result.error is not None and result.state is state


def test_a_typed_question_is_no_answer() -> None:
    """Whatever its words, a text sent as a question about the question gets the scope."""
    assert Played().say("the gpu thing", pressed=Act.CLARIFY).aloud == "Assume inference on one GPU."


def test_end_wins_over_an_act_being_written_down() -> None:
    """Pressing End while an act is being written down ends the interview all the same."""
    played = Played().feed(TypedAnswer(1, "again please")).feed(EndPressed())
    played.feed(Transcribed(1, typed("again please"), 0.0, act=Act.REPEAT))
    assert isinstance(played.state, Grading)
    assert not any(isinstance(command, Ask) for command in played.commands)
    assert played.state.progress.answers[-1].transcript.words == ()


def test_a_log_from_before_there_were_acts() -> None:
    """An event without an act is an answer, whatever it says."""
    played = Played().say("I don't know")
    assert isinstance(played.state, FollowingUp)


def test_an_answer_may_turn_out_to_be_none() -> None:
    """The interviewer understands it as an act after all: it is no answer, and gets its move."""
    played = Played().say("hang on which gpu")
    played.feed(FollowUpChosen(2, "why", "Why?", Source.BANK, act=Act.CLARIFY))
    assert played.aloud == "Assume inference on one GPU."
    assert not played.state.progress.answers
    assert [(said.act, said.text) for said in played.state.progress.acts] == [(Act.CLARIFY, "hang on which gpu")]


@pytest.mark.parametrize("act", [Act.SKIP, Act.REPEAT])
def test_an_act_without_a_move_leaves_the_answer(act: Act) -> None:
    """One that would leave the question, or that had its moves: then the follow-up is asked."""
    played = Played()
    if act is Act.REPEAT:
        played.say("what", act).say("what", act)
    played.say("hm")
    played.feed(FollowUpChosen(session.turn_of(played.state), "why", "Why?", Source.BANK, act=act))
    assert played.aloud == "Why?" and len(played.state.progress.answers) == 1


@pytest.mark.parametrize(
    ("text", "act", "said"),
    [
        ("what do you mean", Act.CLARIFY, f"One by one. Think of a chat. And: Why batch it? {LINES.scope}"),
        ("I don't understand the question.", Act.DONT_KNOW, f"One by one. Think of a chat. And: Why batch it? {LINES.scope}"),
        ("What does a chat mean here?", Act.REPEAT, LINES.meaning),
        ("Once more, please.", Act.REPEAT, "Sure. Think of a chat. Why batch it?"),
        ("Could you rephrase that?", Act.REPEAT, "One by one. Think of a chat. And: Why batch it?"),
        ("Nice weather.", Act.OFF_TOPIC, f"{LINES.off_topic[0]} Think of a chat. Why batch it?"),
        ("I won't say that.", Act.OBJECTION, f"{LINES.objection} Think of a chat. Why batch it?"),
    ],
)
def test_a_follow_up_is_asked_again_whole(text: str, act: Act, said: str) -> None:
    """Its last sentence alone would lack the case. The question's scope and rephrasing aren't its own."""
    played = Played().say("batching").feed(FollowUpChosen(2, "why", "Think of a chat. Why batch it?", Source.BANK))
    assert played.say(text, act).aloud == said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Think of a chat. Why batch it?", "One by one. Think of a chat. And: Why batch it?"),
        ("If a chat is long, how much do you cache?", "One by one. Say a chat is long. And: how much do you cache?"),
        ("Why batch it, if at all?", "Once more. Why batch it, if at all?"),
    ],
)
def test_a_follow_up_in_other_words(asked: str, said: str) -> None:
    """It has no other wording, so its case and its question are said one by one, where it has both."""
    played = Played().say("batching").feed(FollowUpChosen(2, "why", asked, Source.BANK))
    assert played.say("Can you rephrase that?", Act.REPEAT).aloud == said
    again = Played().say("batching").feed(FollowUpChosen(2, "why", asked, Source.BANK)).say("Again?", Act.REPEAT)
    assert again.say("Again?", Act.REPEAT).aloud == said, "the second time, too"


OTHER = "By a chat I mean many requests at once. Why would you batch them?"


@pytest.mark.parametrize(
    ("text", "act", "is_used"),
    [
        ("Can you rephrase that?", Act.REPEAT, True),
        ("What do you mean by a chat?", Act.CLARIFY, True),
        ("Do you mean a long chat?", Act.CLARIFY, False),
        ("Once more, please.", Act.REPEAT, False),
        ("Give me a moment.", Act.THINK, False),
    ],
)
def test_a_models_other_words_are_used(text: str, act: Act, is_used: bool) -> None:
    """Where the candidate asks for other words, or for a meaning; what is to be answered stays the same."""
    played = Played().say("batching").feed(FollowUpChosen(2, "why", "Think of a chat. Why batch it?", Source.BANK))
    played.feed(TypedAnswer(2, text)).feed(Transcribed(2, typed(text), 0.0, act=act, reworded=OTHER))
    assert (played.aloud == f"Sure. {OTHER}") is is_used
    assert isinstance(played.state, Asking) and played.state.utterance.text == "Think of a chat. Why batch it?"


@pytest.mark.parametrize("text", ["Could you rephrase the question?", "Can you say it in simpler words?"])
def test_a_candidate_who_asks_for_other_words_gets_them(text: str) -> None:
    """At once, not only the second time."""
    assert Played().say(text, Act.REPEAT).aloud == "In short: How would you serve it?"


@pytest.mark.parametrize(
    ("text", "act", "said"),
    [
        ("Was that right?", Act.OFF_TOPIC, f"{LINES.feedback} {FIRST.prompt}"),
        ("so, did that answer your question?", Act.REPEAT, f"{LINES.feedback} {FIRST.prompt}"),
        ("Sorry, can you hear me?", Act.REPEAT, f"{LINES.audible} {FIRST.prompt}"),
        ("How much time do I have left?", Act.OFF_TOPIC, f"At most 5 minutes. {FIRST.prompt}"),
        ("Should I go on?", Act.SKIP, LINES.go_on),
        ("How am I supposed to know?", Act.OBJECTION, f"{LINES.objection} How would you serve it?"),
    ],
)
def test_a_question_that_isnt_about_the_question_is_answered(text: str, act: Act, said: str) -> None:
    """Whatever act it was taken for; those are off topic."""
    played = Played().say(text, act)
    assert played.aloud == said
    is_aside = LINES.objection not in said
    assert played.state.progress.acts[-1].act is (Act.OFF_TOPIC if is_aside else act)


HINT_PLEASE = "Hmm. Could I get a hint?"


@pytest.mark.parametrize("act", [Act.THINK, Act.DONT_KNOW, Act.OFF_TOPIC, Act.SKIP])
def test_a_candidate_who_asks_for_a_hint_is_helped(act: Act) -> None:
    """With the easier step of the question, whatever act the words were taken for. Then there is nothing more to give."""
    played = Played().say(HINT_PLEASE, act)
    assert played.aloud == f"{LINES.easier} What does one token cost?"
    assert played.say("a hint, please", act).aloud == LINES.no_hint
    assert isinstance(played.state, Asking) and played.state.utterance.text == "What does one token cost?"


def test_each_hint_may_be_asked_for() -> None:
    """Where the question has hints, and before its easier step."""
    played = Played(replace(PLAN, rounds=(replace(FIRST, hints=2, hint_texts=("Think of the cache.", "And of its size.")),)))
    assert played.say(HINT_PLEASE, Act.THINK).aloud == f"{LINES.hint} Think of the cache."
    assert played.say(HINT_PLEASE, Act.THINK).aloud == f"{LINES.hint} And of its size."
    assert played.state.progress.hints == 2 and ShowHint(3, 2) in played.commands


def test_a_follow_up_has_no_hints() -> None:
    """The candidate is told so and can still answer, or pass."""
    played = Played().say("batching").feed(FollowUpChosen(2, "why", "Why batch it?", Source.BANK))
    assert played.say("I don't know, can you give me a hint?", Act.DONT_KNOW).aloud == LINES.no_hint
    assert isinstance(played.say("No idea.", Act.DONT_KNOW).state, FollowingUp)


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("I don't need a hint, just a second.", Act.THINK),
        ("Your hint is misleading.", Act.OBJECTION),
        ("No clue.", Act.DONT_KNOW),
    ],
)
def test_a_hint_that_is_not_asked_for(text: str, act: Act) -> None:
    """Words about hints, or about having no clue, ask for none."""
    assert moves.counted_as(Played().state.progress, act, text) is act


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("I've already said that.", Act.DONE),
        ("That's not fair, I already answered this.", Act.OBJECTION),
        ("You already asked me that.", Act.OBJECTION),
        ("I've already said that, it's the latency.", Act.ANSWER),
    ],
)
def test_what_has_been_answered_is_not_asked_again(text: str, act: Act) -> None:
    """The interviewer gives in and goes on to another follow-up."""
    played = Played().say("batching").feed(FollowUpChosen(2, "why", "Why batch it?", Source.BANK)).say(text, act)
    assert isinstance(played.state, FollowingUp)
    played.feed(FollowUpChosen(3, "how", "How large is it?", Source.BANK))
    assert played.aloud == f"{LINES.said_before} How large is it?"


def test_a_question_without_an_answer_stays() -> None:
    """There is nothing that the candidate could have said before."""
    assert Played().say("I've already said that.", Act.DONE).aloud == f"{LINES.objection} How would you serve it?"


def test_a_candidate_who_has_said_all_is_done() -> None:
    """They don't complain about the question."""
    played = Played().say("batching").feed(FollowUpChosen(2, "why", "Why batch it?", Source.BANK))
    assert played.say("I've already said everything I know.", Act.DONE).state.progress.round == 1


def test_a_log_without_lines_for_asides_is_replayed_as_it_was() -> None:
    """An interview of an earlier version left the question here, and its later turns have numbers that count on that."""
    assert Played(OLD_PLAN).say("Should I go on?", Act.SKIP).state.progress.round == 1
    assert Played(OLD_PLAN).say("I've already said that.", Act.DONE).state.progress.round == 1
    assert Played(OLD_PLAN).say(HINT_PLEASE, Act.SKIP).state.progress.round == 1
    follow_up = FollowUpChosen(2, "why", "Why batch it?", Source.BANK)
    assert Played(OLD_PLAN).say("batching").feed(follow_up).say("No idea.", Act.DONT_KNOW).state.progress.round == 1


def test_not_knowing_a_follow_up_leads_to_the_next() -> None:
    """The candidate has shown that they know something; after the last follow-up comes the next question."""
    played = (
        Played().say("batching").feed(FollowUpChosen(2, "why", "Why batch it?", Source.BANK)).say("No idea.", Act.DONT_KNOW)
    )
    assert isinstance(played.state, FollowingUp)
    played.feed(FollowUpChosen(3, "how", "How large is it?", Source.BANK))
    assert played.aloud == "No problem. How large is it?"
    assert played.say("No idea.", Act.DONT_KNOW).aloud == "No problem. Next, RAG systems. What is RAG?"


@pytest.mark.parametrize(
    ("text", "limit_s", "line", "is_asked"),
    [
        ("Batching.", 60.0, "Could you say more?", True),
        ("Batching many requests.", 60.0, "Could you say more?", False),
        ("Batching.", 15.0, "Could you say more?", False),
        ("Batching.", 60.0, "", False),
    ],
)
def test_a_word_or_two_are_hardly_an_answer(text: str, limit_s: float, line: str, is_asked: bool) -> None:
    """Where there is time for more, the candidate is asked for it; what was said is kept."""
    plan = replace(PLAN, rounds=(replace(FIRST, limit_s=limit_s),), lines=replace(LINES, say_more=line))
    played = Played(plan).say(text)
    assert len(played.state.progress.answers) == 1
    assert isinstance(played.state, Asking if is_asked else FollowingUp)
    if is_asked:
        assert played.aloud == line and played.state.utterance.text == FIRST.prompt
        assert isinstance(played.say("Yes.").state, FollowingUp), "asked for once"
        assert [answer.transcript.text for answer in played.state.progress.answers] == [text, "Yes."]
