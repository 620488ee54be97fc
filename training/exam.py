"""Draws the exam that language models take before they grade (docs/decisions/0031-exam-for-llm-graders.md).

``python -m training.exam`` picks forty labelled free answers to forty questions, of all kinds, and writes rubrics/exam.jsonl.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any

from hotseat.settings import PROJECT

SOURCES = tuple(PROJECT / "training" / "data" / "free" / f"{name}-develop.jsonl" for name in ("known", "varied"))
"""Answers that the built-in reader has not learned from."""
TARGET = PROJECT / "rubrics" / "exam.jsonl"
ANSWERS = 40
KINDS = ("expert", "solid", "shaky", "mistaken", "hesitant", "plain")
SEED = 28


def draw(rows: Sequence[dict[str, Any]], seed: int = SEED) -> Iterator[dict[str, Any]]:
    """Lines of the exam, by question."""
    dice = random.Random(seed)
    left = dice.sample(sorted(rows, key=lambda row: row["id"]), len(rows))
    drawn: dict[str, dict[str, Any]] = {}
    for kind in cycle(KINDS):
        row = next((row for row in left if row["kind"] == kind and row["question"] not in drawn), None)
        if row is not None:
            drawn[row["question"]] = row
        if len(drawn) == ANSWERS:
            break
    for question, row in sorted(drawn.items()):
        labels = {point: label["l"] for point, label in row["points"].items()}
        yield {"id": row["id"], "question": question, "answer": row["text"], "points": labels}


def main() -> None:
    rows = [json.loads(line) for source in SOURCES for line in source.read_text(encoding="utf-8").splitlines()]
    TARGET.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in draw(rows)), encoding="utf-8")


if __name__ == "__main__":
    main()
