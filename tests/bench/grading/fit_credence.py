"""Fits the weights of server/grading/credence.py and prints them.

``python -m tests.bench.grading.fit_credence``. Two logistic regressions (L2) over all points: is it made, and is its reverse
claimed? The points are those of the answers in ``data/tune``, from which the network has not learned, as written and some as
heard; of the develop half, on whose questions the patterns were written; and of the bank's model answers, which make all of
theirs (they weigh as ``SOURCES`` says).
In the first, contradicted points weigh twice. Beside the weights, leaving a sixth of the questions out in turn, what some
cuts would find.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from server.adapters.embedder import open_embedder
from server.bank.content import load_bank
from server.core.domain import Bank, PointStatus, Transcript
from server.grading.credence import features
from server.grading.embedded import EmbeddedGrader
from server.grading.items import Item, as_answer, load_items, load_spoken
from server.settings import PROJECT
from tests.bench.grading.sentences import DATA, model_answer

L2 = 3.0
CONTRADICTED_WEIGHT = 2.0
SOURCES = {"tune": 1.0, "heard": 0.5, "develop": 0.15, "model": 0.5}
FOLDS = 6
CUTS = (-1.0, -0.7, -0.4, -0.1, 0.2, 0.5, 1.0, 1.5)
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


def items(bank: Bank) -> Iterator[tuple[str, Item, Transcript | None]]:
    """With the source of each, and what was heard of those said aloud."""
    aloud = load_spoken(DATA, "tune")
    for split in ("tune", "develop"):
        yield from ((split, item, None) for item in load_items(DATA, split))
    yield from (("heard", item, aloud[item.id]) for item in load_items(DATA, "tune") if item.id in aloud)
    yield from (("model", model_answer(question), None) for question in bank.questions)


def main() -> None:
    bank = load_bank(PROJECT / "rubrics")
    grader = EmbeddedGrader(open_embedder())
    rows: list[dict[str, float]] = []
    labels: list[PointStatus] = []
    sources: list[str] = []
    asked: list[str] = []
    for source, item, heard in items(bank):
        question = bank.question(item.question)
        for point_id, seen in grader.signals(question, [as_answer(item, question, heard)]).items() if item.points else ():
            if point_id in item.points:
                rows.append(features(seen))
                labels.append(item.points[point_id])
                sources.append(source)
                asked.append(item.question)
    x = np.array([list(row.values()) for row in rows])
    met, wrong = (np.array([label is status for label in labels]) for status in (PointStatus.MET, PointStatus.CONTRADICTED))
    source = np.array(sources)
    weight = np.array([SOURCES[name] for name in sources])
    number = {name: place for place, name in enumerate(sorted(set(asked)))}
    fold = np.array([number[name] % FOLDS for name in asked])
    for name, wanted, heavy in (
        ("MADE", met, np.where(wrong, CONTRADICTED_WEIGHT, 1.0)),
        ("DENIED", wrong, np.ones(len(wrong))),
    ):
        score = left_out(x, wanted, weight * heavy, fold)
        for cut in CUTS:
            print(
                f"{name} from {cut}: {'; '.join(told(label, source == label, score >= cut, met, wrong) for label in SOURCES)}"
            )
        coefficients, bias = fitted(x, wanted, weight * heavy)
        print(f"{name}: Mapping[str, float] = {{")
        for feature, value in zip(rows[0], coefficients, strict=True):
            print(f'    "{feature}": {value:.2f},')
        print(f"}}\n{name}_BIAS = {bias:.2f}")


def fitted(x: Array, wanted: NDArray[np.bool_], weight: Array) -> tuple[Array, float]:
    """Weights of the features as they are, and the bias."""
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    w = logistic((x - mean) / spread, wanted.astype(float), weight)
    return w[:-1] / spread, float(w[-1] - (w[:-1] * mean / spread).sum())


def left_out(x: Array, wanted: NDArray[np.bool_], weight: Array, fold: NDArray[np.int_]) -> Array:
    """Scores of each fold by what the others teach."""
    score = np.zeros(len(x))
    for number in range(FOLDS):
        here = fold == number
        w, bias = fitted(x[~here], wanted[~here], weight[~here])
        score[here] = x[here] @ w + bias
    return score


def told(name: str, here: NDArray[np.bool_], found: NDArray[np.bool_], met: NDArray[np.bool_], wrong: NDArray[np.bool_]) -> str:
    """Shares of points met, contradicted and neither that are found."""
    groups = (met, wrong, ~met & ~wrong)
    shares = (f"{found[here & group].mean():.1%}" if (here & group).any() else "-" for group in groups)
    return f"{name} {' / '.join(shares)}"


if __name__ == "__main__":
    main()
