"""A follow-up is ready when the candidate stops, and still fits what they said last."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hotseat.domain.model import Answer, EndedBy, Move, PointFinding, PointStatus, Question, Transcript, Word
from hotseat.errors import GraderError
from hotseat.interview.chosen import Chosen
from hotseat.interview.drafting import Drafter
from hotseat.interview.interviewer import Interviewer
from hotseat.prompts import Prompts
from hotseat.settings import PROJECT

from tests.support.fakes import BANK, FakeChat, FakeGrader, fake_assembly, whole_answer
from tests.support.sitting import finish, sitting

LORA = BANK.question("finetuning/lora")
START = "you freeze the base model and train small matrices instead of the whole thing because that is much cheaper"
LEAD = "You train small matrices."


def answer(text: str) -> list[Answer]:
    words = tuple(Word(word, 0, 0) for word in text.split())
    return [Answer(1, 0, LORA.id, LORA.prompt, None, Transcript(words), 5.0, EndedBy.DONE)]


class Desk:
    """A drafter with everything around it in view."""

    def __init__(self, chat: FakeChat) -> None:
        self.chat = chat
        self.is_shedding = False
        self.slow_s = 0.0
        self.met: set[str] = set()
        self.voiced: list[str] = []
        self.interviewer = Interviewer(chat, Prompts(PROJECT / "prompts"), whole_answer)
        self.drafter = Drafter(self.interviewer, LORA, 3, "Be kind.", self.find, self.voice, lambda: self.is_shedding)

    async def find(self, answers: Sequence[Answer]) -> Sequence[PointFinding]:
        await asyncio.sleep(self.slow_s)
        status = {True: PointStatus.MET, False: PointStatus.NOT_MET}
        return [PointFinding(point.id, status[point.id in self.met]) for point in LORA.points]

    async def voice(self, text: str) -> None:
        self.voiced.append(text)

    async def offer(self, text: str) -> None:
        self.drafter.offer(answer(text))
        for _ in range(20):
            await asyncio.sleep(0.01)

    async def choose(self, text: str) -> Chosen:
        chosen = await self.drafter.choose(answer(text))
        assert chosen is not None
        return chosen


TEXTS = {move.id: move.text for move in LORA.moves}


async def test_a_lead_in_is_asked_without_another_word_from_the_model() -> None:
    """What was phrased and voiced while the candidate spoke is asked when they stop."""
    desk = Desk(FakeChat(LEAD))
    await desk.offer(START)
    asked = len(desk.chat.prompts)
    chosen = await desk.choose(f"{START} and that is it")
    assert chosen.source == "llm" and chosen.text == f"{LEAD} {TEXTS[chosen.follow_up_id]}"
    assert chosen.text in desk.voiced
    assert len(desk.chat.prompts) == asked


async def test_the_best_question_wins_without_a_lead_in() -> None:
    """The last words made the point that was to be asked for: another is asked, although nothing leads on to it."""
    desk = Desk(FakeChat(LEAD))
    await desk.offer(START)
    first = await desk.choose(START)
    desk.met = set(next(move.probes for move in LORA.moves if move.id == first.follow_up_id))
    chosen = await desk.choose(f"{START} and more")
    assert chosen.follow_up_id != first.follow_up_id
    assert (chosen.source, chosen.text) == ("bank", TEXTS[chosen.follow_up_id])


async def test_a_lead_in_that_no_longer_may_be_spoken_is_dropped() -> None:
    """The rules are checked against the whole answer and all that was asked, not only against what the draft knew."""
    desk = Desk(FakeChat(LEAD))
    await desk.offer(START)
    first = next(text for text in desk.voiced if text.startswith(LEAD))
    [heard] = answer(START)
    chosen = await desk.drafter.choose([replace(heard, asked=first)])
    assert chosen is not None and chosen.source == "bank"


async def test_no_candidate_waits_for_the_model() -> None:
    """A lead-in that is not ready when the answer ends is not asked."""
    desk = Desk(FakeChat(LEAD, delay_s=5))
    desk.drafter.offer(answer(START))
    await asyncio.sleep(0.1)
    began = time.monotonic()
    chosen = await desk.choose(START)
    assert chosen.source == "bank" and chosen.text in desk.voiced
    assert time.monotonic() - began < 0.3


async def test_a_crowd_gets_the_banks_words_ready() -> None:
    """While several are listened to the model is left alone, and the bank's words can be heard at once."""
    desk = Desk(FakeChat(LEAD))
    desk.is_shedding = True
    await desk.offer(START)
    chosen = await desk.choose(START)
    assert chosen.source == "bank" and chosen.text in desk.voiced
    assert desk.chat.prompts == []


async def test_the_choice_waits_for_the_reading_of_the_answer() -> None:
    """However long reading takes, what was said decides."""
    desk = Desk(FakeChat(LEAD))
    blind = await desk.choose(START)
    desk.slow_s, desk.met = 1.0, {point.id for point in LORA.points}
    chosen = await desk.choose(START)
    assert chosen.follow_up_id != blind.follow_up_id
    assert chosen.choice is not None and chosen.choice.move is Move.DEEPEN
    assert set(dict(chosen.choice.known).values()) == {PointStatus.MET}


async def test_few_words_are_no_basis_for_a_lead_in() -> None:
    """The model is not asked about the first sentence; what would be asked if that were all can be heard at once."""
    desk = Desk(FakeChat(LEAD))
    await desk.offer("well let me think")
    assert desk.chat.prompts == []
    assert (await desk.choose("well let me think")).text in desk.voiced


@pytest.mark.parametrize(("others", "warmed"), [(0, 1), (2, 0)])
async def test_the_model_reads_its_task_beforehand_unless_others_need_the_cores(
    tmp_path: Path, others: int, warmed: int
) -> None:
    """In a crowd follow-ups are asked in the bank's words, and the model is left alone."""
    chat = FakeChat(LEAD)
    assembly = fake_assembly(tmp_path, chat=chat)
    for _ in range(others):
        assembly.turns.begin()
    async with sitting(assembly) as (_, candidate):
        candidate.say(type="start")
        await candidate.ask()
        assert chat.completions == warmed


async def test_the_model_reads_its_task_once_for_all_who_begin_together() -> None:
    """Four at a time would take the cores from those who speak."""
    desk = Desk(FakeChat(LEAD))
    await asyncio.gather(*(desk.interviewer.warm("Be kind.") for _ in range(4)))
    assert desk.chat.completions == 1


class BrokenGrader(FakeGrader):
    """Can't read anything."""

    def findings(self, question: Question, answers: Sequence[Answer]) -> dict[str, PointFinding]:
        raise GraderError("the reader is not installed")


class AllMade(FakeGrader):
    """Finds every point made."""

    def findings(self, question: Question, answers: Sequence[Answer]) -> dict[str, PointFinding]:
        return {point.id: PointFinding(point.id, PointStatus.MET) for point in question.points}


async def test_a_blind_choice_is_counted(tmp_path: Path) -> None:
    """Where an answer can't be read something is asked all the same, and a monitor sees it."""
    assembly = fake_assembly(tmp_path)
    assembly.graders.embedded = BrokenGrader()  # type: ignore[assignment]
    async with sitting(assembly) as (interviews, candidate):
        candidate.say(type="start")
        await candidate.answer()
        await candidate.answer()
        await finish(candidate)
        review = await candidate.review()
    assert review is not None and review["rounds"][0]["answers"][1]["choice"]["known"] == {}
    assert 'hotseat_fallbacks_total{part="findings"} 1.0' in assembly.metrics.render().decode()


async def test_a_typed_answer_is_read_too(tmp_path: Path) -> None:
    """What it says decides what is asked, as of a spoken one."""
    assembly = fake_assembly(tmp_path)
    assembly.graders.embedded = AllMade()  # type: ignore[assignment]
    async with sitting(assembly) as (interviews, candidate):
        candidate.say(type="start")
        await candidate.until("asking", 1)
        candidate.say(type="typed", turn_id=1, text="It freezes the base model and learns two small matrices.")
        await candidate.until("asking", 2)
        candidate.say(type="typed", turn_id=2, text="Because the update has a low rank.")
        await finish(candidate)
        review = await candidate.review()
    assert review is not None and review["rounds"][0]["answers"][1]["choice"]["move"] == "deepen"


async def test_a_bug_in_choosing_costs_the_choice_only(tmp_path: Path) -> None:
    """Something is asked, and counted as chosen blindly."""
    assembly = fake_assembly(tmp_path)
    assembly.interviewer.endpoint = Broken()  # type: ignore[assignment]
    async with sitting(assembly) as (_, candidate):
        candidate.say(type="start")
        await candidate.answer()
        state = await candidate.until("asking", 2)
        assert state.text in TEXTS.values()
    assert 'hotseat_fallbacks_total{part="findings"} 1.0' in assembly.metrics.render().decode()


class Broken:
    """An endpoint with a bug."""

    async def ask(self, *_: object) -> Chosen:
        raise RuntimeError("a bug")
