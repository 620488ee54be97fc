"""A follow-up is ready when the candidate stops, and still fits what they said last."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hotseat import wire
from hotseat.domain import followups
from hotseat.domain.model import Answer, Grade, PointFinding, PointStatus, Question, Transcript, Word
from hotseat.interview.drafting import Drafter
from hotseat.interview.interviewer import Chosen, Interviewer
from hotseat.prompts import Prompts
from hotseat.settings import PROJECT

from tests.app.fakes import BANK, FakeChat, FakeGrader, FakeSpeaker, fake_services, whole_answer
from tests.app.sitting import sitting

LORA = BANK.question("finetuning/lora")
START = "you freeze the base model and train small matrices instead of the whole thing because that is much cheaper"
LEAD = "You train small matrices."


def answer(text: str) -> list[Answer]:
    words = tuple(Word(word, 0, 0) for word in text.split())
    return [Answer(1, 0, LORA.id, LORA.prompt, None, Transcript(words), 5.0, "done")]


class Desk:
    """A drafter with everything around it in view."""

    def __init__(self, chat: FakeChat) -> None:
        self.chat = chat
        self.crowded = False
        self.slow_s = 0.0
        self.met: set[str] = set()
        self.voiced: list[str] = []
        self.interviewer = Interviewer(chat, Prompts(PROJECT / "prompts"), 0.3, whole_answer)
        self.drafter = Drafter(self.interviewer, LORA, 3, "Be kind.", self.find, self.voice, lambda: self.crowded)

    async def find(self, answers: Sequence[Answer]) -> Sequence[PointFinding]:
        await asyncio.sleep(self.slow_s)
        return [PointFinding(name, PointStatus.MET, ()) for name in self.met]

    async def voice(self, text: str) -> None:
        self.voiced.append(text)

    async def offer(self, text: str) -> None:
        self.drafter.offer(answer(text))
        for _ in range(20):
            await asyncio.sleep(0.01)

    async def choose(self, text: str, within_s: float = 0.3) -> Chosen:
        chosen = await self.drafter.choose(answer(text), within_s)
        assert chosen is not None
        return chosen


def probed(*ids: str) -> set[str]:
    return {name for follow_up in LORA.follow_ups if follow_up.id in ids for name in follow_up.probes}


RANKED = [follow_up.id for follow_up in followups.rank(LORA, (), (), 3)]


async def test_a_draft_is_asked_without_another_word_from_the_model() -> None:
    """What was phrased and voiced while the candidate spoke is asked when they stop."""
    desk = Desk(FakeChat(LEAD))
    await desk.offer(START)
    asked = len(desk.chat.prompts)
    chosen = await desk.choose(f"{START} and that is it")
    assert (chosen.follow_up_id, chosen.source) == (RANKED[0], "llm")
    assert chosen.text.startswith(LEAD) and chosen.text in desk.voiced
    assert len(desk.chat.prompts) == asked


async def test_the_last_words_may_make_the_first_drafts_point() -> None:
    """Then the next most telling follow-up is asked, which was drafted as well."""
    desk = Desk(FakeChat(LEAD))
    await desk.offer(START)
    asked = len(desk.chat.prompts)
    desk.met = probed(RANKED[0])
    chosen = await desk.choose(f"{START} and more")
    assert chosen.follow_up_id != RANKED[0] and chosen.source == "llm"
    assert len(desk.chat.prompts) == asked


async def test_a_draft_that_no_longer_may_be_spoken_gives_way() -> None:
    """The rules are checked against the whole answer and all that was asked, not only against what the draft knew."""
    desk = Desk(FakeChat(LEAD))
    await desk.offer(START)
    first = desk.voiced[0]
    [heard] = answer(START)
    chosen = await desk.drafter.choose([replace(heard, asked=first)], 0.3)
    assert chosen is not None and chosen.text != first


async def test_a_draft_being_written_is_waited_for() -> None:
    """The end of the answer does not throw away what the model is in the middle of."""
    desk = Desk(FakeChat(LEAD, delay_s=0.2))
    desk.drafter.offer(answer(START))
    await asyncio.sleep(0.1)
    chosen = await desk.choose(START, within_s=1.0)
    assert chosen.text.startswith(LEAD)
    assert len(desk.chat.prompts) == 1


async def test_nobody_waits_longer_than_is_left() -> None:
    """A draft that is not ready by then is not asked: the bank's words are, which can be heard at once."""
    desk = Desk(FakeChat(LEAD, delay_s=5))
    desk.drafter.offer(answer(START))
    await asyncio.sleep(0.1)
    began = time.monotonic()
    chosen = await desk.choose(START, within_s=0.3)
    assert chosen.source == "bank" and desk.voiced == [chosen.text]
    assert time.monotonic() - began < 0.6


async def test_words_that_could_not_be_voiced_in_time_are_not_waited_for() -> None:
    """A reply is due when it is heard, not when it is written."""
    desk = Desk(FakeChat(LEAD, delay_s=0.5))
    began = time.monotonic()
    chosen = await desk.choose(START, within_s=0.7)
    assert chosen.source == "bank" and desk.voiced == [chosen.text]
    assert time.monotonic() - began < 0.6


async def test_a_model_known_to_be_too_slow_is_not_asked_at_the_end() -> None:
    """Asking it would cost the candidate the wait and bring nothing."""
    desk = Desk(FakeChat(LEAD))
    desk.interviewer.usual_s = 2.0
    chosen = await desk.choose(START, within_s=1.0)
    assert chosen.source == "bank" and desk.chat.prompts == []


async def test_a_fast_model_is_asked_at_the_end() -> None:
    """Of an answer too short for a draft, what was said can still be picked up."""
    desk = Desk(FakeChat(LEAD))
    await desk.offer("you train small matrices")
    chosen = await desk.choose("you train small matrices", within_s=1.0)
    assert chosen.source == "llm"


async def test_a_crowd_gets_the_banks_words_ready() -> None:
    """While several are listened to the model is left alone, and the bank's words can be heard at once."""
    desk = Desk(FakeChat(LEAD))
    desk.crowded = True
    await desk.offer(START)
    assert desk.voiced == [next(entry.text for entry in LORA.follow_ups if entry.id == RANKED[0])]
    chosen = await desk.choose(START)
    assert (chosen.source, chosen.text) == ("bank", desk.voiced[0])
    assert desk.chat.prompts == []


async def test_something_is_asked_when_nothing_is_known_of_the_answer_in_time() -> None:
    """A reply is due even if it has not been found out what was missed."""
    desk = Desk(FakeChat(LEAD))
    desk.slow_s = 5.0
    began = time.monotonic()
    chosen = await desk.choose(START)
    assert chosen.follow_up_id == RANKED[0]
    assert time.monotonic() - began < 0.6


async def test_few_words_are_no_basis_for_a_choice() -> None:
    """The model is not asked about the first sentence; what would be asked if that were all can be heard at once."""
    desk = Desk(FakeChat(LEAD))
    await desk.offer("well let me think")
    assert desk.chat.prompts == []
    assert desk.voiced == [next(entry.text for entry in LORA.follow_ups if entry.id == RANKED[0])]


async def test_a_follow_up_is_phrased_anew_when_something_else_fits_it_better() -> None:
    """While the passage that it picks up stays the same, its draft stays."""
    desk = Desk(FakeChat(LEAD))
    await desk.offer(START)
    asked = len(desk.chat.prompts)
    await desk.offer(START)
    assert len(desk.chat.prompts) == asked
    await desk.offer(f"{START} {START}")
    assert len(desk.chat.prompts) > asked


@pytest.mark.parametrize(("others", "warmed"), [(0, 1), (2, 0)])
async def test_the_model_reads_its_task_beforehand_unless_others_need_the_cores(
    tmp_path: Path, others: int, warmed: int
) -> None:
    """In a crowd follow-ups are asked in the bank's words, and the model is left alone."""
    chat = FakeChat(LEAD)
    services = fake_services(tmp_path, chat=chat)
    for _ in range(others):
        services.quiet.enter()
    async with sitting(services) as (_, candidate):
        candidate.say(type="start")
        await candidate.ask()
        assert chat.completions == warmed


async def test_the_model_reads_its_task_once_for_all_who_begin_together() -> None:
    """Four at a time would take the cores from those who speak."""
    desk = Desk(FakeChat(LEAD))
    await asyncio.gather(*(desk.interviewer.warm("Be kind.") for _ in range(4)))
    assert desk.chat.completions == 1


class HangingGrader(FakeGrader):
    """Is never done."""

    async def grade(self, question: Question, answers: Sequence[Answer]) -> Grade:
        await asyncio.Event().wait()
        raise AssertionError("nobody set it")


async def test_what_is_asked_when_the_grader_hangs_was_voiced_while_the_question_was_asked(tmp_path: Path) -> None:
    """The first glance at an answer after a start can take all the time in which a reply is due."""
    services = fake_services(tmp_path)
    services.embedded = HangingGrader()
    assert services.voice is not None and isinstance(services.voice.speaker, FakeSpeaker)
    spoken = services.voice.speaker.spoken
    async with sitting(services) as (_, candidate):
        candidate.say(type="start")
        turn_id = await candidate.ask()
        before = list(spoken)
        candidate.speak(turn_id, 25)
        await candidate.until("answering", turn_id)
        candidate.say(type="done", turn_id=turn_id)
        said = await candidate.until_sent(wire.VoiceMessage, lambda message: message.utterance == "follow_up")
        assert said.text in before and spoken.count(said.text) == 1
