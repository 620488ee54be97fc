"""Trains ``server/adapters/entailment.onnx``: does a passage say a statement, deny it, or is it about something else?

    uv run --with torch --with onnx python -m tests.bench.grading.train_entailment [--epochs 4] [--onward FILE] [--out FILE]

A cross-encoder begun from the packaged MiniLM, or trained onward from a file. It learns from every point's statement,
phrasings and contradictions in the bank, from where the model answers make it, from ``data/sentences``, some of them as the
recogniser heard them said aloud, and from answers in ``data/train``; from no answer of the other splits. A sentence is often
shown between scraps of others about the same question, as it would be met in an answer. The sentences to thirteen questions
are kept out; after every epoch they show how well new ones are told apart.

With ``--plain`` it is ``entailment-plain.onnx``, which reads passages in plain form (``server/core/plain.py``) and learns from
some with words left out.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
import torch
from torch.nn import functional

from server.adapters.embedder import ENTAILMENT, ENTAILMENT_PLAIN, MAX_PASSAGE, MAX_STATEMENT, Pieces, open_embedder
from server.bank.content import load_bank
from server.core.domain import PointStatus
from server.core.plain import plain
from server.grading.embedded import EmbeddedGrader
from server.grading.fluency import fillers
from server.grading.hearing import around, hear
from server.grading.measuring.items import as_answer
from server.settings import PROJECT
from tests.bench.grading import passages, sentences
from tests.bench.grading.minilm_torch import CLS, SEP, Course, CrossEncoder, export, load

BATCH = 48
RATE, ONWARD_RATE = 2e-4, 1.2e-4
HEAD_RATE = 1e-3
SAYS_SHOWN = 8
"""Phrasings of a point an epoch, so that right sentences don't outnumber wrong ones."""
DENIES, SAYS, OTHER = range(3)
CLASS_WEIGHTS = (1.0, 1.0, 0.8)
OTHERS = 3
"""Sentences about other points of the question shown with each point."""
MISHEARD = 0.5
"""How often a sentence that was said aloud is shown as it was heard."""
TAKEN = {PointStatus.MET: 2, PointStatus.CONTRADICTED: 1, PointStatus.NOT_MET: 1}
"""Passages of an answer shown an epoch with each of its points ..."""
WHOLE = 0.5
"""... or, so often, all of it."""
LITTLE = frozenset("is it of to in on at for and that this with be by as from".split())
LITTLE_LOST, LOST = 0.13, 0.015
"""How often one of these words and any word is left out of a passage in plain form."""
STATUS = {PointStatus.MET: SAYS, PointStatus.CONTRADICTED: DENIES, PointStatus.NOT_MET: OTHER}

Example = tuple[str, str, int]
"""Statement, passage, class."""


class OfQuestion(Protocol):
    @property
    def question(self) -> str: ...


Asked = TypeVar("Asked", bound=OfQuestion)


@dataclass
class Subject:
    """A point as it is learned from."""

    question: str
    statement: str
    phrasings: tuple[str, ...]
    says: list[str]
    denies: list[str]
    shown: str = ""
    """Where the question's model answer makes the point."""
    model_answer: str = ""


def subjects() -> tuple[list[Subject], list[Example]]:
    """What to learn from, and the examples kept out."""
    points = {
        f"{question.id}#{point.id}": Subject(
            question.id,
            point.statement,
            point.phrasings,
            [point.statement, *point.phrasings],
            [*point.contradictions],
            model_answer=whole,
        )
        for question in load_bank(PROJECT / "rubrics").questions
        for whole in [hear(question, as_answer(sentences.model_answer(question), question)).credit()]
        for point in question.points
    }
    for name, passage in shown():
        points[name].shown = passage
    out = sentences.kept_out()
    unseen: list[Example] = []
    for row in sentences.rows():
        subject = points[row["point"]]
        if subject.question in out:
            unseen += [(subject.statement, text, DENIES) for text in row["denies"]]
            unseen += [(subject.statement, text, SAYS) for text in row["says"]]
        else:
            subject.says += row["says"]
            subject.denies += row["denies"]
    return [subject for subject in points.values() if subject.question not in out], unseen


def shown() -> Iterator[tuple[str, str]]:
    """Points (question#point) with the passages of the model answers that their patterns find."""
    grader = EmbeddedGrader()
    for question in load_bank(PROJECT / "rubrics").questions:
        for point_id, seen in grader.signals(question, [as_answer(sentences.model_answer(question), question)]).items():
            if seen.pattern:
                heard = seen.pattern.heard
                yield f"{question.id}#{point_id}", heard.text(around(heard, seen.pattern.span))


def examples(
    all_: Sequence[Subject],
    answered: Sequence[passages.Said],
    dice: random.Random,
    shares: tuple[float, float],
) -> list[Example]:
    """One epoch's, drawn anew each time: those shares of sentences and of answers, and all statements and model answers."""
    misheard = sentences.heard()
    found: list[Example] = []
    for subject, others in with_others(all_):

        def scrap(*, before: bool, others: Sequence[Subject] = others) -> str:
            other = dice.choice(others)
            words = dice.choice([*other.says, *other.denies] or [""]).split()
            many = dice.randint(3, 10)
            return " ".join(words[-many:] if before else words[:many])

        def passage(text: str, others: Sequence[Subject] = others) -> str:
            text = without_fillers(misheard[text] if text in misheard and dice.random() < MISHEARD else text)
            if others and dice.random() < 0.4:
                text = f"{scrap(before=True)} {text}" if dice.random() < 0.6 else text
                text = f"{text} {scrap(before=False)}" if dice.random() < 0.6 else text
            return unmarked(text) if dice.random() < 0.3 else text

        def statement(text: str, subject: Subject = subject) -> str:
            instead = [phrasing for phrasing in subject.phrasings if phrasing != text]
            return dice.choice(instead) if instead and dice.random() < 0.35 else subject.statement

        found += [(statement(text), passage(text), DENIES) for text in subject.denies]
        says = subject.says if len(subject.says) <= SAYS_SHOWN else dice.sample(subject.says, SAYS_SHOWN)
        found += [(statement(text), passage(text), SAYS) for text in says]
        if subject.shown:
            found.append((statement(subject.shown), subject.shown, SAYS))
        for other in dice.sample(others, min(OTHERS, len(others))):
            found.append((subject.statement, dice.choice([*other.says, *other.denies]), OTHER))
    found = dice.sample(found, round(shares[0] * len(found)))
    for subject in all_:
        found += [(subject.statement, text, SAYS) for text in (subject.statement, subject.model_answer)]
    for said in dice.sample(answered, round(shares[1] * len(answered))):
        if dice.random() < WHOLE:
            found.append((said.statement, said.whole(dice), STATUS[said.status]))
        else:
            found += [(said.statement, said.passage(dice), STATUS[said.status]) for _ in range(TAKEN[said.status])]
    return found


def with_others(all_: Sequence[Asked]) -> Iterator[tuple[Asked, list[Asked]]]:
    """Each with the others of its question."""
    by_question: dict[str, list[Asked]] = {}
    for one in all_:
        by_question.setdefault(one.question, []).append(one)
    for one in all_:
        yield one, [other for other in by_question[one.question] if other is not one]


def unmarked(text: str) -> str:
    """Without the marks that speech has none of."""
    return "".join(c for c in text if c not in ",.;:")


def without_fillers(text: str) -> str:
    """As ``Heard.text`` gives it; writers put their "uh" into right sentences more than into wrong ones."""
    words = text.split()
    left_out = fillers(words)
    return " ".join(word for place, word in enumerate(words) if place not in left_out)


class Pairs:
    """Pairs as the adapter cuts them."""

    def __init__(self, form: Callable[[str], str]) -> None:
        self._form = form
        self._pieces = Pieces()

    def batch(self, pairs: Sequence[tuple[str, str]]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Word pieces, sides and mask, each of shape (pairs, longest)."""
        cut = [(self._pieces.of(self._form(a), MAX_STATEMENT), self._pieces.of(self._form(b), MAX_PASSAGE)) for a, b in pairs]
        longest = max(len(a) + len(b) + 3 for a, b in cut)
        ids, sides, mask = (torch.zeros(len(cut), longest, dtype=torch.long) for _ in range(3))
        for row, (a, b) in enumerate(cut):
            whole = [CLS, *a, SEP, *b, SEP]
            ids[row, : len(whole)] = torch.tensor(whole)
            sides[row, len(a) + 2 : len(whole)] = 1
            mask[row, : len(whole)] = 1
        return ids, sides, mask.bool()


def with_gaps(passage: str, dice: random.Random) -> str:
    """Half the time without some of the words that a learner leaves out and a recogniser misses."""
    if dice.random() < 0.5:
        return passage
    words = passage.split()
    kept = [w for w in words if dice.random() > (LITTLE_LOST if w in LITTLE else LOST)]
    return " ".join(kept) or passage


def batches(found: list[Example], dice: random.Random) -> Iterator[list[Example]]:
    """Of passages about equally long."""
    found.sort(key=lambda example: len(example[1]) + 25 * dice.random())
    cut = [found[i : i + BATCH] for i in range(0, len(found), BATCH)]
    dice.shuffle(cut)
    yield from cut


def train(
    epochs: int,
    onward: Path | None,
    out: Path,
    dice: random.Random,
    rate: float | None = None,
    shares: tuple[float, float] = (1.0, 1.0),
    *,
    plainly: bool = False,
) -> None:
    torch.manual_seed(0)
    learned, unseen = subjects()
    embedder = open_embedder()
    assert embedder is not None, "the packaged MiniLM is needed"
    answered = list(passages.said(embedder))
    pairs, model = Pairs(plain if plainly else str.lower), load(onward)
    steps = epochs * (len(examples(learned, answered, random.Random(0), shares)) // BATCH + 2)
    course = Course(model, rate or (ONWARD_RATE if onward else RATE), HEAD_RATE, steps)
    weights = torch.tensor(CLASS_WEIGHTS)
    began = time.monotonic()
    for epoch in range(1, epochs + 1):
        model.train()
        for batch in batches(examples(learned, answered, dice, shares), dice):
            with torch.autocast("cpu", torch.bfloat16):
                logits = model(*pairs.batch([(a, with_gaps(plain(b), dice) if plainly else b) for a, b, _ in batch]))
            wanted = torch.tensor([label for *_, label in batch])
            loss = functional.cross_entropy(logits.float(), wanted, weight=weights, label_smoothing=0.05)
            course.step(loss)
        print(f"epoch {epoch}, {time.monotonic() - began:.0f} s: {told_apart(model, pairs, unseen)}", flush=True)
        export(model, out)


def told_apart(model: CrossEncoder, pairs: Pairs, unseen: Sequence[Example]) -> str:
    """How well sentences of the questions kept out are told apart."""
    model.eval()
    with torch.no_grad():
        cut = [unseen[i : i + BATCH] for i in range(0, len(unseen), BATCH)]
        logits = torch.cat([model(*pairs.batch([(a, b) for a, b, _ in batch])).float() for batch in cut]).numpy()
    stance = logits[:, SAYS] - logits[:, DENIES]
    right = stance[[label == SAYS for *_, label in unseen]]
    wrong = stance[[label == DENIES for *_, label in unseen]]
    area = float(np.mean(right[:, None] > wrong[None, :]))
    kept = float(np.mean(wrong >= np.quantile(right, 0.1)))
    return f"area under the curve {area:.3f}; {kept:.0%} of denials kept where 10% of right sentences are lost"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--onward", type=Path, help="the network to begin with")
    parser.add_argument("--plain", action="store_true", help="for passages in plain form")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--rate", type=float, help="of learning, to begin with")
    parser.add_argument("--sentences", type=float, default=1.0, help="share of them shown an epoch")
    parser.add_argument("--answers", type=float, default=1.0, help="share of them shown an epoch")
    chosen = parser.parse_args()
    shares = chosen.sentences, chosen.answers
    out = chosen.out or (ENTAILMENT_PLAIN if chosen.plain else ENTAILMENT)
    train(chosen.epochs, chosen.onward, out, random.Random(0), chosen.rate, shares, plainly=chosen.plain)
