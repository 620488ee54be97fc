"""Fits the weights of server/grading/credence.py on the develop half and prints them.

``python -m tests.bench.grading.fit_credence``. A logistic regression (L2, contradicted points weighed four times) over all
pattern matches of labelled answers: is the point met? The rubrics foresee this half's false claims better than anybody's,
since they were written beside them; so every match counts half as it is, and half as if a false claim had been foreseen no
better than a right sentence is. Beside the weights, leaving each question out in turn, how many matches of contradicted
points would still be credited at the cut that loses a given share of the right ones.
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
    met = np.array([label is PointStatus.MET for label in labels])
    wrong = np.array([label is PointStatus.CONTRADICTED for label in labels])
    foreseen = np.array([[row[name] for name in names] for row in rows])
    unforeseen = foreseen.copy()
    doubt = names.index("doubt")
    unforeseen[wrong, doubt] = np.minimum(foreseen[wrong, doubt], np.median(foreseen[met, doubt]))
    both = np.vstack([foreseen, unforeseen])
    mean, spread = both.mean(axis=0), both.std(axis=0) + 1e-9
    foreseen, unforeseen, both = ((x - mean) / spread for x in (foreseen, unforeseen, both))
    wanted = np.tile(met.astype(float), 2)
    weight = np.tile(np.where(wrong, CONTRADICTED_WEIGHT, 1.0) / 2, 2)
    question_of = np.array(asked)
    scores = {"foreseen": np.zeros(len(met)), "not foreseen": np.zeros(len(met))}
    for left_out in sorted(set(asked)):
        here = question_of == left_out
        w = logistic(both[np.tile(~here, 2)], wanted[np.tile(~here, 2)], weight[np.tile(~here, 2)])
        for score, x in zip(scores.values(), (foreseen, unforeseen), strict=True):
            score[here] = x[here] @ w[:-1] + w[-1]
    print(f"{len(met)} matches: {met.sum()} of points met, {wrong.sum()} of contradicted points")
    for loss in (0.02, 0.03, 0.05, 0.08):
        cut = float(np.quantile(scores["foreseen"][met], loss))
        kept = ", ".join(f"{np.mean(score[wrong] >= cut):.0%} if {name}" for name, score in scores.items())
        print(f"{loss:.0%} of right matches lost at {cut:.2f}; wrong ones kept: {kept}")
    w = logistic(both, wanted, weight)
    for name, value in zip(names, w[:-1] / spread, strict=True):
        print(f'    "{name}": {value:.2f},')
    print(f"BIAS = {w[-1] - float((w[:-1] * mean / spread).sum()):.2f}")


if __name__ == "__main__":
    main()
