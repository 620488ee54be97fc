"""Loads labelled answers: one JSON object a line in <root>/<split>/*.jsonl."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hotseat.domain.model import Answer, EndedBy, PointStatus, Question, Transcript, Verdict, Word
from hotseat.errors import ContentError


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    question: str
    family: str
    verdict: Verdict
    points: Mapping[str, PointStatus]
    text: str
    base: str = ""
    """Id of the item this one is a rewording of; both should get the same verdict."""
    recognised: bool = False
    """The text went through speech synthesis and recognition."""


def load_items(root: Path, split: str) -> list[Item]:
    """Raises ContentError naming file and line."""
    items: list[Item] = []
    for path in sorted((root / split).glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                items.append(_item(line, f"{path.name}:{number}"))
    if not items:
        raise ContentError(f"{root / split}: no labelled answers found")
    return items


def _item(line: str, where: str) -> Item:
    try:
        raw = json.loads(line)
        return Item(
            id=str(raw["id"]),
            question=str(raw["question"]),
            family=str(raw["family"]),
            verdict=Verdict(raw["verdict"]),
            points={str(name): PointStatus(status) for name, status in raw.get("points", {}).items()},
            text=str(raw["text"]),
            base=str(raw.get("base") or ""),
            recognised=bool(raw.get("recognised", False)),
        )
    except (ValueError, KeyError, AttributeError) as error:
        raise ContentError(f"{where}: {error}") from None


def spoken_path(root: Path, split: str) -> Path:
    return root / "spoken" / f"{split}.jsonl"


def load_spoken(root: Path, split: str) -> dict[str, Transcript]:
    """What was heard of items said aloud (training/speak.py), by item id; empty where none were.

    Raises ContentError naming file and line.
    """
    path = spoken_path(root, split)
    heard: dict[str, Transcript] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines() if path.exists() else (), 1):
        try:
            raw = json.loads(line)
            words = tuple(Word(str(text), start, end, p, *rest) for text, start, end, p, *rest in raw["words"])
            heard[str(raw["id"])] = Transcript(words)
        except (ValueError, KeyError, TypeError) as error:
            raise ContentError(f"spoken/{path.name}:{number}: {error}") from None
    return heard


def as_answer(item: Item, question: Question, heard: Transcript | None = None) -> Answer:
    """The item as one typed answer, so that no time or probability is made up; or as it was heard."""
    return Answer(
        turn_id=1,
        round=0,
        question_id=question.id,
        asked=question.prompt,
        follow_up_id=None,
        transcript=heard or Transcript.of_typed(item.text),
        duration_s=60.0,
        ended_by=EndedBy.DONE,
    )
