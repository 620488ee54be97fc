"""The exam that a language model takes as interviewer: its measures, the pass mark, and who asks afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hotseat.doctor.components import interviewer_exam
from hotseat.domain.acts import Act
from hotseat.engines.openai_chat import OpenAiChat
from hotseat.errors import ChatModelError, ContentError
from hotseat.interview.exam import FILE, Exam, Outcome, Sitting, key_of, load_dialogues, outcome_of
from hotseat.interview.llm_interviewer import Endpoint
from hotseat.prompts import Prompts
from hotseat.server_status import LLM, Part
from hotseat.settings import PROJECT
from hotseat.startup.exams import choose_interviewer, sit_interviewer_if_due

from tests.support.fakes import BANK, FakeChat, fake_assembly
from tests.support.scripted_llm import Script, scripted_llm

DIALOGUES = load_dialogues(PROJECT / "rubrics" / FILE, BANK)
REPLIES = {
    row["id"]: row
    for row in map(json.loads, (Path(__file__).parent / "data" / "interviewer_replies.jsonl").read_text("utf-8").splitlines())
}
NOTHING = {"anchor": "", "question": ""}


def by_what_was_said(quality: str) -> Mapping[str, str]:
    """Each dialogue's last words to a reply of this quality to it."""
    found: dict[str, str] = {}
    for dialogue in DIALOGUES:
        reply = REPLIES[dialogue.id][quality][0] if dialogue.act is Act.ANSWER else {"does": dialogue.act} | NOTHING
        found[dialogue.situation.answers[0].transcript.text] = json.dumps(reply)
    return found


class Scripted(FakeChat):
    """Replies by what the candidate has said last."""

    def __init__(self, quality: str) -> None:
        super().__init__()
        self._replies = by_what_was_said(quality)

    async def stream(self, messages, *, max_tokens, schema=None):  # type: ignore[no-untyped-def]
        yield self._replies[json.loads(messages[-1]["content"])["dialogue"][-1]["candidate"]]


async def at_once(_done: int) -> None:
    return


def exam(chat: FakeChat | OpenAiChat, folder: Path) -> Exam:
    endpoint = Endpoint(chat, Prompts(PROJECT / "prompts"), 2.0)
    return Exam(chat.name, endpoint, DIALOGUES, folder / "interviewer-exams.json", key_of(chat.name, "", endpoint, DIALOGUES))


def test_the_exam_that_is_shipped() -> None:
    """Twenty dialogues on most topics, a third with a false claim and some that are no answer at all."""
    assert len(DIALOGUES) == 20
    assert len({dialogue.situation.question.topic for dialogue in DIALOGUES}) >= 9
    assert sum(dialogue.has_false_claim for dialogue in DIALOGUES) >= 4
    assert sum(dialogue.act is not Act.ANSWER for dialogue in DIALOGUES) == 4


async def test_a_good_interviewer_passes(tmp_path: Path) -> None:
    """Its questions may be asked, and take up what was said."""
    sitting = await exam(Scripted("good"), tmp_path).sit(at_once)
    assert sitting.passed and sitting.usable >= 18, sitting


async def test_a_bad_interviewer_fails(tmp_path: Path) -> None:
    """It invents, leaks and praises; that it tells acts from answers is not enough."""
    sitting = await exam(Scripted("bad"), tmp_path).sit(at_once)
    assert not sitting.passed and sitting.usable == 4, sitting


def test_what_cannot_be_read_counts_as_nothing() -> None:
    """Too slow, or of another form."""
    assert outcome_of(DIALOGUES[0], None, 1.0) == Outcome(False, False, 1.0)


async def test_the_result_is_kept(tmp_path: Path) -> None:
    """A model sits it once; another prompt or another model is another exam."""
    sat = await exam(Scripted("good"), tmp_path).sit(at_once)
    assert exam(Scripted("bad"), tmp_path).sitting == sat
    other = FakeChat()
    other.name = "another"
    assert exam(other, tmp_path).sitting is None


async def test_it_goes_on_where_the_endpoint_failed(tmp_path: Path) -> None:
    """Nothing is concluded from an endpoint that is down."""
    down = exam(FakeChat(error=ChatModelError("down")), tmp_path)
    with pytest.raises(ChatModelError):
        await down.sit(at_once)
    assert down.sitting is None and exam(FakeChat(), tmp_path).sitting is None


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("{", "expected id"),
        ('{"id": "x", "question": "no/question", "said": "a"}', "expected id"),
        ('{"id": "x", "question": "finetuning/lora", "said": "a", "made": ["nope"]}', "no point 'nope'"),
    ],
)
def test_a_damaged_exam_is_named(line: str, wrong: str, tmp_path: Path) -> None:
    """By file and line."""
    (tmp_path / FILE).write_text(line, encoding="utf-8")
    with pytest.raises(ContentError, match=f"{FILE}:1: .*{wrong}"):
        load_dialogues(tmp_path / FILE, BANK)


@pytest.mark.parametrize(("usable", "asks"), [(20, True), (15, False)])
def test_who_has_failed_asks_nothing(usable: int, asks: bool, tmp_path: Path) -> None:
    """The status page and `hotseat doctor` say how the model did."""
    assembly = fake_assembly(tmp_path)
    sat = assembly.interviewer.exam = exam(FakeChat(), tmp_path)
    sat.sitting = Sitting("m", 20, usable, usable, 1.0)
    assembly.status.parts[LLM] = Part(LLM, detail="m at http://there")
    choose_interviewer(assembly)
    assert (assembly.interviewer.endpoint is sat.endpoint) is asks
    assert f"{usable} of 20" in assembly.status.parts[LLM].detail
    [check] = interviewer_exam(assembly.interviewer)
    assert f"{usable} of 20" in check.detail


async def test_an_endpoint_sits_it_by_itself(tmp_path: Path) -> None:
    """Over a real socket, while nobody is being interviewed."""
    replies = by_what_was_said("good")

    def asks(message: str) -> str:
        return replies[json.loads(message)["dialogue"][-1]["candidate"]]

    with scripted_llm(Script(graded=asks)) as llm:
        assembly = fake_assembly(tmp_path)
        assembly.status.parts[LLM] = Part(LLM)
        chat = OpenAiChat(llm.url, "scripted", "none", 5.0)
        assembly.interviewer.exam = exam(chat, tmp_path)
        await sit_interviewer_if_due(assembly)
        await chat.close()
    assert assembly.interviewer.exam.sitting is not None and assembly.interviewer.exam.sitting.passed
    assert assembly.interviewer.endpoint is assembly.interviewer.exam.endpoint
