"""The repair drill of one point, and the improved answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from hotseat.domain.model import Answer, EndedBy, Question, Transcript, Word
from hotseat.grading.embedded import EmbeddedGrader
from hotseat.questions.formats import Choices
from hotseat.review.best_answer import MAX_WORDS, best_answer
from hotseat.speech.audio import SAMPLE_RATE, pcm_of
from hotseat.speech.recognition import RecognitionJob
from hotseat.speech.synthesis import PreparedVoice, Voice
from hotseat.startup.assembly import Assembly

from tests.grading.scripted_reader import ScriptedReader
from tests.support.fakes import BANK, FakeTranscriber, fake_assembly
from tests.support.in_process_server import client
from tests.support.stored_interview import said, store_interview

LORA = BANK.question("finetuning/lora")
STATEMENTS = {point.id: point.statement for point in LORA.points}
READER = ScriptedReader(
    {
        STATEMENTS["merging"]: ("merge it into", 0.8),
        STATEMENTS["low-rank"]: ("low rank", 0.9),
        STATEMENTS["fewer-parameters"]: ("far fewer", 0.9),
    }
)
TEXT = "So you can merge it into the weights. It trains far fewer parameters. And it learns a low rank update."


OWN_WORK = "We made a test set of real questions, and two people labelled by hand whether each answer was right."


def answer_of(text: str) -> Answer:
    return Answer(1, 0, LORA.id, "", None, Transcript.of_typed(text), 30.0, EndedBy.DONE)


@pytest.fixture
async def assembly(tmp_path: Path) -> AsyncIterator[Assembly]:
    assembly = fake_assembly(tmp_path)
    assembly.graders.in_use = assembly.graders.embedded = EmbeddedGrader(READER)
    yield assembly
    await assembly.storage.store.close()


@pytest.fixture
async def browser(assembly: Assembly) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    interview_id = await store_interview(assembly, Choices("drill", (LORA.id,), follow_ups=0), [[said(TEXT)]])
    async with client(assembly) as http:
        yield http, f"/api/interviews/{interview_id}/rounds/1"


@pytest.mark.parametrize(
    ("text", "status"), [("Before serving you merge it into the base.", "met"), ("I would not know.", "not met")]
)
async def test_a_typed_repair(browser: tuple[httpx.AsyncClient, str], text: str, status: str) -> None:
    """One point is graded on the new words, whatever was said before."""
    http, address = browser
    graded = (await http.post(f"{address}/points/merging/repair", json={"text": text})).json()
    assert (graded["status"], graded["text"], graded["statement"]) == (status, text, STATEMENTS["merging"])


async def test_a_spoken_repair(assembly: Assembly, browser: tuple[httpx.AsyncClient, str]) -> None:
    """Sound is heard with the question's terms and graded as typed words are."""
    http, address = browser
    assembly.speech.transcriber = FakeTranscriber("then you merge it into the weights")
    loud = pcm_of(np.tile([0.3, -0.3], 2 * SAMPLE_RATE))
    graded = (await http.post(f"{address}/points/merging/repair/spoken", content=loud)).json()
    assert graded["status"] == "met" and "merge it into" in graded["text"]


@pytest.mark.parametrize("seconds", [0, 21])
async def test_a_repair_of_the_wrong_length_is_refused(browser: tuple[httpx.AsyncClient, str], seconds: int) -> None:
    """No sound at all, or more than twenty seconds."""
    http, address = browser
    answer = await http.post(f"{address}/points/merging/repair/spoken", content=bytes(2 * SAMPLE_RATE * seconds))
    assert answer.status_code == 422 and "20 seconds" in answer.json()["error"]


async def test_an_unknown_point_is_missing(browser: tuple[httpx.AsyncClient, str]) -> None:
    """404, as for everything that is not there."""
    http, address = browser
    assert (await http.post(f"{address}/points/nothing/repair", json={"text": "x"})).status_code == 404
    assert (await http.get(f"{address}/points/nothing/model.wav")).status_code == 404


async def test_model_sentences_are_read_aloud(browser: tuple[httpx.AsyncClient, str]) -> None:
    """The model's sentence for a point, and the answer at its best."""
    http, address = browser
    for path in ("points/limits/model.wav", "best.wav"):
        answer = await http.get(f"{address}/{path}")
        assert answer.headers["content-type"] == "audio/wav" and answer.content[:4] == b"RIFF"


class Crowded:
    """A voice and a recogniser that note how many calls there are at once."""

    def __init__(self) -> None:
        self.running = self.most = 0

    async def speak(self, _sentence: str) -> Voice:
        await self._work()
        return Voice(bytes(3200), SAMPLE_RATE)

    async def recognise(self, _job: RecognitionJob) -> tuple[Word, ...]:
        await self._work()
        return (Word("merge", 0.0, 0.5),)

    async def _work(self) -> None:
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0.02)
        self.running -= 1


async def test_interviews_need_not_wait_for_many_listeners(assembly: Assembly, browser: tuple[httpx.AsyncClient, str]) -> None:
    """However many texts are to be read aloud, or drills recognised, an interview's sentence or segment is next but one."""
    http, address = browser
    voice, recogniser = Crowded(), Crowded()
    assembly.speech.voice, assembly.speech.transcriber = PreparedVoice(voice), recogniser
    loud = pcm_of(np.tile([0.3, -0.3], 2 * SAMPLE_RATE))
    read = [http.get(f"{address}/points/limits/model.wav") for _ in range(5)]
    drilled = [http.post(f"{address}/points/merging/repair/spoken", content=loud) for _ in range(3)]
    answers = await asyncio.gather(*read, *drilled)
    assert {answer.status_code for answer in answers} == {200}
    assert (voice.most, recogniser.most) == (1, 1)


def test_the_answer_at_its_best() -> None:
    """Own sentences come in the model answer's order, without what only led into them; what was missing is added and marked."""
    answer = answer_of(TEXT)
    grade = EmbeddedGrader(READER).grade_now(LORA, [answer])
    pieces = best_answer(LORA, grade, [answer])
    own = [piece.text for piece in pieces if piece.own]
    assert own == ["It learns a low rank update.", "It trains far fewer parameters.", "You can merge it into the weights."]
    added = [piece.text for piece in pieces if not piece.own]
    assert added and all(text.rstrip(".") in " ".join(LORA.model_answer.split()) for text in added)
    assert sum(len(piece.text.split()) for piece in pieces) <= MAX_WORDS


def test_no_own_sentence_comes_twice() -> None:
    """Two points that share a sentence make one piece of it."""
    answer = answer_of("LoRA keeps the base frozen. It learns a low rank update. You merge it into the weights.")
    shared = ScriptedReader(
        {STATEMENTS["low-rank"]: ("low rank", 0.9), STATEMENTS["merging"]: ("low rank update. You merge it", 0.9)}
    )
    pieces = best_answer(LORA, EmbeddedGrader(shared).grade_now(LORA, [answer]), [answer])
    assert [piece.text for piece in pieces if piece.own] == ["It learns a low rank update. You merge it into the weights."]


@pytest.mark.parametrize("question_id", ["capstone/claim", "capstone/llm-story"])
def test_nothing_is_added_to_what_somebody_tells_of_their_own_work(question_id: str) -> None:
    """The model answer tells of another project."""
    question = BANK.question(question_id)
    answer = Answer(1, 0, question.id, "", None, Transcript.of_typed(OWN_WORK), 30.0, EndedBy.DONE)
    [metric] = [point.statement for point in question.points if point.id == "metric"]
    grade = EmbeddedGrader(ScriptedReader({metric: ("a test set", 0.9)})).grade_now(question, [answer])
    assert [piece.text for piece in best_answer(question, grade, [answer])] == [OWN_WORK]


@pytest.mark.parametrize("text", ["", "I have no idea."])
def test_without_a_made_point_there_is_nothing_to_build_on(text: str) -> None:
    """The model answer alone is shown elsewhere."""
    answer = answer_of(text)
    assert best_answer(LORA, EmbeddedGrader(READER).grade_now(LORA, [answer]), [answer]) == ()


def test_spoken_sentences_can_be_heard() -> None:
    """A sentence of a spoken answer has its seconds."""
    words = tuple(Word(word, 0.4 * n, 0.4 * n + 0.3) for n, word in enumerate("It learns a low rank update.".split()))
    question: Question = LORA
    answer = Answer(3, 0, question.id, "", None, Transcript(words), 5.0, EndedBy.DONE)
    [own, *_] = [
        piece for piece in best_answer(question, EmbeddedGrader(READER).grade_now(question, [answer]), [answer]) if piece.own
    ]
    assert (own.turn_id, own.start, own.end) == (3, 0.0, words[-1].end)
