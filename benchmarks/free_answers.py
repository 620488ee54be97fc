"""Accuracy of a grader on free answers: their writers saw only the question, and others labelled every point.

``python -m benchmarks.free_answers --part known-test`` grades them with the configured grader. Part ``databases`` needs
``HOTSEAT_RUBRICS_DIR=tests/banks/databases``, a question bank that the reader wasn't trained on.
``--graded FILE`` evaluates grades from ``hotseat grade --batch`` instead (``--write-batch FILE`` writes the batch). Rates have
95 % intervals from 2,000 bootstrap samples of the questions, and simple baselines beside them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import random
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotseat.domain.model import Answer, Question, Transcript, Verdict
from hotseat.questions.content import load_bank
from hotseat.settings import PROJECT, load_settings
from hotseat.text.normal import tokenize

from benchmarks.guards.metrics import ranks, weighted_kappa

DATA = PROJECT / "training" / "data" / "free"
RESAMPLINGS = 2000
PARTS = (
    "known-develop",
    "known-test",
    "fresh-test",
    "later-develop",
    "later-test",
    "more-develop",
    "more-test",
    "varied-develop",
    "varied-test",
    "mistaken-develop",
    "mistaken-test",
    "short-develop",
    "short-test",
    "short-test-2",
    "mixed-test",
    "databases",
)
"""Answers that the reader has not learned from; the develop parts chose its thresholds."""


@dataclass(frozen=True, slots=True)
class Graded:
    """One labelled answer with what a grader made of it."""

    question: str
    kind: str
    verdict: Verdict
    """As labelled."""
    labels: Mapping[str, str]
    """Point id to met, partly, no or wrong."""
    given: Verdict
    statuses: Mapping[str, str]
    """Point id to met, not sure, not met or contradicted."""
    seconds: float = 0.0


def load(part: str) -> list[dict[str, Any]]:
    """The labelled answers of one part."""
    return [json.loads(line) for line in (DATA / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()]


RATES: dict[str, tuple[Callable[[str, str], bool], Callable[[str, str], bool]]] = {
    # name: (which (label, status) pairs are counted, which of those are faults or hits)
    "denied": (lambda label, _: label == "met", lambda _, status: status not in ("met", "not sure")),
    "credited": (lambda label, _: label in ("no", "wrong"), lambda _, status: status == "met"),
    "named": (lambda label, _: label == "wrong", lambda _, status: status == "contradicted"),
    "named or to check": (lambda label, _: label == "wrong", lambda _, status: status in ("contradicted", "not sure")),
    "unsure": (lambda *_: True, lambda _, status: status == "not sure"),
}


def rates(graded: Sequence[Graded]) -> dict[str, float]:
    """Everything that is counted (shared definitions: training/data/README.md)."""
    pairs = [(label, one.statuses.get(point, "not met")) for one in graded for point, label in one.labels.items()]
    found = {name: _share([hit(*p) for p in pairs if counted(*p)]) for name, (counted, hit) in RATES.items()}
    made = [status == "met" for label, status in pairs if label == "met"]
    right = [label in ("met", "partly") for label, status in pairs if status == "met"]
    precision, recall = _share(right), _share(made)
    found["F1"] = 2 * precision * recall / max(1e-9, precision + recall)
    found["accused"] = _share(
        [any(one.statuses.get(p) == "contradicted" and label != "wrong" for p, label in one.labels.items()) for one in graded]
    )
    truth, given = ranks([one.verdict for one in graded]), ranks([one.given for one in graded])
    found["kappa"] = weighted_kappa(truth, given)
    found["exact"] = _share([a == b for a, b in zip(truth, given, strict=True)])
    found["off by two"] = float(sum(abs(a - b) > 1 for a, b in zip(truth, given, strict=True)))
    found["too low"] = float(sum(a > b for a, b in zip(truth, given, strict=True)))
    found["too high"] = float(sum(a < b for a, b in zip(truth, given, strict=True)))
    return found


def intervals(graded: Sequence[Graded], seed: int = 1) -> dict[str, tuple[float, float]]:
    """95 % intervals, questions resampled with replacement."""
    dice = random.Random(seed)
    by_question: dict[str, list[Graded]] = {}
    for one in graded:
        by_question.setdefault(one.question, []).append(one)
    names = sorted(by_question)
    drawn = [
        rates([one for name in dice.choices(names, k=len(names)) for one in by_question[name]]) for _ in range(RESAMPLINGS)
    ]
    found = {}
    for name in drawn[0]:
        values = sorted(value[name] for value in drawn if not math.isnan(value[name]))
        found[name] = (values[int(0.025 * len(values))], values[int(0.975 * len(values))])
    return found


def shortcuts(answers: Sequence[Mapping[str, Any]], questions: Mapping[str, Question]) -> dict[str, float]:
    """Verdict kappa of counts that take no notice of meaning, cut so that as many answers get each verdict as by the labels."""
    truth = ranks([Verdict(row["verdict"]) for row in answers])
    counts: dict[str, Callable[[str, Question], float]] = {
        "answer length": lambda text, _: len(text.split()),
        "the number of key terms": lambda text, question: sum(_holds(text, term.term) for term in question.key_terms),
    }
    found = {}
    for name, count in counts.items():
        order = sorted(range(len(answers)), key=lambda i: (count(answers[i]["text"], questions[answers[i]["question"]]), i))
        given = [0] * len(answers)
        for place, level in zip(order, sorted(truth), strict=True):
            given[place] = level
        found[name] = weighted_kappa(truth, given)
    return found


def _holds(text: str, term: str) -> bool:
    return " ".join(token.text for token in tokenize(term)) in " ".join(token.text for token in tokenize(text))


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else math.nan


def as_graded(row: Mapping[str, Any], result: Mapping[str, Any]) -> Graded:
    """A labelled answer and a line of ``hotseat grade --batch``."""
    statuses = {finding["point_id"]: finding["status"] for item in result["criteria"] for finding in item["findings"]}
    labels = {name: label["l"] for name, label in row["points"].items()}
    given = Verdict(result["verdict"])
    return Graded(row["question"], row["kind"], Verdict(row["verdict"]), labels, given, statuses, result.get("seconds", 0.0))


async def grade(answers: Sequence[Mapping[str, Any]], heard: bool) -> list[Graded]:
    from hotseat.startup.assembly import assemble
    from hotseat.startup.models import load_for_grading

    assembly = assemble(load_settings())
    grader = await load_for_grading(assembly)
    found = []
    for row in answers:
        question = assembly.library.bank.question(row["question"])
        transcript = Transcript.of_typed(row["heard"] if heard else row["text"])
        answer = Answer.alone(question, transcript)
        result = await grader.grade(question, [answer])
        statuses = {finding.point_id: finding.status.value for finding in result.findings}
        labels = {name: label["l"] for name, label in row["points"].items()}
        verdict = Verdict(row["verdict"])
        found.append(Graded(question.id, row["kind"], verdict, labels, result.verdict, statuses, result.seconds))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, default="known-test")
    parser.add_argument("--heard", action="store_true", help="only answers that went through the recogniser, as it heard them")
    parser.add_argument("--graded", type=Path, help="output of hotseat grade --batch")
    parser.add_argument("--write-batch", type=Path, help="write the input of hotseat grade --batch and stop")
    given = parser.parse_args()
    answers = [row for row in load(given.part) if not given.heard or "heard" in row]
    if given.write_batch:
        rows = ({"id": row["id"], "question": row["question"], "answer": row["text"]} for row in answers)
        given.write_batch.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        return
    if given.graded:
        results = {row["id"]: row for row in map(json.loads, given.graded.read_text(encoding="utf-8").splitlines())}
        graded = [as_graded(row, results[row["id"]]) for row in answers if row["id"] in results]
    else:
        graded = asyncio.run(grade(answers, given.heard))
    points = sum(len(one.labels) for one in graded)
    print(f"{given.part}: {len(graded)} answers to {len({one.question for one in graded})} questions, {points} points")
    spread = intervals(graded)
    for name, value in rates(graded).items():
        print(f"{name:20} {value:7.3f}   {spread[name][0]:.3f} to {spread[name][1]:.3f}")
    print(f"seconds an answer    {statistics.median(one.seconds for one in graded):7.2f}")
    questions = {question.id: question for question in load_bank(load_settings().rubrics_dir).questions}
    for name, value in shortcuts(answers, questions).items():
        print(f"kappa from {name} alone: {value:.2f}")


if __name__ == "__main__":
    main()
