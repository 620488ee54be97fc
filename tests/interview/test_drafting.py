"""A follow-up is ready when the candidate stops, and fits their last words."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hotseat.domain.model import Answer, EndedBy, Move, PointFinding, PointStatus, Question, Transcript, Word
from hotseat.errors import GraderError
from hotseat.interview.bank_interviewer import Interviewer
from hotseat.interview.chosen import Chosen
from hotseat.interview.replies import Replies
from hotseat.session.phases import Plan, Progress, RoundPlan, Utterance
from hotseat.telemetry.metrics import Metrics

from tests.support.fake_interview import finish, sitting
from tests.support.fakes import BANK, FakeGrader, fake_assembly

LORA = BANK.question("finetuning/lora")
START = "you freeze the base model and train small matrices instead of the whole thing because that is much cheaper"


def answer(text: str) -> tuple[Answer, ...]:
    words = tuple(Word(word, 0, 0) for word in text.split())
    return (Answer(1, 0, LORA.id, LORA.prompt, None, Transcript(words), 5.0, EndedBy.DONE),)


PROGRESS = Progress(Plan((RoundPlan(LORA.id, LORA.prompt, 60.0),)))


class Desk:
    """An interview's replies with everything around them in view."""

    def __init__(self) -> None:
        self.slow_s = 0.0
        self.met: set[str] = set()
        self.voiced: list[str] = []
        around: Any = SimpleNamespace(embedded=self, prepare=self.prepare)
        self.replies = Replies(Interviewer(), around, BANK, Metrics(), 3, "Be kind.", around)

    def findings(self, question: Question, answers: Sequence[Answer]) -> dict[str, PointFinding]:
        time.sleep(self.slow_s)
        status = {True: PointStatus.MET, False: PointStatus.NOT_MET}
        return {point.id: PointFinding(point.id, status[point.id in self.met]) for point in LORA.points}

    async def prepare(self, text: str) -> None:
        self.voiced.append(text)

    async def offer(self, text: str) -> None:
        self.replies.on_words(LORA, PROGRESS, Utterance(1, LORA.prompt), text)
        while len(self.voiced) < 2:
            await asyncio.sleep(0.01)

    async def choose(self, text: str) -> Chosen:
        chosen = await self.replies.choose(LORA, replace(PROGRESS, answers=answer(text)))
        assert chosen is not None
        return chosen


TEXTS = {move.id: move.text for move in LORA.moves}


async def test_what_is_asked_was_voiced_while_the_candidate_spoke() -> None:
    """If the last words change nothing."""
    desk = Desk()
    await desk.offer(START)
    assert (await desk.choose(f"{START} and that is it")).text in desk.voiced


async def test_the_last_words_count() -> None:
    """They made the point that was to be asked for: another is asked, although it wasn't voiced for that."""
    desk = Desk()
    await desk.offer(START)
    first = await desk.choose(START)
    desk.met = set(next(move.probes for move in LORA.moves if move.id == first.follow_up_id))
    assert (await desk.choose(f"{START} and more")).follow_up_id != first.follow_up_id


async def test_the_choice_waits_for_the_reading_of_the_answer() -> None:
    """However long reading takes, what was said decides."""
    desk = Desk()
    blind = await desk.choose(START)
    desk.slow_s, desk.met = 1.0, {point.id for point in LORA.points}
    chosen = await desk.choose(START)
    assert chosen.follow_up_id != blind.follow_up_id
    assert chosen.choice is not None and chosen.choice.move is Move.DEEPEN
    assert set(dict(chosen.choice.known).values()) == {PointStatus.MET}


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
