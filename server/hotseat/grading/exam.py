"""The exam a language model sits before it grades: how far it agrees with the labels of free answers.

It passes if it agrees more than the embedded reader does on the same answers, and its ``Result.denied`` and ``credited`` are
each at most ``MARGIN`` higher (docs/decisions/0031-exam-for-llm-graders.md).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

from pydantic import TypeAdapter

from hotseat.domain.model import Answer, Bank, Grade, PointStatus, Question, Transcript
from hotseat.errors import ChatModelError, ContentError, GraderError
from hotseat.exams import BeforeEach, keep_result, kept_results, load_items
from hotseat.grading.grader import Grader
from hotseat.grading.llm import LlmGrader

FILE = "exam.jsonl"
"""Name of the file in the question bank's folder; a bank without it has no exam."""
MARGIN = 0.02
LABELS = {"met": PointStatus.MET, "no": PointStatus.NOT_MET, "wrong": PointStatus.CONTRADICTED, "partly": None}
"""Label to the status that agrees with it; points labelled "partly" are not counted."""


@dataclass(frozen=True, slots=True)
class Item:
    """An answer to grade, with its labels."""

    id: str
    question: Question
    answer: Answer
    labels: Mapping[str, str]
    """Point id to a key of ``LABELS``."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a grader did. Shares are 0 to 1."""

    agreement: float
    """Share of the points labelled met, no or wrong that get the status of their label."""
    denied: float
    """Share of the points labelled met that are found not met or contradicted."""
    credited: float
    """Share of the points labelled no or wrong that are found met."""
    accused: float
    """Share of the answers with a point that is found contradicted but isn't labelled wrong."""
    seconds: float
    """Mean seconds for an answer."""
    tokens: float
    """Mean tokens for an answer."""
    unread: int = 0
    """Answers for which no reply could be read; none of their points count as agreeing."""

    @property
    def in_words(self) -> str:
        shares = (
            f"agreement {self.agreement:.2f}, denied {self.denied:.1%}, credited {self.credited:.1%}, "
            f"accused {self.accused:.1%} of answers, {self.seconds:.1f} s and {self.tokens:.0f} tokens an answer"
        )
        return f"{shares}, {self.unread} without a readable reply" if self.unread else shares


@dataclass(frozen=True, slots=True)
class Sitting:
    """One model's result (``judge``) and the embedded reader's."""

    model: str
    judge: Result
    reader: Result

    @property
    def passed(self) -> bool:
        judge, reader = self.judge, self.reader
        return (
            judge.agreement > reader.agreement
            and judge.denied <= reader.denied + MARGIN
            and judge.credited <= reader.credited + MARGIN
        )

    @property
    def in_words(self) -> str:
        return f"agreement {self.judge.agreement:.2f} on our exam; the built-in reader {self.reader.agreement:.2f}"


Outcomes = dict[str, Grade | None]
"""Item id to grade; None where no reply could be read."""
_KEPT: TypeAdapter[dict[str, Sitting]] = TypeAdapter(dict[str, Sitting])


def load_exam(path: Path, bank: Bank) -> tuple[Item, ...]:
    """The exam's items; empty if there is no such file. Raises ContentError naming the line."""
    return load_items(path, bank, _item)


def _item(line: str, bank: Bank, where: str) -> Item:
    try:
        row = json.loads(line)
        question, labels = bank.question(row["question"]), dict(row["points"])
        item = Item(row["id"], question, Answer.alone(question, Transcript.of_typed(row["answer"])), labels)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise ContentError(f"{where}: expected id, question (of the bank), answer and points, found {error!r}") from None
    if strange := labels.keys() - {point.id for point in question.points}:
        raise ContentError(f"{where}: {question.id} has no point {min(strange)!r}")
    if wrong := [label for label in labels.values() if label not in LABELS]:
        raise ContentError(f"{where}: {wrong[0]!r} is none of {', '.join(LABELS)}")
    return item


async def sit(grader: Grader, items: Sequence[Item], outcomes: Outcomes, before_each: BeforeEach) -> Result:
    """Grades the items that ``outcomes`` lacks and adds them to it. Raises GraderError if the endpoint fails.

    ``before_each`` is awaited before each item with the number graded so far.
    """
    for item in items:
        if item.id in outcomes:
            continue
        await before_each(len(outcomes))
        try:
            outcomes[item.id] = await grader.grade(item.question, [item.answer])
        except GraderError as error:
            if isinstance(error.__cause__, ChatModelError):
                raise
            outcomes[item.id] = None
    return result_of([(item, outcomes[item.id]) for item in items])


def result_of(graded: Sequence[tuple[Item, Grade | None]]) -> Result:
    """How well these grades agree with the labels; None stands for a reply that couldn't be read."""
    pairs: list[tuple[str, PointStatus | None]] = []
    accused = 0
    for item, grade in graded:
        statuses = {finding.point_id: finding.status for finding in grade.findings} if grade else {}
        found = [(label, statuses.get(point_id)) for point_id, label in item.labels.items()]
        accused += any(status is PointStatus.CONTRADICTED and label != "wrong" for label, status in found)
        pairs += found
    grades = [grade for _, grade in graded if grade is not None]
    return Result(
        agreement=_share([status is LABELS[label] for label, status in pairs if label != "partly"]),
        denied=_share([status not in (PointStatus.MET, PointStatus.NOT_SURE) for label, status in pairs if label == "met"]),
        credited=_share([status is PointStatus.MET for label, status in pairs if label in ("no", "wrong")]),
        accused=accused / len(graded),
        seconds=round(fmean(grade.seconds for grade in grades), 3) if grades else 0.0,
        tokens=round(fmean(grade.tokens for grade in grades), 1) if grades else 0.0,
        unread=len(graded) - len(grades),
    )


def _share(values: Sequence[bool]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0


# ---- Sitting it, and results that are kept ---------------------------------------------------------------------------


@dataclass(slots=True)
class Exam:
    """The exam for one language model, with what it has graded so far."""

    llm: LlmGrader
    embedded: Grader
    items: Sequence[Item]
    path: Path
    """File with the results of all models."""
    key: str
    """This model's key in the file (``key_of``)."""
    sitting: Sitting | None = field(init=False)
    """The result, once there is one."""
    outcomes: Outcomes = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.sitting = kept_results(self.path, _KEPT).get(self.key)

    async def sit(self, before_each: BeforeEach) -> Sitting:
        """Sits the exam and stores the result. Raises GraderError if the endpoint fails; called again, it resumes there."""
        judge = await sit(self.llm, self.items, self.outcomes, before_each)
        reader = result_of([(item, await self.embedded.grade(item.question, [item.answer])) for item in self.items])
        self.sitting = Sitting(self.llm.model, judge, reader)
        await keep_result(self.path, _KEPT, self.key, self.sitting)
        return self.sitting


def key_of(llm: LlmGrader, address: str, items: Sequence[Item], reader: str) -> str:
    """Identifies a result: a hash of the model, its prompts, the answers, labels and rubrics, and the embedded reader.

    The address belongs to it because a model's name may say nothing ("default").
    """
    answers = [f"{item.id} {item.labels} {item.question.rubric_version} {item.answer.transcript.text}" for item in items]
    parts = [llm.model, address, llm.prompt_version, reader, *answers]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]
