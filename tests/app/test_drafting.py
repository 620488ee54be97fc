"""A follow-up is ready when the candidate stops, and still fits what they said last."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from server.core.domain import Answer, PointFinding, PointStatus, Transcript, Word
from server.prompts import Prompts
from server.room.drafting import Drafter
from server.room.interviewer import Interviewer
from server.settings import PROJECT
from tests.app.fakes import BANK, FakeChat

LORA = BANK.question("finetuning/lora")
START = "you freeze the base model and train small matrices instead of the whole thing because that is much cheaper"
GOOD = "You said you train small matrices. What would that look like on paper for a single weight matrix?"


def answer(text: str) -> list[Answer]:
    words = tuple(Word(word, 0, 0) for word in text.split())
    return [Answer(1, 0, LORA.id, LORA.prompt, None, Transcript(words), 5.0, "done")]


class Desk:
    """A drafter with everything around it in view."""

    def __init__(self, chat: FakeChat) -> None:
        self.chat = chat
        self.met: set[str] = set()
        self.voiced: list[str] = []
        interviewer = Interviewer(chat, Prompts(PROJECT / "prompts"), first_token_s=0.3)
        self.drafter = Drafter(interviewer, LORA, 3, "Be kind.", self.find, self.voice)

    async def find(self, answers: Sequence[Answer]) -> Sequence[PointFinding]:
        return [PointFinding(name, PointStatus.MET, ()) for name in self.met]

    async def voice(self, text: str) -> None:
        self.voiced.append(text)

    async def offer(self, text: str) -> None:
        self.drafter.offer(answer(text))
        for _ in range(20):
            await asyncio.sleep(0.01)


async def test_a_draft_is_asked_without_another_word_from_the_model() -> None:
    """What was phrased and voiced while the candidate spoke is asked when they stop."""
    desk = Desk(FakeChat(GOOD))
    await desk.offer(START)
    assert desk.voiced == [GOOD]
    chosen = await desk.drafter.choose(answer(f"{START} and that is it"))
    assert chosen is not None and (chosen.text, chosen.source) == (GOOD, "llm")
    assert len(desk.chat.prompts) == 1


async def test_another_choice_is_phrased_anew() -> None:
    """The last words made the drafted point: the follow-up goes for another, and the draft is dropped."""
    desk = Desk(FakeChat(GOOD))
    await desk.offer(START)
    desk.met = {name for follow_up in LORA.follow_ups if follow_up.id == "write-it-down" for name in follow_up.probes}
    chosen = await desk.drafter.choose(answer(f"{START} and more"))
    assert chosen is not None and chosen.follow_up_id != "write-it-down"
    assert len(desk.chat.prompts) == 2


async def test_a_draft_that_no_longer_may_be_spoken_gives_way_to_the_bank() -> None:
    """The rules are checked against the whole answer, not only against what the draft knew."""
    desk = Desk(FakeChat(GOOD))
    await desk.offer(START)
    repeated = answer(START)[0]
    chosen = await desk.drafter.choose([Answer(1, 0, LORA.id, GOOD, None, repeated.transcript, 5.0, "done")])
    assert chosen is not None and chosen.source == "bank"


async def test_a_draft_being_written_is_waited_for() -> None:
    """The end of the answer does not throw away what the model is in the middle of."""
    desk = Desk(FakeChat(GOOD, delay_s=0.2))
    desk.drafter.offer(answer(START))
    await asyncio.sleep(0.05)
    chosen = await desk.drafter.choose(answer(START))
    assert chosen is not None and chosen.text == GOOD
    assert len(desk.chat.prompts) == 1


async def test_few_words_are_no_basis_for_a_choice() -> None:
    """Nothing is drafted from the first sentence."""
    desk = Desk(FakeChat(GOOD))
    await desk.offer("well let me think")
    assert desk.chat.prompts == []


async def test_the_same_choice_is_not_phrased_twice() -> None:
    """As the answer grows a little, the draft stays; when it has doubled, the model may pick up what was said since."""
    desk = Desk(FakeChat(GOOD))
    await desk.offer(START)
    await desk.offer(f"{START} a few words more")
    assert len(desk.chat.prompts) == 1
    await desk.offer(f"{START} {START} {START}")
    assert len(desk.chat.prompts) == 2
