"""Agreement of verdicts, and whether quotes occur in the answer."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hotseat.domain.evidence import bare
from hotseat.domain.model import Grade, Verdict

from benchmarks.guards.items import Item


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


def ranks(verdicts: Sequence[Verdict]) -> list[int]:
    """Verdicts as 0 (No Hire or Not Assessable) to 3 (Strong Hire), for measuring agreement."""
    rank = {Verdict.LEAN_NO_HIRE: 1, Verdict.LEAN_HIRE: 2, Verdict.STRONG_HIRE: 3}
    return [rank.get(verdict, 0) for verdict in verdicts]
