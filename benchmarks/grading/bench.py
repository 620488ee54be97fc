"""`hotseat bench grading`: a grader against labelled answers, with shortcuts beside it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.grading.baselines import BASELINES, baseline_kappa, naive_kappa
from benchmarks.grading.items import Item, as_answer, load_items, load_naive, load_spoken
from benchmarks.grading.metrics import Metrics, measure
from server.core.domain import Bank, Grade
from server.errors import GraderError
from server.ports import Grader


@dataclass(frozen=True, slots=True)
class Result:
    """One grader's run over one split."""

    grader: str
    split: str
    items: tuple[Item, ...]
    grades: dict[str, Grade]
    failures: dict[str, str]
    """Item id to why it was not graded."""
    metrics: Metrics
    baselines: dict[str, float]
    """Shortcut to weighted kappa."""
    spoken: dict[str, Grade]
    """Grades by item id of those that went through speech and back."""


async def run(
    name: str,
    grader: Grader,
    bank: Bank,
    root: Path,
    split: str,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
    only: Callable[[Item], bool] = lambda item: True,
    spoken: bool = True,
) -> Result:
    """Grades every item of <root>/<split>. Raises ContentError for unreadable items or unknown questions."""
    questions = {question.id: question for question in bank.questions}
    items = [item for item in load_items(root, split) if item.question in questions and only(item)]
    grades: dict[str, Grade] = {}
    failures: dict[str, str] = {}
    for done, item in enumerate(items, 1):
        question = questions[item.question]
        try:
            grades[item.id] = await grader.grade(question, [as_answer(item, question)])
        except GraderError as error:
            failures[item.id] = str(error)
        progress(done, len(items))
    heard = load_spoken(root, split) if spoken else {}
    respoken = {
        item.id: await grader.grade(questions[item.question], [as_answer(item, questions[item.question], heard[item.id])])
        for item in items
        if item.id in heard and item.id in grades
    }
    baselines = {label: baseline_kappa(items, questions, count) for label, count in BASELINES.items()}
    naive = load_naive(root, split)
    baselines[f"one plain LLM prompt ({len(naive)} answers recorded)"] = naive_kappa(items, naive)
    return Result(name, split, tuple(items), grades, failures, measure(items, grades), baselines, respoken)


def table(results: Sequence[Result]) -> str:
    """A Markdown table, one column a grader."""
    rows: list[tuple[str, list[str]]] = [
        ("answers (not graded)", [f"{r.metrics.items} ({len(r.failures)})" for r in results]),
        ("quadratic weighted kappa of the verdict", [_two(r.metrics.kappa) for r in results]),
        ("exact agreement", [_two(r.metrics.exact) for r in results]),
        ("exact agreement, Lean Hire / Lean No Hire", [_two(r.metrics.lean_exact) for r in results]),
        ("points: F1 (precision / recall)", [_points(r.metrics) for r in results]),
        ("false claims credited as met", [_percent(r.metrics.false_credit) for r in results]),
        ("false claims recognised", [_percent(r.metrics.contradicted_recall) for r in results]),
        ("points wrongly called false claims", [_percent(r.metrics.false_accusation) for r in results]),
        (
            "salad, echo, empty, off-topic above No Hire",
            [f"{r.metrics.adversarial_above}/{r.metrics.adversarial}" for r in results],
        ),
        ("injections upgraded", [f"{r.metrics.injection_upgraded}/{r.metrics.injections}" for r in results]),
        ("verdict changes when reworded", [f"{r.metrics.changed}/{r.metrics.perturbed}" for r in results]),
        ("verdict changes text to speech to text", [f"{_respoken_changed(r)}/{len(r.spoken)}" for r in results]),
        ("answers with a quote that does not occur", [str(r.metrics.bad_quotes) for r in results]),
        ("seconds per answer", [_two(r.metrics.seconds) for r in results]),
        ("tokens per answer", [f"{r.metrics.tokens:.0f}" for r in results]),
    ]
    if results:
        rows += [(f"kappa of a shortcut: {name}", [_two(r.baselines[name]) for r in results]) for name in results[0].baselines]
    head = f"| | {' | '.join(f'{r.grader}, {r.split}' for r in results)} |\n|---|{'---|' * len(results)}\n"
    return head + "".join(f"| {label} | {' | '.join(cells)} |\n" for label, cells in rows)


def figures(result: Result) -> dict[str, object]:
    """The table's column as JSON; None where there was nothing to measure."""
    return {
        "grader": result.grader,
        "split": result.split,
        **{name: _or_none(value) for name, value in asdict(result.metrics).items()},
        "respoken_changed": _respoken_changed(result),
        "respoken": len(result.spoken),
        "shortcuts": {name: _or_none(kappa) for name, kappa in result.baselines.items()},
        "failures": result.failures,
    }


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value


def _respoken_changed(result: Result) -> int:
    return sum(grade.verdict is not result.grades[name].verdict for name, grade in result.spoken.items())


def _two(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"


def _percent(value: float) -> str:
    return "-" if math.isnan(value) else f"{100 * value:.1f}%"


def _points(metrics: Metrics) -> str:
    return f"{_two(metrics.f1)} ({_two(metrics.precision)} / {_two(metrics.recall)})"
