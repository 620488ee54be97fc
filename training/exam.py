"""Draws the exam that language models sit before they grade (docs/decisions/0031-exam-for-llm-graders.md).

``python -m training.exam`` picks forty labelled free answers, each to another question and as many of each kind of candidate,
and writes rubrics/exam.jsonl.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

from hotseat.settings import PROJECT

SOURCE = PROJECT / "training" / "data" / "free" / "learn.jsonl"
TARGET = PROJECT / "rubrics" / "exam.jsonl"
ANSWERS = 40
KINDS = ("expert", "solid", "shaky")
SEED = 28


def draw(rows: Sequence[dict[str, Any]], seed: int = SEED) -> Iterator[dict[str, Any]]:
    """Lines of the exam, by question."""
    dice = random.Random(seed)
    by_question: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: row["id"]):
        by_question.setdefault(row["question"], []).append(row)
    questions = dice.sample(sorted(by_question), ANSWERS)
    kinds = dict(zip(questions, cycle(KINDS), strict=False))
    for question in sorted(questions):
        row = dice.choice([row for row in by_question[question] if row["kind"] == kinds[question]])
        labels = {point: label["l"] for point, label in row["points"].items()}
        yield {"id": row["id"], "question": question, "answer": row["text"], "points": labels}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, default=SOURCE, help="labelled free answers, one JSON object a line")
    rows = [json.loads(line) for line in parser.parse_args().source.read_text(encoding="utf-8").splitlines()]
    TARGET.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in draw(rows)), encoding="utf-8")


if __name__ == "__main__":
    main()
