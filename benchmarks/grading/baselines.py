"""Shortcuts that a good set of answers must not reward: length, key-term counts, number words.

Each ranks the answers by one count and cuts the ranking so that every verdict gets as many answers as the labels have:
kinder to the shortcut than any threshold chosen beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from server.grading.terms import fold_terms

from benchmarks.grading.items import Item
from benchmarks.grading.metrics import weighted_kappa
from server.core.domain import Question
from server.core.normal import tokenize
from server.core.scoring import ordered

Count = Callable[[Item, Question], float]


def length(item: Item, _: Question) -> float:
    return len(item.text.split())


def key_terms(item: Item, question: Question) -> float:
    said = " ".join(token.text for token in fold_terms(tokenize(item.text), question.key_terms))
    return sum(" ".join(token.text for token in tokenize(term.term)) in said for term in question.key_terms)


def numbers(item: Item, _: Question) -> float:
    return sum(any(letter.isdigit() for letter in token.text) for token in tokenize(item.text))


BASELINES: dict[str, Count] = {"answer length": length, "key terms said": key_terms, "number words": numbers}


def baseline_kappa(items: Sequence[Item], questions: Mapping[str, Question], count: Count) -> float:
    truth = ordered([item.verdict for item in items])
    order = sorted(range(len(items)), key=lambda i: (count(items[i], questions[items[i].question]), items[i].id))
    given = [0] * len(items)
    for place, level in zip(order, sorted(truth), strict=True):
        given[place] = level
    return weighted_kappa(truth, given)


def naive_kappa(items: Sequence[Item], grades: Mapping[str, int]) -> float:
    """Of the grades 1 to 4 that a plain prompt gave, over the items that have one."""
    graded = [item for item in items if item.id in grades]
    return weighted_kappa(ordered([item.verdict for item in graded]), [grades[item.id] - 1 for item in graded])
