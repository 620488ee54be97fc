"""Trains ``server/adapters/entailment-close.onnx``, which tells apart what differs in little but the meaning.

    uv run --with torch --with onnx python -m tests.bench.grading.train_close [--epochs 2] [--onward FILE] [--halfway]

Who has learned a statement says it in nearly its words, and gets it wrong in nearly its words; what tells the two apart is
order, number and direction. In other words, too, a right passage and a wrong one may differ in one. The network goes on from
the first and learns from ``data/close`` (twins that keep the words) and ``data/trios`` (passages in other words that say a
point, get it wrong, or do neither), shown within the same scraps of what else is said; and from those false claims and model
answers of the bank, sentences and passages of answers (``data/sentences``, ``data/train``) that keep enough of the words, and
a few others. Right and wrong ones of thirteen questions show now and then how well they are told apart: as new ones with
``--keep-out``, or as what it has learned from.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn import functional

from server.adapters.embedder import ENTAILMENT, ENTAILMENT_CLOSE, open_embedder
from server.bank.content import load_bank
from server.grading.signals import CLOSE
from server.grading.wording import closeness
from server.settings import PROJECT
from tests.bench.grading import passages, sentences
from tests.bench.grading.minilm_torch import Course, export, load
from tests.bench.grading.train_entailment import (
    DENIES,
    OTHER,
    SAYS,
    STATUS,
    Example,
    Pairs,
    batches,
    shown,
    told_apart,
    unmarked,
    with_others,
    without_fillers,
)

KINDS = (("says", SAYS), ("denies", DENIES))
ALIKE = (SAYS, DENIES, OTHER)
"""What the passages of twins and trios do, in this order."""
RATE = 1.5e-4
HEAD_RATE = 4.5e-4
SHOWN = 0.5
"""How often an epoch shows what is close and was not written as a twin ..."""
FEW = 0.15
"""... and what is not close."""
BETWEEN = 0.5
"""How often a sentence stands beside a scrap of what is said of another point."""
UNMARKED = 0.25
"""How often without marks and capitals, as a recogniser may print it."""


@dataclass(frozen=True, slots=True)
class Close:
    """A point with what is said of it."""

    question: str
    statement: str
    alike: tuple[tuple[str, ...], ...]
    """Twins, right and wrong, then trios."""
    alone: tuple[tuple[str, int], ...]

    @property
    def said(self) -> tuple[str, ...]:
        return (*(text for texts in self.alike for text in texts), *(text for text, _ in self.alone))


def points() -> list[Close]:
    """Of all questions."""
    more: dict[str, list[tuple[str, int]]] = {}
    for row in sentences.rows():
        more.setdefault(row["point"], []).extend((text, kind) for key, kind in KINDS for text in row[key])
    of = {
        f"{question.id}#{point.id}": (question, point)
        for question in load_bank(PROJECT / "rubrics").questions
        for point in question.points
    }
    for name, passage in shown():
        more.setdefault(name, []).append((passage, SAYS))
    trios = {row["point"]: row["trios"] for row in sentences.rows("trios")}
    found = []
    for row in sentences.rows("close"):
        question, point = of[row["point"]]
        others = [*more.get(row["point"], []), *((text, DENIES) for text in point.contradictions)]
        alone = [(text, kind) for key, kind in (*KINDS, ("neither", OTHER)) for text in row[key]]
        alike = (*map(tuple, row["twins"]), *map(tuple, trios[row["point"]]))
        found.append(Close(question.id, point.statement, alike, (*alone, *others)))
    return found


def examples(all_: Sequence[Close], answered: Sequence[passages.Said], dice: random.Random) -> list[Example]:
    """One epoch's, drawn anew each time: all twins and trios, and some of the rest."""
    found: list[Example] = []
    for point, others in with_others(all_):
        for texts in point.alike:
            found += [(point.statement, text, kind) for text, kind in zip(between(texts, others, dice), ALIKE, strict=False)]
        for text, kind in ((point.statement, SAYS), *point.alone):
            if dice.random() < often(point.statement, text):
                found.append((point.statement, between([text], others, dice)[0], kind))
    for said in answered:
        text = said.passage(dice)
        if closeness(said.statement, text) >= CLOSE or dice.random() < FEW:
            found.append((said.statement, text, STATUS[said.status]))
    return found


def often(statement: str, text: str) -> float:
    """The share of epochs that show it."""
    return SHOWN if closeness(statement, text) >= CLOSE else FEW


def between(texts: Sequence[str], others: Sequence[Close], dice: random.Random) -> list[str]:
    """The texts, all beside the same scrap or none, so that it does not tell them apart."""
    before = after = ""
    if others and dice.random() < BETWEEN:
        words = dice.choice(dice.choice(others).said).split()
        few = dice.randint(3, 12) if dice.random() < 0.5 else len(words)
        if dice.random() < 0.5:
            before = " ".join(words[-few:]) + " "
        else:
            after = " " + " ".join(words[:few])
    placed = [f"{before}{without_fillers(text)}{after}" for text in texts]
    if dice.random() < UNMARKED:
        return [unmarked(text).lower() for text in placed]
    return placed


def train(epochs: int, onward: Path, out: Path, dice: random.Random, *, keep_out: bool, halfway: bool) -> None:
    torch.manual_seed(0)
    few = sentences.kept_out()
    everything = points()
    asked = list(_alike(point for point in everything if point.question in few))
    kept_out = few if keep_out else set()
    learned = [point for point in everything if point.question not in kept_out]
    embedder = open_embedder()
    assert embedder is not None, "the packaged MiniLM is needed"
    answered = [said for said in passages.said(embedder) if said.question not in kept_out]
    pairs, model = Pairs(str.lower), load(onward)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    steps = [batch for _ in range(epochs) for batch in batches(examples(learned, answered, dice), dice)]
    course = Course(model, RATE, HEAD_RATE, len(steps))
    began = time.monotonic()
    for step, batch in enumerate(steps, 1):
        model.train()
        logits = model(*pairs.batch([(a, b) for a, b, _ in batch]))
        wanted = torch.tensor([label for *_, label in batch])
        course.step(functional.cross_entropy(logits.float(), wanted, label_smoothing=0.03))
        if step % 250 == 0 or step == len(steps):
            print(f"{step} of {len(steps)}, {time.monotonic() - began:.0f} s: {told_apart(model, pairs, asked)}", flush=True)
            export(model, out)
    if halfway:
        model.load_state_dict({name: (value + before[name]) / 2 for name, value in model.state_dict().items()})
        export(model, out)


def _alike(points: Iterable[Close]) -> Iterator[Example]:
    """The right and the wrong ones, without anything beside them."""
    for point in points:
        for right, wrong, *_ in point.alike:
            yield from ((point.statement, right, SAYS), (point.statement, wrong, DENIES))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--onward", type=Path, default=ENTAILMENT, help="the network to begin with")
    parser.add_argument("--out", type=Path, default=ENTAILMENT_CLOSE)
    parser.add_argument("--keep-out", action="store_true", help="not to learn from thirteen questions")
    parser.add_argument("--halfway", action="store_true", help="write the mean of the weights before and after")
    chosen = parser.parse_args()
    train(chosen.epochs, chosen.onward, chosen.out, random.Random(0), keep_out=chosen.keep_out, halfway=chosen.halfway)
