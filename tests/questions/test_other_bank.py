"""A server restarted with another bank: plans, running and finished interviews of the old one have a defined outcome."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hotseat import wire
from hotseat.domain.model import Bank, Question
from hotseat.errors import GraderError
from hotseat.grading.embedded import EmbeddedGrader
from hotseat.http.app import create_app
from hotseat.interview.interviews import Interviews
from hotseat.questions.formats import Choices
from hotseat.session.records import LOCAL
from hotseat.startup.assembly import Assembly

from tests.grading.scripted_reader import ScriptedReader
from tests.http.test_isolation import every_route, filled
from tests.practice.test_study import EVEN
from tests.support.fake_interview import Candidate, finish
from tests.support.fakes import BANK, FakeGrader, fake_assembly
from tests.support.in_process_server import client

LORA = BANK.question("finetuning/lora")
PLAN = BANK.question("capstone/study-plan")
GONE = replace(LORA, id="extras/gone", topic="extras", title="Gone", hints=("Think of rank.",))
SAID = "It freezes the base model and learns the update as a product of two low rank matrices, so few weights are trained."


def bank_with(*questions: Question) -> Bank:
    """The real bank with a topic and questions more, or with these in place of its own."""
    others = tuple(question for question in BANK.questions if question.id not in {mine.id for mine in questions})
    topic = replace(BANK.topics[0], id="extras", title="Extras")
    return replace(BANK, topics=(*BANK.topics, topic), questions=(*others, *questions))


async def served(data_dir: Path, bank: Bank) -> Assembly:
    assembly = fake_assembly(data_dir)
    assembly.library = replace(assembly.library, bank=bank)
    assembly.graders.embedded = assembly.graders.in_use = EmbeddedGrader(ScriptedReader({}))
    assert assembly.speech.voice is not None
    await assembly.speech.voice.prepare()
    return assembly


@asynccontextmanager
async def running(data_dir: Path, bank: Bank = BANK) -> AsyncIterator[tuple[Assembly, Interviews]]:
    """A process with this bank; leaving it stops it."""
    assembly = await served(data_dir, bank)
    interviews = assembly.interviews()
    try:
        yield assembly, interviews
    finally:
        await interviews.close()
        await assembly.storage.store.close()


async def planned(interviews: Interviews, *question_ids: str) -> Candidate:
    """The candidate of a new interview, with the old bank."""
    choices = Choices("drill", question_ids, follow_ups=1)
    return await Candidate(interviews, await interviews.create(LOCAL, choices)).attach()


async def bring(candidate: Candidate, phase: str) -> None:
    """As far as into this phase of the first round's first turn."""
    if phase == "ready":
        return
    candidate.say(type="start")
    if phase == "asking":
        await candidate.until("asking")
        return
    turn_id = await candidate.ask()
    if phase == "thinking":
        return
    candidate.speak(turn_id, 25)
    await candidate.until("answering", turn_id)
    if phase != "answering":
        candidate.say(type="done", turn_id=turn_id)
        await candidate.until("asking", turn_id + 1)


@pytest.mark.parametrize("phase", ["ready", "asking", "thinking", "answering", "follow-up"])
async def test_an_unfinished_interview_whose_question_is_gone(tmp_path: Path, phase: str) -> None:
    """It goes on in the plan's words; the candidate is told beforehand, what they say is kept, and it is not graded."""
    async with running(tmp_path, bank_with(GONE)) as (assembly, interviews):
        before = await planned(interviews, GONE.id)
        await bring(before, phase)
        assert before.of(wire.Notice) == []
    async with running(tmp_path) as (assembly, interviews):
        candidate = await Candidate(interviews, before.id).attach()
        notice = await candidate.until_sent(wire.Notice)
        assert notice.code == "question" and "no longer in the bank" in notice.text and "kept" in notice.text
        state = candidate.state
        assert (state.question_id, state.title, state.topic, state.hints_left) == (GONE.id, "Gone", "extras", 0)
        if phase == "ready":
            candidate.say(type="start")
        if phase == "answering":
            candidate.say(type="done", turn_id=1)
        else:
            state = await candidate.until("asking")
            assert phase == "follow-up" or state.text == GONE.prompt
            candidate.say(type="typed", turn_id=state.turn_id, text=SAID)
        await finish(candidate)
        [grade] = candidate.of(wire.GradeMessage)
        assert grade.verdict is None and "no longer in the bank" in grade.reason
        review = await assembly.reviews(interviews.load).review(candidate.id)
    assert review is not None
    [entry] = review["rounds"]
    assert len(entry["answers"]) == (2 if phase == "follow-up" else 1), "nothing more is asked"
    assert [answer["text"] for answer in entry["answers"]][-1] == ("freeze the base model" if phase == "answering" else SAID)
    assert (entry["grade"], entry["grade_state"]) == (None, "not graded") and "no longer in the bank" in entry["grade_reason"]
    assert review["finished"] and not entry["question"]["in_bank"]


@pytest.mark.parametrize("owed", ["finalising", "followingup", "grading"])
async def test_a_removed_question_does_not_keep_an_interview_from_ending(tmp_path: Path, owed: str) -> None:
    """Cut off while the server had something to do, the interview comes to its end without a rubric and without a browser."""
    async with running(tmp_path, bank_with(GONE)) as (assembly, interviews):
        before = await planned(interviews, GONE.id)
        never = _Never()
        assembly.graders.in_use = never if owed == "grading" else assembly.graders.in_use
        assembly.graders.embedded = never if owed == "followingup" else assembly.graders.embedded  # type: ignore[assignment]
        assembly.speech.transcriber = never if owed == "finalising" else assembly.speech.transcriber
        await bring(before, "answering")
        before.say(type="done", turn_id=1)
        if owed == "grading":
            state = await before.until("asking", 2)
            before.say(type="typed", turn_id=state.turn_id, text=SAID)
        await before.until(owed)
    async with running(tmp_path) as (assembly, interviews):
        interview = await interviews.open(before.id)
        assert interview is not None
        await _until_finished(assembly, before.id)
        review = await assembly.reviews(interviews.load).review(before.id)
    assert review is not None and review["finished"]
    [entry] = review["rounds"]
    assert entry["answers"][0]["text"] == "freeze the base model"
    assert entry["grade_state"] == "not graded" and "no longer in the bank" in entry["grade_reason"]


async def test_only_the_round_whose_question_is_gone_suffers(tmp_path: Path) -> None:
    """The rounds before and after it are followed up and graded as ever, and the notice comes with the round it is about."""
    async with running(tmp_path, bank_with(GONE)) as (assembly, interviews):
        before = await planned(interviews, LORA.id, GONE.id, "rag/core")
    async with running(tmp_path) as (assembly, interviews):
        candidate = await Candidate(interviews, before.id).attach()
        candidate.say(type="start")
        for turn_id in range(1, 6):
            assert len(candidate.of(wire.Notice)) == (0 if turn_id < 3 else 1)
            await candidate.until("asking", turn_id)
            candidate.say(type="typed", turn_id=turn_id, text=SAID)
            if turn_id == 2:
                await candidate.until_sent(wire.Notice)
        await finish(candidate)
        review = await assembly.reviews(interviews.load).review(candidate.id)
    assert review is not None
    assert [(len(entry["answers"]), entry["grade_state"]) for entry in review["rounds"]] == [
        (2, "graded"),
        (1, "not graded"),
        (2, "graded"),
    ]


async def test_a_question_that_was_changed_midway(tmp_path: Path) -> None:
    """Fewer hints, other points and other follow-ups: the interview goes on as planned and is graded by the rubric there is."""
    hinted = replace(PLAN, hints=("one", "two", "three"))
    [first, *criteria] = PLAN.criteria
    renamed = replace(first, points=tuple(replace(point, id=f"{point.id}-anew") for point in first.points))
    follow_ups = tuple(
        replace(entry, id=f"{entry.id}-anew", probes=(renamed.points[0].id,), text=f"And {entry.text}")
        for entry in PLAN.follow_ups
    )
    changed = replace(PLAN, hints=("anew",), criteria=(renamed, *criteria), follow_ups=follow_ups)
    async with running(tmp_path, bank_with(hinted)) as (assembly, interviews):
        before = await planned(interviews, PLAN.id)
        before.say(type="start")
        turn_id = await before.ask()
        for number in (1, 2):
            before.say(type="hint", turn_id=turn_id)
            await before.until_sent(wire.HintMessage, lambda hint, number=number: hint.number == number)  # type: ignore[misc]
    async with running(tmp_path, bank_with(changed)) as (assembly, interviews):
        candidate = await Candidate(interviews, before.id).attach()
        await candidate.until_sent(wire.HintMessage, lambda hint: hint.number == 2)
        assert [hint.text for hint in candidate.of(wire.HintMessage)] == ["anew", "This hint is no longer in the bank."]
        assert candidate.state.hints_left == 0 and candidate.of(wire.Notice) == []
        turn_id = await candidate.ask()
        candidate.say(type="hint", turn_id=turn_id)
        assert "no longer" in (await candidate.until_sent(wire.HintMessage, lambda hint: hint.number == 3)).text
        candidate.say(type="typed", turn_id=turn_id, text=SAID)
        state = await candidate.until("asking", turn_id + 1)
        assert state.text.startswith("And ")
        candidate.say(type="typed", turn_id=turn_id + 1, text=SAID)
        await finish(candidate)
        review = await assembly.reviews(interviews.load).review(candidate.id)
    assert review is not None
    [entry] = review["rounds"]
    graded = {finding["point_id"] for criterion in entry["grade"]["criteria"] for finding in criterion["findings"]}
    assert graded == {point.id for point in changed.points}


async def test_the_past_can_be_read_with_another_bank(tmp_path: Path) -> None:
    """Every page and address still answers when a question and its whole topic are gone; the words, sound and grade stay."""
    async with running(tmp_path, bank_with(GONE)) as (assembly, interviews):
        candidate = await planned(interviews, GONE.id, LORA.id)
        candidate.say(type="start")
        for _ in range(4):
            await candidate.answer()
        await finish(candidate)
        async with client(assembly) as browser:
            assert (await browser.post("/api/assessments", json={"scores": {**EVEN, "extras": 5}})).status_code < 300
            assert (await browser.put("/api/plan", json={"path": "infra", "weeks": 3})).status_code < 300
            old = (await browser.get(f"/api/interviews/{candidate.id}")).json()
    async with running(tmp_path) as (assembly, interviews):
        async with client(assembly) as browser:
            routes = sorted(path for method, path in every_route(create_app(assembly)) if method == "GET")
            answers = {}
            for path in routes:
                answers[path] = await browser.get(filled(path, interview_id=candidate.id, question_id=GONE.id))
                assert answers[path].status_code < 500, f"{path}: {answers[path].text}"
            again = {"turn_id": 1, "word": 0, "change": "edit", "text": "froze"}
            refused = await browser.post(f"/api/interviews/{candidate.id}/corrections", json=again)
        review = answers["/api/interviews/{interview_id}"].json()
        assert len([path for path in routes if answers[path].status_code == 200]) >= 15
    was, now = old["rounds"][0], review["rounds"][0]
    assert was["question"]["in_bank"] and not now["question"]["in_bank"]
    assert now["question"]["title"] == "Gone" and now["question"]["prompt"] == GONE.prompt
    assert [answer["text"] for answer in now["answers"]] == [answer["text"] for answer in was["answers"]]
    assert now["answers"][0]["audio"] and now["grade"]["verdict"] == was["grade"]["verdict"]
    assert refused.status_code == 422 and "no longer in the bank" in refused.text
    assert review["rounds"][1] == old["rounds"][1]


class _Never(FakeGrader):
    """A model that is never done."""

    async def grade(self, *_: object) -> object:  # type: ignore[override]
        await asyncio.sleep(3600)
        raise GraderError("never")

    recognise = grade


async def _until_finished(assembly: Assembly, interview_id: str) -> None:
    async with asyncio.timeout(5):
        while True:
            found = await assembly.storage.store.load(interview_id)
            if found is not None and found[0].summary["finished"]:
                return
            await asyncio.sleep(0.02)
