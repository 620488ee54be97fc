"""What the reader learns from: a statement beside a passage, with what the passage does to it and where.

Stage one are the sentences and answers under ``data/`` whose writers saw the statements; stage two are free answers
(``data/free/learn.jsonl``), whose writers saw only the question. Questions of the free answers' develop and test parts are in
neither stage.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hotseat.domain.model import PointTier
from hotseat.questions.content import load_bank
from hotseat.settings import PROJECT

DATA = Path(__file__).parent / "data"
NEITHER, SAYS, DENIES = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
PARTLY = (0.5, 0.5, 0.0)
TARGETS = {
    "met": SAYS, "not met": NEITHER, "contradicted": DENIES,  # rubric-written answers
    "no": NEITHER, "partly": PARTLY, "wrong": DENIES,  # free answers
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    statement: str
    passage: str
    target: tuple[float, float, float]
    """Probabilities of neither, says, denies."""
    evidence: str | None = None
    """The part of the passage that says or denies it: "" where nothing does, None where it isn't known."""


def rows(folder: str) -> Iterator[dict]:
    """The JSON lines of every file under ``data/<folder>``."""
    for path in sorted((DATA / folder).glob("*.jsonl")):
        with path.open() as lines:
            yield from map(json.loads, lines)


def statements() -> dict[str, str]:
    """ "question#point" to the point's statement."""
    questions = load_bank(PROJECT / "rubrics").questions
    return {f"{question.id}#{point.id}": point.statement for question in questions for point in question.points}


def split() -> dict[str, list[str]]:
    """Question ids of the free answers' learn, develop and test parts."""
    return json.loads((DATA / "free" / "split.json").read_text())


def kept_out() -> frozenset[str]:
    parts = split()
    return frozenset(parts["develop"]) | frozenset(parts["test"])


def sentence_examples(*, everything: bool = False) -> list[Example]:
    """Short passages: ways to say a point, to get it wrong, and to do neither."""
    said, out, found = statements(), frozenset() if everything else kept_out(), []
    for row in rows("trios"):
        if row["point"].split("#")[0] in out or row["point"] not in said:
            continue
        for trio in row["trios"]:
            found += [
                Example(said[row["point"]], text, target) for text, target in zip(trio, (SAYS, DENIES, NEITHER), strict=False)
            ]
    for row in rows("sentences"):
        if row["point"].split("#")[0] in out or row["point"] not in said:
            continue
        found += [Example(said[row["point"]], text, SAYS) for text in row["says"]]
        found += [Example(said[row["point"]], text, DENIES) for text in row["denies"]]
    return found


def model_answer_examples() -> list[Example]:
    """The bank's own answers, which make every strong point."""
    questions = load_bank(PROJECT / "rubrics").questions
    return [
        Example(point.statement, question.model_answer, SAYS)
        for question in questions
        for point in question.points
        if point.tier is PointTier.STRONG
    ]


def answer_examples(folders: Sequence[str], *, everything: bool = False) -> list[Example]:
    """Whole answers whose writers saw the statements."""
    said, out, found = statements(), frozenset() if everything else kept_out(), []
    for folder in folders:
        for row in rows(folder):
            if row["question"] in out:
                continue
            quotes = row.get("quotes")
            for point, label in row["points"].items():
                if (statement := said.get(f"{row['question']}#{point}")) is None:
                    continue
                evidence = "" if label == "not met" else quotes.get(point) if quotes is not None else None
                found.append(Example(statement, row["text"], TARGETS[label], evidence))
    return found


def free_answers(part: str) -> list[dict]:
    """The labelled free answers of learn, develop or test."""
    return [json.loads(line) for line in (DATA / "free" / f"{part}.jsonl").read_text().splitlines()]


def free_examples(answers: Sequence[Mapping], dice: random.Random) -> list[Example]:
    """One epoch of free answers: each as it was said or as it was heard, some with what comes after a point not said yet."""
    said, found = statements(), []
    for row in answers:
        heard = row.get("heard")
        text = heard if heard and dice.random() < 0.5 else row["text"]
        for point, label in row["points"].items():
            quote = label.get("q", "")
            known = quote if quote and quote in text else (None if quote else "")
            found.append(Example(said[f"{row['question']}#{point}"], text, TARGETS[label["l"]], known))
    return found


def cut_short(example: Example, dice: random.Random) -> Example:
    """The same with the sentences from the evidence on left out: the point isn't said yet."""
    at = example.passage.find(example.evidence) if example.evidence else -1
    begin = max(example.passage.rfind(mark, 0, max(at, 0)) for mark in ".?!")
    if at < 0 or begin < 40:
        return example
    return replace(example, passage=example.passage[: begin + 1], target=NEITHER, evidence="")


def unmarked(text: str) -> str:
    """Without the marks and capitals that a recogniser may leave out."""
    return " ".join(word.strip(",.;:?!").lower() for word in text.split())
