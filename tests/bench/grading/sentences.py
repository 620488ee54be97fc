"""``data/sentences``: what every point of the bank is said like, and what is wrongly said of it. And answers made of it.

The network (``train_entailment``) has not read the sentences to thirteen questions, to see how it judges new ones. It has read
answers to eleven of these questions.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from server.core.domain import PointStatus, Question, Verdict
from server.grading.items import Item, load_items

DATA = Path(__file__).parent / "data"
HEARD = DATA / "heard.jsonl"
KEPT_OUT = 13
KINDS = {"says": PointStatus.MET, "denies": PointStatus.CONTRADICTED}
MIXTURES = 4


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


def made(question: Question) -> Iterator[Item]:
    """Answers that say every point, that get every point wrong, and that do either in turn; none has a verdict."""
    said = {row["point"].split("#")[1]: row for row in rows() if row["point"].split("#")[0] == question.id}
    ids = [point.id for point in question.points if point.id in said]
    for kind in KINDS:
        for number in range(len(said[ids[0]][kind])):
            yield _item(question, f"{kind}-{number}", said, dict.fromkeys(ids, (kind, number)))
    for number in range(MIXTURES):
        kinds = {name: tuple(KINDS)[(place + number + 1) % 2] for place, name in enumerate(ids)}
        yield _item(
            question, f"mixed-{number}", said, {name: (kinds[name], (place + number) % 3) for place, name in enumerate(ids)}
        )


def _item(question: Question, name: str, said: dict[str, dict[str, Any]], chosen: dict[str, tuple[str, int]]) -> Item:
    texts = [said[point][kind][number].strip() for point, (kind, number) in chosen.items()]
    sentences = [text[0].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".") for text in texts]
    labels = {point: KINDS[kind] for point, (kind, _) in chosen.items()}
    return Item(f"made-{question.id}-{name}", question.id, "made", Verdict.NOT_ASSESSABLE, labels, " ".join(sentences))
