"""The exam a language model sits before it grades: labelled free answers, and how far a grader agrees with the labels.

A model passes when its agreement is strictly better than the embedded reader's on the same answers, and what it denies and what
it credits are each at most ``MARGIN`` worse (docs/decisions/0031-exam-for-llm-graders.md).
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
"""In the folder of the question bank; a bank without it has no exam."""
MARGIN = 0.02
LABELS = {"met": PointStatus.MET, "no": PointStatus.NOT_MET, "wrong": PointStatus.CONTRADICTED, "partly": None}
"""What a grader that agrees finds; "partly" counts neither way."""


@dataclass(frozen=True, slots=True)
class Item:
    """An answer to grade, and what people found in it."""

    id: str
    question: Question
    answer: Answer
    labels: Mapping[str, str]
    """Point id to a key of ``LABELS``."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a grader did. Shares are 0 to 1."""

    agreement: float
    """Share of the points labelled met, no or wrong that are found so."""
    denied: float
    """Share of the points labelled met that are neither made nor not sure."""
    credited: float
    """Share of the points labelled no or wrong that are found made."""
    accused: float
    """Share of the answers with a point that is found contradicted and isn't labelled wrong."""
    seconds: float
    """Seconds for an answer, on average; the tokens, too."""
    tokens: float
    unread: int = 0
    """Answers for which no reply could be read; they count as agreeing in nothing."""

    @property
    def in_words(self) -> str:
        shares = (
            f"agreement {self.agreement:.2f}, denied {self.denied:.1%}, credited {self.credited:.1%}, "
            f"accused {self.accused:.1%} of answers, {self.seconds:.1f} s and {self.tokens:.0f} tokens an answer"
        )
        return f"{shares}, {self.unread} without a readable reply" if self.unread else shares


@dataclass(frozen=True, slots=True)
class Sitting:
    """One model's result beside the embedded reader's."""

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
    """Empty where there is no such file. Raises ContentError naming the line."""
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
    """Grades what ``outcomes`` lack yet. Raises GraderError when the endpoint fails; what was graded stays in ``outcomes``."""
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
    """Where results are kept."""
    key: str
    """What this model's result is kept under: see ``key_of``."""
    sitting: Sitting | None = None
    """The result, once there is one."""
    outcomes: Outcomes = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sitting = kept_results(self.path, _KEPT).get(self.key)

    async def sit(self, before_each: BeforeEach) -> Sitting:
        """Raises GraderError when the endpoint fails; asked again, it goes on from there."""
        judge = await sit(self.llm, self.items, self.outcomes, before_each)
        reader = await sit(self.embedded, self.items, {}, _at_once)
        self.sitting = Sitting(self.llm.model, judge, reader)
        await keep_result(self.path, _KEPT, self.key, self.sitting)
        return self.sitting


async def _at_once(_done: int) -> None:
    return


def key_of(llm: LlmGrader, address: str, items: Sequence[Item], bank: Bank, reader: str) -> str:
    """What a result holds for: this model, its prompts, these answers, rubrics and embedded reader. A model's name may say
    nothing ("default"), so its address counts, too."""
    answers = [f"{item.id} {item.labels} {bank.versions.get(item.question.id)} {item.answer.transcript.text}" for item in items]
    parts = [llm.model, address, llm.prompt_version, reader, *answers]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]
