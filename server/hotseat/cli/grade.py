"""`hotseat grade`: one written answer, or a file of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hotseat.cli.output import json_option, print_json, run, say
from hotseat.domain.model import Answer, Grade, Question, Transcript
from hotseat.errors import GraderError, InputError
from hotseat.questions.content import find_question, load_bank
from hotseat.settings import Settings, load_settings

if TYPE_CHECKING:  # it brings numpy in
    from hotseat.grading.grader import Grader

_MAX_ANSWER_BYTES = 64_000
_MAX_BATCH_BYTES = 64_000_000


@click.command()
@click.option("--question", "question_id", help="Question id, e.g. finetuning/lora.")
@click.option("--answer-file", type=click.Path(path_type=Path), help="Text of the answer; - for stdin.")
@click.option("--batch", type=click.Path(path_type=Path), help="JSON lines with id, question and answer; - for stdin.")
@click.option("--grader", type=click.Choice(["auto", "embedded", "llm"]), help="Overrides HOTSEAT_GRADER.")
@json_option
def grade(question_id: str | None, answer_file: Path | None, batch: Path | None, grader: str | None, as_json: bool) -> None:
    """Grade a written answer, or with --batch many: one JSON object a line in, one a line out."""
    settings = load_settings(grader=grader)
    if batch is not None:
        if question_id or answer_file:
            raise InputError("--batch takes question and answer from the file; leave out --question and --answer-file")
        items = _batch_items(settings, batch)
        run(_grade_batch(settings, items))
        return
    if not question_id or answer_file is None:
        raise InputError("give --question and --answer-file, or --batch")
    item = BatchItem("", find_question(load_bank(settings.rubrics_dir), question_id), read_text_of(answer_file))

    graded = run(grade_one(settings, item))
    if as_json:
        print_json(_grade_json(item, graded))
        return
    by = f"{graded.grader}, in place of the language model: {graded.reason}" if graded.fallback else graded.grader
    say(f"{graded.verdict.value}  ({by})")
    for result in graded.criteria:
        say(f"  {result.level.value:12} {result.criterion_id}")
        for finding in result.findings:
            quote = f"  “{finding.evidence.quote}”" if finding.evidence else ""
            say(f"    {finding.status.value:12} {finding.point_id}{quote}")
    say(graded.advice or graded.reason)


@dataclass(frozen=True, slots=True)
class BatchItem:
    """A written answer to grade."""

    id: str
    question: Question
    text: str

    @property
    def as_answer(self) -> Answer:
        return Answer.alone(self.question, Transcript.of_typed(self.text))


def _batch_items(settings: Settings, path: Path) -> list[BatchItem]:
    """Raises InputError naming the line that can't be read; nothing is graded then."""
    questions = {question.id: question for question in load_bank(settings.rubrics_dir).questions}
    items = []
    for number, line in enumerate(read_text_of(path, _MAX_BATCH_BYTES).splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            raise InputError(f"{path}:{number}: this is not JSON") from None
        wrong = [key for key in ("id", "question", "answer") if not isinstance(row, dict) or not isinstance(row.get(key), str)]
        if wrong:
            raise InputError(f"{path}:{number}: expected an object with texts id, question and answer; {wrong[0]} is missing")
        if row["question"] not in questions:
            raise InputError(f"{path}:{number}: unknown question {row['question']!r}; `hotseat bank` lists them")
        items.append(BatchItem(row["id"], questions[row["question"]], row["answer"]))
    if not items:
        raise InputError(f"{path} has no lines to grade")
    return items


async def grade_one(settings: Settings, item: BatchItem) -> Grade:
    return await (await _load_grader(settings)).grade(item.question, [item.as_answer])


async def _grade_batch(settings: Settings, items: Sequence[BatchItem]) -> None:
    """Prints a result a line as soon as it is there; an answer that could not be graded has an ``error`` instead."""
    grader = await _load_grader(settings)
    for done, item in enumerate(items, 1):
        try:
            result = _grade_json(item, await grader.grade(item.question, [item.as_answer]))
        except GraderError as error:
            result = {"question": item.question.id, "error": str(error)}
        say(json.dumps({"id": item.id, **result}, ensure_ascii=False))
        if sys.stderr.isatty():
            click.echo(f"\r{done} of {len(items)} answers", err=True, nl=done == len(items))


async def _load_grader(settings: Settings) -> Grader:
    from hotseat.startup.assembly import assemble
    from hotseat.startup.models import load_for_grading

    return await load_for_grading(assemble(settings))


def _grade_json(item: BatchItem, graded: Grade) -> dict[str, Any]:
    from hotseat.review.grade_view import grade_json

    return {"question": item.question.id, **grade_json(graded, item.question, [item.as_answer], {})}


def read_text_of(path: Path, most: int = _MAX_ANSWER_BYTES) -> str:
    """What a file, or stdin (-), says. Raises InputError."""
    if str(path) == "-" and sys.stdin is None:
        raise InputError("standard input is closed; it should hold the answer's words")
    try:
        with click.open_file(str(path), "rb") as file:
            data: bytes = file.read(most + 1)  # just enough to see whether it is too long
    except OSError as error:
        raise InputError(f"can't read {path}: {error.strerror}") from None
    if len(data) > most:
        limit = "an answer is at most a few minutes of speech" if most == _MAX_ANSWER_BYTES else "split it into several files"
        raise InputError(f"{path} has more than {most} bytes; {limit}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8 text") from None
    if not text.strip():
        raise InputError(f"{path} is empty; it should hold the answer's words")
    return text
