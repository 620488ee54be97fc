"""The exam that language models take before they grade: its measures, the pass mark, and who grades afterwards."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hotseat.doctor.components import exam as exam_checks
from hotseat.domain.model import Answer, CriterionResult, Grade, Level, PointFinding, PointStatus, Question, Verdict
from hotseat.engines.openai_chat import OpenAiChat
from hotseat.errors import ChatModelError, ContentError, GraderError
from hotseat.grading.exam import FILE, Item, Result, Sitting, load_exam, result_of, sit
from hotseat.grading.fallback import FallbackGrader
from hotseat.grading.reading import Reading
from hotseat.interview.exam import FILE as DIALOGUES
from hotseat.server_status import GRADER, Part
from hotseat.settings import EMBEDDED, PROJECT, LlmSettings
from hotseat.startup import exams, models
from hotseat.startup.assembly import Assembly
from hotseat.startup.exams import sit_if_due

from tests.support.command_line import hotseat
from tests.support.fakes import BANK, fake_assembly
from tests.support.in_process_server import client
from tests.support.scripted_llm import Script, ScriptedLlm, scripted_llm

ITEMS = load_exam(PROJECT / "rubrics" / FILE, BANK)
MET, NOT, SURE, CON = PointStatus.MET, PointStatus.NOT_MET, PointStatus.NOT_SURE, PointStatus.CONTRADICTED


# ---- What is measured ----------------------------------------------------------------------------------------------


def test_the_exam_that_is_shipped() -> None:
    """Forty answers to as many questions, with every kind of label often enough to tell graders apart."""
    assert len(ITEMS) == len({item.question.id for item in ITEMS}) == 40
    labels = Counter(label for item in ITEMS for label in item.labels.values())
    assert min(labels["met"], labels["no"], labels["wrong"]) >= 30
    assert len({item.question.topic for item in ITEMS}) >= 9


def graded(statuses: Mapping[str, PointStatus], seconds: float = 1.0, tokens: int = 100) -> Grade:
    findings = tuple(PointFinding(point_id, status) for point_id, status in statuses.items())
    criteria = (CriterionResult("c", Level.NO, findings),)
    return Grade("q", Verdict.NO_HIRE, criteria, "llm", seconds=seconds, tokens=tokens)


def item(item_id: str, **labels: str) -> Item:
    return Item(item_id, ITEMS[0].question, ITEMS[0].answer, labels)


def test_agreement_denied_and_credited_are_counted() -> None:
    """Partly counts neither way, not sure denies nothing, and what could not be read agrees in nothing."""
    first = item("1", a="met", b="met", c="met", d="no", e="wrong", f="wrong", g="partly", h="partly")
    found = graded({"a": MET, "b": SURE, "c": NOT, "d": MET, "e": CON, "f": NOT, "g": MET, "h": NOT})
    result = result_of([(first, found), (item("2", a="no", b="met"), graded({"a": CON, "b": MET}, 3.0, 300))])
    assert result == Result(
        agreement=round(3 / 8, 4), denied=0.25, credited=0.25, accused=0.5, seconds=2.0, tokens=200.0, unread=0
    )
    lost = result_of([(item("1", a="met", b="no"), None)])
    assert (lost.agreement, lost.denied, lost.credited, lost.unread) == (0.0, 1.0, 0.0, 1)


@pytest.mark.parametrize(
    ("agreement", "denied", "credited", "passes"),
    [
        (0.81, 0.10, 0.10, True),
        (0.81, 0.12, 0.12, True),
        (0.80, 0.00, 0.00, False),
        (0.99, 0.13, 0.00, False),
        (0.99, 0.00, 0.13, False),
    ],
)
def test_the_pass_mark(agreement: float, denied: float, credited: float, passes: bool) -> None:
    """Strictly more agreement than the reader, and at most two points more denied and credited."""
    judge = Result(agreement, denied, credited, 0, 1, 1)
    assert Sitting("m", judge, Result(0.80, 0.10, 0.10, 0, 1, 0)).passed is passes


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "exam.jsonl:2"),
        ('["id"]', "exam.jsonl:2"),
        ('{"id": "x", "question": "no/such", "answer": "a", "points": {}}', "no/such"),
        ('{"id": "x", "question": "finetuning/lora", "answer": 3, "points": {}}', "exam.jsonl:2"),
        ('{"id": "x", "question": "finetuning/lora", "answer": "a", "points": {"nope": "met"}}', "no point 'nope'"),
        ('{"id": "x", "question": "finetuning/lora", "answer": "a", "points": {"merging": "yes"}}', "'yes' is none of"),
    ],
)
def test_a_line_that_is_wrong_is_named(line: str, said: str, tmp_path: Path) -> None:
    """As everything in the bank."""
    (tmp_path / FILE).write_text(f"\n{line}\n")
    with pytest.raises(ContentError, match=re.escape(said)):
        load_exam(tmp_path / FILE, BANK)


class Failing:
    """Grades until the third answer, whose reply can't be read, and fails at the fifth, once."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def grade(self, question: Question, answers: Sequence[Answer]) -> Grade:
        self.asked.append(question.id)
        if len(self.asked) == 3:
            raise GraderError("it could not be read")
        if len(self.asked) == 5:
            raise GraderError("the endpoint is down") from ChatModelError("down")
        return graded({})


async def test_an_exam_goes_on_where_the_endpoint_failed() -> None:
    """A reply that can't be read is the model's fault; an endpoint that fails is nobody's, and no answer is graded twice."""
    grader, outcomes, begun = Failing(), dict[str, Any](), list[int]()

    async def note(done: int) -> None:
        begun.append(done)

    with pytest.raises(GraderError, match="down"):
        await sit(grader, ITEMS, outcomes, note)
    assert len(outcomes) == 4
    result = await sit(grader, ITEMS, outcomes, note)
    assert (result.unread, len(grader.asked)) == (1, 41)
    assert begun == [0, 1, 2, 3, 4, *range(4, 40)]


# ---- Who grades then, over a real socket ---------------------------------------------------------------------------

REPLIES = {"met": "made", "partly": "partly", "no": "not said", "wrong": "contradicted"}
BY_PROMPT = {item.question.prompt: item for item in ITEMS}


def judging(message: str, status: Callable[[str], str]) -> str:
    """A reply to one answer of the exam, by its labels."""
    asked = BY_PROMPT[message.split("Question: ", 1)[1].split("\n\nStatements:", 1)[0]]
    return json.dumps({p.id: {"sentences": [1], "status": status(asked.labels.get(p.id, "no"))} for p in asked.question.points})


def good(message: str) -> str:
    return judging(message, REPLIES.__getitem__)


def generous(message: str) -> str:
    return judging(message, lambda _: "made")


class Believing:
    """A reader to which every answer says everything."""

    def read(self, statements: Sequence[str], words: Sequence[str]) -> tuple[Reading, ...]:
        nothing = np.zeros(len(words), np.float32)
        return tuple(Reading(0.9, 0.0, nothing + 1, nothing) for _ in statements)


Load = Callable[..., Awaitable[Assembly]]


@pytest.fixture
async def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Load]:
    """Makes assemblies with an endpoint and a reader that is easy to beat, as they are once loaded."""
    monkeypatch.setattr(models, "OnnxReader", Believing)
    async with AsyncExitStack() as opened:

        async def load(llm: ScriptedLlm, model: str = "scripted", **settings: Any) -> Assembly:
            assembly = fake_assembly(tmp_path, llm=LlmSettings(url=llm.url, model=model), **settings)
            assembly.status.parts = {GRADER: Part(GRADER)}
            chat = OpenAiChat(llm.url, model, "none", 4.0)
            opened.push_async_callback(chat.close)
            opened.push_async_callback(assembly.storage.store.close)
            await models.load_grader(assembly, chat)
            return assembly

        yield load


async def test_a_good_judge_passes_and_grades(loaded: Load) -> None:
    """The built-in reader grades until then; the status says who grades and how well; the exam is sat once."""
    with scripted_llm(Script(graded=good)) as llm:
        assembly = await loaded(llm)
        assert (
            assembly.graders.in_use is assembly.graders.embedded
            and "has yet to sit our exam" in assembly.status.parts[GRADER].detail
        )
        await sit_if_due(assembly)
        assert len(llm.asked) == 40 and isinstance(assembly.graders.in_use, FallbackGrader)
        async with client(assembly) as http:
            [part] = (await http.get("/api/status")).json()["parts"]
        assert re.match(r"scripted grades \(agreement 1\.00 on our exam; the built-in reader 0\.\d\d\)", part["detail"])
        assert (part["state"], part["done"], part["total"]) == ("ready", 0, 0)
        [check] = exam_checks(assembly.graders)
        assert check.ok and re.search(r"scripted passed, it grades: .* denied 0\.0%, .* s and 2 tokens an answer", check.detail)
        grade = await assembly.graders.in_use.grade(ITEMS[0].question, [ITEMS[0].answer])
        assert (grade.grader, grade.model, len(llm.asked)) == ("llm", "scripted", 41)
        assert grade.agreement is not None and grade.agreement > 0.9 > (grade.reader_agreement or 1.0)

        again = await loaded(llm)
        assert isinstance(again.graders.in_use, FallbackGrader)
        await sit_if_due(again)
        assert len(llm.asked) == 41
        other = await loaded(llm, model="another")
        assert other.graders.in_use is other.graders.embedded and exams.is_due(other)


async def test_the_prompts_count(loaded: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With other prompts a model is another judge."""
    prompts = shutil.copytree(PROJECT / "prompts", tmp_path / "prompts")
    with scripted_llm(Script(graded=good)) as llm:
        await sit_if_due(await loaded(llm))
        monkeypatch.setattr("tests.support.fakes.PROJECT", tmp_path)
        assert not exams.is_due(await loaded(llm))
        (prompts / "grade_system.j2").write_text("Be strict.")
        assert exams.is_due(await loaded(llm))


@pytest.mark.parametrize("reply", [generous, lambda _: "Great answer!", lambda _: "{}"])
async def test_a_bad_judge_stays_out(loaded: Load, reply: Callable[[str], str]) -> None:
    """Whether it credits everything or can't be read; it isn't asked again, and all who look are told why."""
    with scripted_llm(Script(graded=reply)) as llm:
        assembly = await loaded(llm)
        await sit_if_due(assembly)
        assert assembly.graders.in_use is assembly.graders.embedded
        assert "the built-in reader grades; scripted is no better (agreement" in assembly.status.parts[GRADER].detail
        assert "scripted did not pass, it does not grade" in exam_checks(assembly.graders)[0].detail
        asked = len(llm.asked)
        await sit_if_due(await loaded(llm))
        assert len(llm.asked) == asked
        forced = await loaded(llm, grader="llm")
        assert isinstance(forced.graders.in_use, FallbackGrader)


async def test_no_model_is_examined_unasked(loaded: Load) -> None:
    """The packaged model never by itself, no model where the settings name the grader."""
    with scripted_llm(Script(graded=good)) as llm:
        embedded = await loaded(llm, grader="embedded")
        forced = await loaded(llm, grader="llm")
        packaged = await loaded(ScriptedLlm(EMBEDDED))
        for assembly in (embedded, forced, packaged):
            await sit_if_due(assembly)
        assert llm.asked == []
    assert embedded.graders.in_use is embedded.graders.embedded and packaged.graders.in_use is packaged.graders.embedded
    assert isinstance(forced.graders.in_use, FallbackGrader) and "has not sat our exam" in forced.status.parts[GRADER].detail
    assert "`hotseat exam`" in exam_checks(packaged.graders)[0].mend


async def test_an_endpoint_that_comes_up_later(loaded: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exam waits for it, and the part says so meanwhile."""
    monkeypatch.setattr(exams, "RETRY_S", 0.05)
    down = True

    def reply(message: str) -> str:
        return "" if down else good(message)  # an empty reply is the endpoint's failure

    with scripted_llm(Script(graded=reply)) as llm:
        assembly = await loaded(llm)
        sitting = asyncio.create_task(sit_if_due(assembly))
        async with asyncio.timeout(10):
            while "waits for the endpoint" not in assembly.status.parts[GRADER].detail:
                await asyncio.sleep(0.01)
        assert assembly.graders.in_use is assembly.graders.embedded
        down = False
        await asyncio.wait_for(sitting, 120)
    assert isinstance(assembly.graders.in_use, FallbackGrader)


async def test_results_that_cannot_be_read_or_kept(loaded: Load, tmp_path: Path) -> None:
    """A damaged file is as none; a folder in its place costs the keeping, not the result."""
    (tmp_path / "exams.json").write_text('{"a": 1}')
    with scripted_llm(Script(graded=good)) as llm:
        assembly = await loaded(llm)
        assert exams.is_due(assembly)
        (tmp_path / "exams.json").unlink()
        (tmp_path / "exams.json").mkdir()
        await sit_if_due(assembly)
        assert isinstance(assembly.graders.in_use, FallbackGrader)


async def test_a_bank_without_an_exam(loaded: Load, tmp_path: Path) -> None:
    """Its questions are graded by the built-in reader, also where its exam does not fit it."""
    with scripted_llm(Script(graded=good)) as llm:
        for text in (None, "{"):
            if text is not None:
                (tmp_path / FILE).write_text(text)
            assembly = await loaded(llm, rubrics_dir=tmp_path)
            await sit_if_due(assembly)
            assert assembly.graders.exam is None and assembly.graders.in_use is assembly.graders.embedded
            assert exam_checks(assembly.graders) == []
    assert llm.asked == []


def test_the_exam_command_prints_and_keeps_both_results(tmp_path: Path) -> None:
    """It shows how far it is, prints both results and keeps them; without a model it says what is missing."""
    rubrics = shutil.copytree(PROJECT / "rubrics", tmp_path / "rubrics")
    for name in (FILE, DIALOGUES):
        short = (rubrics / name).read_text(encoding="utf-8").splitlines()[:3]
        (rubrics / name).write_text("\n".join(short), encoding="utf-8")

    def grades_only(message: str) -> str:
        return good(message) if "\n\nStatements:" in message else "no question"

    told = {"HOTSEAT_DATA_DIR": str(tmp_path / "data"), "HOTSEAT_RUBRICS_DIR": str(rubrics)}
    with scripted_llm(Script(said="ok", graded=grades_only)) as llm:
        done = hotseat("exam", "--json", HOTSEAT_LLM__URL=llm.url, HOTSEAT_LLM__MODEL="scripted", **told)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["model"] == "scripted" and result["judge"]["agreement"] > 0.8 and isinstance(result["passed"], bool)
    assert result["interviewer"]["usable"] == 0 and result["interviewer"]["passed"] is False
    assert "scripted: 2 of 3 answers" in done.stderr and "scripted: 2 of 3 dialogues" in done.stderr
    assert len(json.loads((tmp_path / "data" / "exams.json").read_text())) == 1
    done = hotseat("exam", HOTSEAT_LLM__URL="off", **told)
    assert done.returncode == 2 and "no language model to sit it" in done.stderr


async def test_a_bug_ends_nothing_else(loaded: Load) -> None:
    """What looks after interviews runs beside the exam."""
    with scripted_llm(Script(graded=good)) as llm:
        assembly = await loaded(llm)
        assert assembly.graders.exam is not None
        assembly.graders.exam.outcomes = None  # type: ignore[assignment]
        await sit_if_due(assembly)
    assert (
        assembly.graders.in_use is assembly.graders.embedded
        and "the server's log says why" in assembly.status.parts[GRADER].detail
    )
