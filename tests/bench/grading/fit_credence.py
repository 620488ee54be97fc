"""Fits the weights of server/grading/credence.py: prints those of its signs, writes all others.

``python -m tests.bench.grading.fit_credence``. Two logistic regressions (L2) over all points: is it made, and is its reverse
claimed? The points are those of answers from which the networks have not learned (``data/tune``, as written and some as
heard, ``data/unread``, ``data/nothing``); of the develop half, on whose questions the patterns were written; and of the bank's
model answers, which make all of theirs (they weigh as ``SOURCES`` says). In the first, contradicted points weigh twice.

Two more weigh these scores, each sixth of the questions' by what the others teach, against what the third network says;
``data/studied``, full of passages that keep the statement's words, weighs there only. A small network does so, too, beside how
each point stands among the others (docs/decisions/0028); it learns from short answers, too, though it is not asked about them.

Beside the weights, what some cuts would find. Takes over an hour on two cores, nearly all of it to read the answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from server.adapters.embedder import STATE_SIZE, open_embedder
from server.bank.content import load_bank
from server.core.domain import Bank, PointStatus, PointTier, Question, Transcript
from server.grading.credence import MADE, WORTH, close_features, features, weigh, weighed_values
from server.grading.embedded import EmbeddedGrader
from server.grading.measuring.items import Item, as_answer, load_items, load_spoken
from server.grading.signals import Signals
from server.grading.standing import standings
from server.settings import PROJECT
from tests.bench.grading.sentences import DATA, model_answer
from tests.bench.grading.small_network import train

L2_SIGNS, L2_STATES, L2_CLOSE = 30.0, 3000.0, 6.0
"""Of weights for values whose mean is 0 and whose spread is 1: there are 200 times as many states as signs."""
CONTRADICTED_WEIGHT = 2.0
SOURCES = {"tune": 1.0, "unread": 1.0, "heard": 0.5, "nothing": 0.5, "develop": 0.15, "model": 0.5, "studied": 0.0}
CLOSE_SOURCES = {**SOURCES, "model": 2.0, "studied": 1.0}
"""Model answers are most of what is close and right beside ``studied``."""
NETWORK_SOURCES = {**CLOSE_SOURCES, "nothing": 1.5}
LOWERED = 0.3
"""By how much the small network's odds that a point is made are lowered, so that the bars of ``decide.py`` suit both."""
FOLDS = 6
CUTS = (-1.0, -0.6, -0.3, 0.0, 0.5, 1.0, 1.5)
PLACES = {"passage": slice(0, 2 * STATE_SIZE), "whole": slice(2 * STATE_SIZE, 3 * STATE_SIZE)}
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """One point of one answer."""

    source: str
    question: str
    status: PointStatus
    signs: tuple[float, ...]
    states: NDArray[np.float32]
    """Of both networks at the best passage, then of the first over the whole answer, shape (3 s,)."""
    close: tuple[float, float, float]
    """Log probabilities that the point is said and that its reverse is, by the third network, and closeness."""
    weighed: tuple[float, ...]
    """What the small network weighs beside both scores."""


def items(bank: Bank) -> Iterator[tuple[str, Item, Transcript | None]]:
    """With the source of each, and what was heard of those said aloud."""
    aloud = load_spoken(DATA, "tune")
    for split in ("tune", "unread", "nothing", "develop", "studied"):
        yield from ((split, item, None) for item in load_items(DATA, split))
    yield from (("heard", item, aloud[item.id]) for item in load_items(DATA, "tune") if item.id in aloud)
    yield from (("model", model_answer(question), None) for question in bank.questions)


def rows(source: str, question: Question, item: Item, seen: dict[str, Signals]) -> Iterator[Row]:
    """Of the points that are read twice, and whose labels say what was said: a lean point may be met by way of a strong one,
    and not said at all."""
    by_strong = {
        point.id
        for criterion in question.criteria
        if any(p.tier is PointTier.STRONG and item.points.get(p.id) is PointStatus.MET for p in criterion.points)
        for point in criterion.points
        if point.tier is PointTier.LEAN
    }
    said = next((reading.found.heard.credit() for found in seen.values() for reading in found.readings), "")
    for (name, found), standing in zip(seen.items(), standings(question, said, enough=0), strict=True):
        best, whole, close = found.best, found.as_a_whole, found.close
        if name in item.points and best and whole and close and not (source in ("unread", "studied") and name in by_strong):
            states = np.concatenate([best.states, whole.states])
            yield Row(
                source,
                item.question,
                item.points[name],
                tuple(features(found).values()),
                states,
                (close.says, close.denies, found.closeness),
                tuple(weighed_values(0.0, 0.0, replace(found, standing=standing))[2:]),
            )


def logistic(x: Array, y: Array, weight: Array, penalty: Array) -> Array:
    """Coefficients, the bias last."""
    x = np.hstack([x, np.ones((len(x), 1))])
    w = np.zeros(x.shape[1])
    penalty = np.append(penalty, 1e-6)
    for _ in range(40):
        p = 1 / (1 + np.exp(-x @ w))
        gradient = x.T @ ((p - y) * weight) + penalty * w
        step = np.linalg.solve((x * (p * (1 - p) * weight)[:, None]).T @ x + np.diag(penalty), gradient)
        w -= step
        if np.abs(step).max() < 1e-4:
            break
    return w


def fitted(x: Array, wanted: NDArray[np.bool_], weight: Array, penalty: Array) -> tuple[Array, float]:
    """Weights of the values as they are, and the bias; rows without weight teach nothing."""
    x, wanted, weight = x[weight > 0], wanted[weight > 0], weight[weight > 0]
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-6
    w = logistic((x - mean) / spread, wanted.astype(float), weight, penalty)
    return w[:-1] / spread, float(w[-1] - (w[:-1] * mean / spread).sum())


def left_out(x: Array, wanted: NDArray[np.bool_], weight: Array, penalty: Array, fold: NDArray[np.int_]) -> Array:
    """Scores of each fold by what the others teach."""
    score = np.zeros(len(x))
    for number in range(FOLDS):
        here = fold == number
        w, bias = fitted(x[~here], wanted[~here], weight[~here], penalty)
        score[here] = x[here] @ w + bias
    return score


def fit(found: Iterable[Row]) -> None:
    """Prints what there is to print, and writes the weights of the states."""
    known = list(found)
    x = np.array([[*row.signs, *row.states] for row in known])
    penalty = np.where(np.arange(x.shape[1]) < len(MADE), L2_SIGNS, L2_STATES)
    usual = x[np.array([SOURCES[row.source] > 0 for row in known]), len(MADE) :].mean(axis=0)
    x[:, len(MADE) :] -= usual
    coefficients, scores = fit_both(("MADE", "DENIED"), known, x, penalty, SOURCES, list(MADE))
    worth = coefficients[:, len(MADE) :].T
    stored = {place: worth[part].astype(np.float32) for place, part in PLACES.items()}
    stored |= {f"{place}_usual": usual[part].astype(np.float32) for place, part in PLACES.items()}
    near = [close_features(*score, *row.close) for row, score in zip(known, scores, strict=True)]
    closer = np.array([list(features.values()) for features in near])
    penalty = np.full(closer.shape[1], L2_CLOSE)
    fit_both(("CLOSE_MADE", "CLOSE_DENIED"), known, closer, penalty, CLOSE_SOURCES, list(near[0]))
    network = fit_network(known, np.hstack([scores, [row.weighed for row in known]]))
    stored |= {name: value.astype(np.float32) for name, value in network.items()}
    np.savez(WORTH, **stored)  # type: ignore[arg-type]


def fit_network(known: list[Row], x: Array) -> dict[str, Array]:
    """Prints what each fold's points get by what the others teach. The arrays of all."""
    met, wrong, source, fold = labels(known)
    weight = np.array([NETWORK_SOURCES[row.source] for row in known])
    wanted = np.stack([met, wrong], axis=1).astype(float)
    weights = np.stack([weight * np.where(wrong, CONTRADICTED_WEIGHT, 1.0), weight], axis=1)
    scores = np.zeros(wanted.shape)
    for number in range(FOLDS):
        here, others = fold == number, (fold != number) & (weight > 0)
        scores[here] = weigh(train(x[others], wanted[others], weights[others]), x[here])
    for name, score in zip(("made", "denied"), scores.T, strict=True):
        tell(name, score, source, met, wrong)
    network = train(x[weight > 0], wanted[weight > 0], weights[weight > 0])
    network["bias"] = network["bias"] - [LOWERED, 0.0]
    return network


def labels(known: list[Row]) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.str_], NDArray[np.int_]]:
    """Of every row: is it met, is it contradicted, its source, its fold."""
    met, wrong = (np.array([row.status is status for row in known]) for status in (PointStatus.MET, PointStatus.CONTRADICTED))
    number = {name: place for place, name in enumerate(sorted({row.question for row in known}))}
    fold = np.array([number[row.question] % FOLDS for row in known])
    return met, wrong, np.array([row.source for row in known]), fold


def fit_both(
    names: tuple[str, str], known: list[Row], x: Array, penalty: Array, sources: dict[str, float], signs: list[str]
) -> tuple[Array, Array]:
    """Prints the weights of the signs for whether a point is made and for whether its reverse is claimed. All weights, shape
    (2, values), and the scores of every row by what the others teach, shape (rows, 2)."""
    met, wrong, source, fold = labels(known)
    weight = np.array([sources[name] for name in source])
    coefficients, scores = [], []
    heavier = np.where(wrong, CONTRADICTED_WEIGHT, 1.0)
    for name, wanted, heavy in zip(names, (met, wrong), (heavier, np.ones(len(wrong))), strict=True):
        score = left_out(x, wanted, weight * heavy, penalty, fold)
        tell(name, score, source, met, wrong)
        found, bias = fitted(x, wanted, weight * heavy, penalty)
        print(f"{name}: Mapping[str, float] = {{")
        for feature, value in zip(signs, found, strict=False):
            print(f'    "{feature}": {value:.2f},')
        print(f"}}\n{name}_BIAS = {bias:.2f}")
        coefficients.append(found)
        scores.append(score)
    return np.array(coefficients), np.stack(scores, axis=1)


def tell(name: str, score: Array, source: NDArray[np.str_], met: NDArray[np.bool_], wrong: NDArray[np.bool_]) -> None:
    """Prints what some cuts would find."""
    for cut in CUTS:
        print(f"{name} from {cut}: {'; '.join(told(one, source == one, score >= cut, met, wrong) for one in SOURCES)}")


def told(name: str, here: NDArray[np.bool_], found: NDArray[np.bool_], met: NDArray[np.bool_], wrong: NDArray[np.bool_]) -> str:
    """Shares of points met, contradicted and neither that are found."""
    groups = (met, wrong, ~met & ~wrong)
    shares = (f"{found[here & group].mean():.1%}" if (here & group).any() else "-" for group in groups)
    return f"{name} {' / '.join(shares)}"


def main() -> None:
    bank = load_bank(PROJECT / "rubrics")
    grader = EmbeddedGrader(open_embedder())
    found: list[Row] = []
    for source, item, heard in items(bank):
        question = bank.question(item.question)
        found += rows(source, question, item, grader.signals(question, [as_answer(item, question, heard)]))
    fit(found)


if __name__ == "__main__":
    main()
