"""``data/sentences``: what every point of the bank is said like, and what is wrongly said of it.

The network (``train_entailment``) has not read the sentences to thirteen questions, to see how it judges new ones. It has read
answers to eleven of these questions.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from server.core.domain import PointStatus, Question, Verdict
from server.grading.measuring.items import Item, load_items

DATA = Path(__file__).parent / "data"
HEARD = DATA / "heard.jsonl"
KEPT_OUT = 13


def rows(folder: str = "sentences") -> list[dict[str, Any]]:
    """``point`` (question#point), ``says`` and ``denies``; of those in ``close`` also ``neither`` and ``twins``; of those in
    ``trios`` these only."""
    paths = sorted((DATA / folder).glob("*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def heard() -> dict[str, str]:
    """Some of the sentences as the recogniser heard them said aloud (``speak``)."""
    rows = [json.loads(line) for line in HEARD.read_text(encoding="utf-8").splitlines()] if HEARD.exists() else []
    return {row["text"]: row["heard"] for row in rows}


def kept_out() -> set[str]:
    """Questions whose sentences the network has not read; none of the develop and report halves."""
    labelled = {item.question for split in ("develop", "report") for item in load_items(DATA, split)}
    questions = sorted({row["point"].split("#")[0] for row in rows()} - labelled)
    random.Random(1).shuffle(questions)
    return set(questions[:KEPT_OUT])


def model_answer(question: Question) -> Item:
    """The bank's own answer, which makes every point."""
    met = {point.id: PointStatus.MET for point in question.points}
    return Item(f"model-{question.id}", question.id, "model", Verdict.STRONG_HIRE, met, question.model_answer)
