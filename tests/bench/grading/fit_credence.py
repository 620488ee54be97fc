"""Fits the weights of server/grading/credence.py on the develop half and prints them.

``python -m tests.bench.grading.fit_credence``. A logistic regression (L2, contradicted points weighed four times) over all
pattern matches of labelled answers: is the point met? Beside it, leaving each question out in turn, how many matches of
contradicted points would still be credited at the cut that loses a given share of the right ones.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from server.adapters.embedder import open_embedder
from server.bank.content import load_bank
from server.core.domain import PointStatus
from server.grading.embedded import EmbeddedGrader
from server.grading.items import as_answer, load_items
from server.settings import PROJECT

L2 = 3.0
CONTRADICTED_WEIGHT = 4.0
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


def main(data: Path = Path(__file__).parent / "data") -> None:
    questions = {question.id: question for question in load_bank(PROJECT / "rubrics").questions}
    grader = EmbeddedGrader(open_embedder())
    rows: list[dict[str, float]] = []
    labels: list[PointStatus] = []
    asked: list[str] = []
    for item in load_items(data, "develop"):
        question = questions[item.question]
        for point_id, seen in grader.signals(question, [as_answer(item, question)]).items() if item.points else ():
            if seen.features:
                rows.append(dict(seen.features))
                labels.append(item.points[point_id])
                asked.append(item.question)
    names = sorted(rows[0])
    x = np.array([[row[name] for name in names] for row in rows])
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    x = (x - mean) / spread
    met = np.array([label is PointStatus.MET for label in labels])
    wrong = np.array([label is PointStatus.CONTRADICTED for label in labels])
    weight = np.where(wrong, CONTRADICTED_WEIGHT, 1.0)
    question_of = np.array(asked)
    score = np.zeros(len(met))
    for left_out in sorted(set(asked)):
        here = question_of == left_out
        w = logistic(x[~here], met[~here].astype(float), weight[~here])
        score[here] = x[here] @ w[:-1] + w[-1]
    print(f"{len(met)} matches: {met.sum()} of points met, {wrong.sum()} of contradicted points")
    for loss in (0.02, 0.03, 0.05, 0.08):
        cut = float(np.quantile(score[met], loss))
        print(f"{loss:.0%} of right matches lost: {np.mean(score[wrong] >= cut):.0%} of wrong ones kept, cut {cut:.2f}")
    w = logistic(x, met.astype(float), weight)
    for name, value in zip(names, w[:-1] / spread, strict=True):
        print(f'    "{name}": {value:.2f},')
    print(f"BIAS = {w[-1] - float((w[:-1] * mean / spread).sum()):.2f}")


if __name__ == "__main__":
    main()
