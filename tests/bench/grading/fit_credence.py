"""Fits the weights of server/grading/credence.py and prints them.

``python -m tests.bench.grading.fit_credence``. A logistic regression (L2) over all pattern matches: is the point met? The
matches are those of the develop half's labelled answers, of the bank's model answers, which make all their points, and of
answers made of sentences that the network behind ``stance`` has not read (half as heavy; ``sentences.py``). Contradicted
points weigh four times. Beside the weights, leaving an eighth of the questions out in turn, what would be lost and kept at
some cuts.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from server.adapters.embedder import open_embedder
from server.bank.content import load_bank
from server.core.domain import Bank, PointStatus, Verdict
from server.grading.embedded import EmbeddedGrader
from server.grading.items import Item, as_answer, load_items
from server.settings import PROJECT
from tests.bench.grading import sentences

L2 = 3.0
CONTRADICTED_WEIGHT = 4.0
MADE_WEIGHT = 0.5
FOLDS = 8
MODEL, MADE = "model", "made"
Array = NDArray[np.float64]


def logistic(x: Array, y: Array, weight: Array) -> Array:
    """Coefficients, the bias last."""
    x = np.hstack([x, np.ones((len(x), 1))])
    w = np.zeros(x.shape[1])
    penalty = np.full(len(w), L2)
    penalty[-1] = 1e-6
    for _ in range(40):
        p = 1 / (1 + np.exp(-x @ w))
        gradient = x.T @ ((p - y) * weight) + penalty * w
        w -= np.linalg.solve((x * (p * (1 - p) * weight)[:, None]).T @ x + np.diag(penalty), gradient)
    return w


def items(bank: Bank) -> Iterator[Item]:
    yield from load_items(sentences.DATA, "develop")
    for question in bank.questions:
        met = {point.id: PointStatus.MET for point in question.points}
        yield Item(f"model-{question.id}", question.id, MODEL, Verdict.STRONG_HIRE, met, question.model_answer)
    for name in sorted(sentences.kept_out()):
        yield from sentences.made(bank.question(name))


def main() -> None:
    bank = load_bank(PROJECT / "rubrics")
    grader = EmbeddedGrader(open_embedder())
    rows: list[dict[str, float]] = []
    labels: list[PointStatus] = []
    sources: list[str] = []
    asked: list[str] = []
    for item in items(bank):
        question = bank.question(item.question)
        for point_id, seen in grader.signals(question, [as_answer(item, question)]).items() if item.points else ():
            if seen.features and point_id in item.points:
                rows.append(dict(seen.features))
                labels.append(item.points[point_id])
                sources.append(item.family if item.family in (MODEL, MADE) else "develop")
                asked.append(item.question)
    names = sorted(rows[0])
    x = np.array([[row[name] for name in names] for row in rows])
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    x = (x - mean) / spread
    met = np.array([label is PointStatus.MET for label in labels])
    wrong = np.array([label is PointStatus.CONTRADICTED for label in labels])
    source = np.array(sources)
    weight = np.where(wrong, CONTRADICTED_WEIGHT, 1.0) * np.where(source == MADE, MADE_WEIGHT, 1.0)
    number = {name: place for place, name in enumerate(sorted(set(asked)))}
    fold = np.array([number[name] % FOLDS for name in asked])
    score = np.zeros(len(met))
    for left_out in range(FOLDS):
        here = fold == left_out
        w = logistic(x[~here], met[~here].astype(float), weight[~here])
        score[here] = x[here] @ w[:-1] + w[-1]
    for cut in (-0.7, -0.5, -0.3, -0.1, 0.1):
        told = []
        for name in ("develop", MADE):
            lost, kept = np.mean(score[met & (source == name)] < cut), np.mean(score[wrong & (source == name)] >= cut)
            told.append(f"{name} {lost:.1%} lost, {kept:.0%} of false claims kept")
        print(f"cut {cut}: {'; '.join(told)}; {MODEL} {np.mean(score[source == MODEL] < cut):.1%} lost")
    w = logistic(x, met.astype(float), weight)
    for name, value in zip(names, w[:-1] / spread, strict=True):
        print(f'    "{name}": {value:.2f},')
    print(f"BIAS = {w[-1] - float((w[:-1] * mean / spread).sum()):.2f}")


if __name__ == "__main__":
    main()
