"""``data/train``: answers to questions of no other split, with the words that make or contradict each point.

The network (``train_entailment``) learns from them. Weights and cuts are fitted on the like to other questions: ``data/tune``.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from server.bank.content import load_bank
from server.core.domain import PointStatus
from server.core.evidence import locate
from server.grading.embedding import Embedder, likeness
from server.grading.hearing import Heard, Span, hear
from server.grading.measuring.items import as_answer, load_items
from server.grading.signals import READ, cut_in_windows
from server.settings import PROJECT
from tests.bench.grading.sentences import DATA

SPLIT = "train"
COVERED = 0.7
"""Share of a quote's words from which a window holds it."""


@dataclass(frozen=True, slots=True)
class Said:
    """What an answer shows of one point. A passage is cut anew each time it is learned from."""

    question: str
    statement: str
    status: PointStatus
    heard: Heard
    quote: Span | None
    windows: tuple[Span, ...]
    """Those that hold the quote; where the point is not met, those most like it, which the grader would read."""

    def passage(self, dice: random.Random) -> str:
        """A window that shows the status, or the quote with some words around it."""
        if self.quote and (not self.windows or dice.random() < 0.4):
            start, end = self.quote
            return self.heard.text((max(0, start - dice.randint(0, 8)), min(len(self.heard.words), end + dice.randint(0, 8))))
        return self.heard.text(dice.choice(self.windows))

    def whole(self, dice: random.Random) -> str:
        """All of the answer that may earn credit, or half the time some clauses in a row, with the quote among them."""
        clauses = self.heard.credited
        first, last = 0, len(clauses)
        if dice.random() < 0.5:
            start, end = self.quote or dice.choice(self.windows)
            first = dice.randint(0, sum(clause[1] <= start for clause in clauses))
            last = dice.randint(sum(clause[0] < end for clause in clauses), len(clauses))
        return self.heard.credit(first, last)


def said(embedder: Embedder) -> Iterator[Said]:
    """Every point of every answer that the network may learn from."""
    bank = load_bank(PROJECT / "rubrics")
    quotes = _quotes()
    for item in load_items(DATA, SPLIT):
        question = bank.question(item.question)
        heard = hear(question, as_answer(item, question))
        spans = [window.span for window in cut_in_windows([heard])]
        vectors = embedder.embed([heard.text(span) for span in spans])
        for point in question.points if spans else ():
            status = item.points[point.id]
            quote = _place(heard, quotes[item.id].get(point.id, ""))
            if status is PointStatus.NOT_MET:
                nearest = np.argsort(-likeness(point, vectors, embedder), kind="stable")[:READ]
                yield Said(question.id, point.statement, status, heard, None, tuple(spans[i] for i in nearest))
            elif quote:
                holding = tuple(span for span in spans if _shared(span, quote) >= COVERED * (quote[1] - quote[0]))
                yield Said(question.id, point.statement, status, heard, quote, holding)


def _quotes() -> dict[str, dict[str, str]]:
    """By item, by point."""
    lines = (line for path in sorted((DATA / SPLIT).glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines())
    return {row["id"]: row.get("quotes", {}) for row in map(json.loads, lines)}


def _place(heard: Heard, quote: str) -> Span | None:
    found = locate(heard.answer.transcript, quote, heard.answer.turn_id) if quote else None
    return (found.word_start, found.word_end) if found else None


def _shared(a: Span, b: Span) -> int:
    return min(a[1], b[1]) - max(a[0], b[0])
