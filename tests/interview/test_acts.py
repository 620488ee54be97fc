"""Utterances that are no answer, during an interview: the reply, the acknowledgement, the report."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hotseat import wire
from hotseat.domain.acts import Act
from hotseat.domain.model import EndedBy
from hotseat.grading.embedded import EmbeddedGrader
from hotseat.interview.llm_interviewer import Endpoint
from hotseat.questions.formats import Choices
from hotseat.session.eventlog import replayed

from tests.grading.scripted_reader import ScriptedReader
from tests.support.command_line import hotseat
from tests.support.fake_interview import LORA, Candidate, finish, sitting
from tests.support.fakes import BANK, CATALOGUE, FakeChat, FakeTranscriber, fake_assembly
from tests.support.light_server import LightServer

PROMPT = BANK.question("finetuning/lora").prompt


async def type_next(candidate: Candidate, turn_id: int, text: str) -> wire.AnswerMessage:
    await candidate.until("asking", turn_id)
    candidate.say(type="typed", turn_id=turn_id, text=text)
    return await candidate.until_sent(wire.AnswerMessage, lambda entry: entry.turn_id == turn_id)


def heard(candidate: Candidate, turn_id: int) -> str:
    return " ".join(voice.text for voice in candidate.of(wire.VoiceMessage) if voice.turn_id == turn_id)


async def test_acts_are_answered_and_never_graded(tmp_path: Path) -> None:
    """A candidate who asks, waits and then answers is graded by the answer alone; the review says what else was said."""
    async with sitting(fake_assembly(tmp_path)) as (interviews, candidate):
        candidate.say(type="start")
        first = await type_next(candidate, 1, "Could you repeat that, please?")
        assert first.act is Act.REPEAT
        state = await candidate.until("asking", 2)
        assert (state.understood, state.text, state.said) == (Act.REPEAT, PROMPT, f"Sure. {PROMPT}")
        await type_next(candidate, 2, "Give me a moment, please.")
        await type_next(candidate, 3, "It freezes the base model and learns two small matrices.")
        await type_next(candidate, 4, "Because the update has a low rank.")
        await finish(candidate)
        review = await candidate.review()
        assert review is not None
        [entry] = review["rounds"]
        assert [answer["turn_id"] for answer in entry["answers"]] == [3, 4]
        assert [(said["turn_id"], said["act"]) for said in entry["acts"]] == [(1, "repeat"), (2, "think")]
        assert entry["answers"][1]["choice"]["between"]


async def test_an_endpoint_may_understand_an_answer_as_an_act(tmp_path: Path) -> None:
    """What the recogniser of acts took for an answer is then none, and the question is asked again."""
    assembly = fake_assembly(tmp_path)
    assembly.graders.embedded = EmbeddedGrader(ScriptedReader({}))
    reply = {"does": "repeat", "anchor": "", "question": ""}
    assembly.interviewer.endpoint = Endpoint(FakeChat(json.dumps(reply)), assembly.prompts, 5.0)
    async with sitting(assembly) as (_, candidate):
        candidate.say(type="start")
        assert (await type_next(candidate, 1, "low rank matrices beside the weights")).act is Act.ANSWER
        state = await candidate.until("asking", 2)
        assert (state.understood, state.said) == (Act.REPEAT, f"Sure. {PROMPT}")
        await type_next(candidate, 2, "It freezes the base model and learns two small matrices. " * 3)
        await candidate.until("asking", 3)
        candidate.say(type="skip", turn_id=3)
        await finish(candidate)
        review = await candidate.review()
        assert review is not None
        assert [answer["turn_id"] for answer in review["rounds"][0]["answers"]] == [2, 3]


async def test_an_endpoint_puts_a_follow_up_in_other_words(tmp_path: Path) -> None:
    """For a candidate who asks for them. The log knows what was said."""
    assembly = fake_assembly(tmp_path)
    assembly.graders.embedded = EmbeddedGrader(ScriptedReader({}))
    question = "By that I mean your own case. What would you do there?"
    assembly.interviewer.endpoint = Endpoint(FakeChat(json.dumps({"question": question})), assembly.prompts, 5.0)
    async with sitting(assembly) as (_, candidate):
        candidate.say(type="start")
        await type_next(candidate, 1, "It freezes the base model and learns two small matrices.")
        await candidate.until("asking", 2)
        await type_next(candidate, 2, "Could you rephrase that, please?")
        state = await candidate.until("asking", 3)
        assert (state.understood, state.said) == (Act.REPEAT, f"Sure. {question}")
        found = await assembly.storage.store.load(candidate.id)
        assert found is not None and "own case" in str(replayed(*found))


async def test_a_spoken_act_is_not_thanked_for(tmp_path: Path) -> None:
    """An acknowledgement waits until it is known that the words are an answer."""
    assembly = fake_assembly(tmp_path)
    assembly.speech.transcriber = FakeTranscriber("sorry could you say that again")
    async with sitting(assembly) as (_, candidate):
        candidate.say(type="start")
        await candidate.answer()
        await candidate.until("asking", 2)
        assert not [voice for voice in candidate.of(wire.VoiceMessage) if voice.utterance == "acknowledgement"]
        await candidate.until_sent(wire.VoiceEnd, lambda end: end.turn_id == 2)
        assert heard(candidate, 2) == f"Sure. {PROMPT}"


async def test_each_request_can_be_made_twice(tmp_path: Path) -> None:
    """Repeat, ask and think can be pressed twice each, and then are no longer offered."""
    async with sitting(fake_assembly(tmp_path)) as (_, candidate):
        candidate.say(type="start")
        await candidate.until("asking", 1)
        candidate.say(type="request", turn_id=1, act="think")
        await candidate.until("asking", 2)
        candidate.say(type="request", turn_id=2, act="think")
        state = await candidate.until("asking", 3)
        assert set(state.requests) == {Act.REPEAT, Act.CLARIFY}
        candidate.say(type="typed", turn_id=3, text="one gpu or many", asks=True)
        state = await candidate.until("asking", 4)
        assert (state.understood, state.said) == (Act.CLARIFY, BANK.question("finetuning/lora").scope)


async def test_the_greeting_is_heard_before_the_question(tmp_path: Path) -> None:
    """Format, who asks, how many questions and how long, then the question."""
    async with sitting(fake_assembly(tmp_path), Choices("five")) as (_, candidate):
        candidate.say(type="start")
        await candidate.until_sent(wire.VoiceEnd, lambda end: end.turn_id == 1)
        said = heard(candidate, 1)
        assert said.startswith("Hello. Today it's a round of core questions, the way ")
        assert "5 questions" in said and said.endswith(candidate.state.text)


async def test_a_drill_begins_with_its_question(tmp_path: Path) -> None:
    """One question needs no greeting."""
    async with sitting(fake_assembly(tmp_path)) as (_, candidate):
        candidate.say(type="start")
        await candidate.until_sent(wire.VoiceEnd, lambda end: end.turn_id == 1)
        assert heard(candidate, 1) == PROMPT


async def test_acknowledgements_differ(tmp_path: Path) -> None:
    """None is said twice in a row, whatever ended the answers."""
    lines = CATALOGUE.script.acknowledgements
    said = [""]
    done, silence, limit, skipped = EndedBy
    for ended_by in (done, done, silence, silence, done, limit, limit, skipped, skipped, silence):
        said.append(lines.after(ended_by, said[-1]))
    assert all(before != after for before, after in pairwise(said))


async def test_the_log_replays_to_the_same_state(tmp_path: Path) -> None:
    """What was recognised is in the log: a process that takes over knows it without recognising again."""
    assembly = fake_assembly(tmp_path)
    async with sitting(assembly) as (_, candidate):
        candidate.say(type="start")
        await type_next(candidate, 1, "No idea, sorry.")
        await candidate.until("asking", 2)
        found = await assembly.storage.store.load(candidate.id)
        assert found is not None and candidate.interview is not None
        assert replayed(*found).progress.acts == candidate.interview.state.progress.acts
        assert [said.act for said in replayed(*found).progress.acts] == [Act.DONT_KNOW]


@pytest.mark.parametrize(
    "text", ["I don't know the exact number, but it's about two per parameter.", "Skip connections let gradients flow."]
)
async def test_answers_that_begin_like_an_act(tmp_path: Path, text: str) -> None:
    """They are answers."""
    async with sitting(fake_assembly(tmp_path), LORA) as (_, candidate):
        candidate.say(type="start")
        assert (await type_next(candidate, 1, text)).act is Act.ANSWER


def test_a_rehearsal_types_a_files_lines(tmp_path: Path) -> None:
    """Each line is typed next whatever is asked; the report says what it was taken for and what the interviewer did."""
    lines = [
        "Could you repeat that?",
        "Do you mean at inference?",
        "No idea, sorry.",
        "It batches many requests.",
        "One token after another.",
    ]
    file = tmp_path / "typed.txt"
    file.write_text("\n".join([*lines, "Said to nobody.", ""]))
    server = LightServer(tmp_path / "data").wait_until_ready()
    try:
        done = hotseat("rehearse", "--typed", str(file), "--question", "inference/core", "--url", server.url, "--json")
    finally:
        server.stop()
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    turns = report["turns"]
    assert report["blind"] == 0 and report["unused"] == 1
    assert "last question" in report["closing"] and turns[3]["acknowledgement"]
    assert [turn["text"] for turn in turns] == lines
    assert [turn["act"] for turn in turns] == ["repeat", "clarify", "dont_know", "answer", "answer"]
    assert [turn["interviewer"]["move"] for turn in turns] == [
        "question",
        "repeat",
        "scope",
        "simplify",
        "probe",
    ]
    assert turns[4]["follow_up"] and turns[4]["between"] and set(turns[4]["known"].values()) == {"not met"}
    assert turns[2]["interviewer"] == {
        "move": "scope",
        "text": BANK.question("inference/core").scope,
        "source": "bank",
        "anchor": None,
        "blind": False,
    }
