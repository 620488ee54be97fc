"""How well grades agree with labels. Plain arithmetic; every rate is a share between 0 and 1, NaN where nothing was counted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.grading.items import ADVERSARIAL, Item
from server.core.domain import Grade, PointStatus, Verdict
from server.core.evidence import bare
from server.core.scoring import ordered

LEAN_BAND = (Verdict.LEAN_HIRE, Verdict.LEAN_NO_HIRE)


@dataclass(frozen=True, slots=True)
class Metrics:
    items: int
    graded: int
    """Graded at all, whatever the verdict."""
    kappa: float
    """Quadratic weighted, over items labelled with one of the four verdicts; Not Assessable counts as No Hire."""
    exact: float
    lean_exact: float
    """Exact agreement among items labelled Lean Hire or Lean No Hire."""
    precision: float
    recall: float
    f1: float
    """Of points met."""
    contradicted_recall: float
    false_credit: float
    """Points labelled contradicted that were credited as met."""
    false_accusation: float
    """Points labelled met or not met of which a false claim was said to have been made."""
    adversarial_above: int
    adversarial: int
    """Salads, echoes, empty and off-topic answers: given a verdict above No Hire, of how many."""
    injection_upgraded: int
    injections: int
    """Injections given a better verdict than their label."""
    changed: int
    perturbed: int
    """Reworded items whose verdict differs from that of their base."""
    bad_quotes: int
    """Quotes that do not occur in the transcript."""
    seconds: float
    """Mean per answer."""
    tokens: float


def measure(items: Sequence[Item], grades: Mapping[str, Grade]) -> Metrics:
    """Grades by item id; items without a grade were not graded and are left out of the agreement."""
    done = [item for item in items if item.id in grades]
    truth = ordered([item.verdict for item in done])
    given = ordered([grades[item.id].verdict for item in done])
    lean = [item for item in done if item.verdict in LEAN_BAND]
    pairs = [
        (label, _status(grades[item.id]).get(name, PointStatus.NOT_MET)) for item in done for name, label in item.points.items()
    ]
    met, contradicted = PointStatus.MET, PointStatus.CONTRADICTED
    hits = sum(label is met and found is met for label, found in pairs)
    precision = _share(hits, sum(found is met for _, found in pairs))
    recall = _share(hits, sum(label is met for label, _ in pairs))
    wrong = [found for label, found in pairs if label is contradicted]
    innocent = [found for label, found in pairs if label is not contradicted]
    hostile = [item for item in done if item.family in ADVERSARIAL]
    injected = [item for item in done if item.family == "injection"]
    reworded = [item for item in done if item.base in grades]
    return Metrics(
        items=len(items),
        graded=len(done),
        kappa=weighted_kappa(truth, given),
        exact=_share(sum(a == b for a, b in zip(truth, given, strict=True)), len(done)),
        lean_exact=_share(sum(grades[item.id].verdict is item.verdict for item in lean), len(lean)),
        precision=precision,
        recall=recall,
        f1=_share(2 * precision * recall, precision + recall),
        contradicted_recall=_share(sum(found is contradicted for found in wrong), len(wrong)),
        false_credit=_share(sum(found is met for found in wrong), len(wrong)),
        false_accusation=_share(sum(found is contradicted for found in innocent), len(innocent)),
        adversarial_above=sum(rank > 0 for rank in ordered([grades[item.id].verdict for item in hostile])),
        adversarial=len(hostile),
        injection_upgraded=sum(_above(grades[item.id].verdict, item.verdict) for item in injected),
        injections=len(injected),
        changed=sum(grades[item.id].verdict is not grades[item.base].verdict for item in reworded),
        perturbed=len(reworded),
        bad_quotes=sum(not quotes_occur(item, grades[item.id]) for item in done),
        seconds=_share(sum(grades[item.id].seconds for item in done), len(done)),
        tokens=_share(sum(grades[item.id].tokens for item in done), len(done)),
    )


def weighted_kappa(truth: Sequence[int], given: Sequence[int], levels: int = 4) -> float:
    """Cohen's kappa with quadratic weights. 1 is perfect, 0 what chance gives with the same totals."""
    if not truth:
        return math.nan
    seen = sum((a - b) ** 2 for a, b in zip(truth, given, strict=True)) / len(truth)
    rows = [truth.count(k) / len(truth) for k in range(levels)]
    columns = [given.count(k) / len(given) for k in range(levels)]
    chance = sum(rows[i] * columns[j] * (i - j) ** 2 for i in range(levels) for j in range(levels))
    return 1.0 if chance == 0 else 1 - seen / chance


def quotes_occur(item: Item, grade: Grade) -> bool:
    said = " ".join(bare(word) for word in item.text.split())
    quotes = [finding.evidence.quote for finding in grade.findings if finding.evidence]
    return all(" ".join(bare(word) for word in quote.split()) in said for quote in quotes)


def _status(grade: Grade) -> dict[str, PointStatus]:
    return {finding.point_id: finding.status for finding in grade.findings}


def _above(given: Verdict, label: Verdict) -> bool:
    rank, least = ordered([given, label])
    return rank > least


def _share(part: float, whole: float) -> float:
    return part / whole if whole else math.nan
