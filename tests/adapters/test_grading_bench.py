"""The measuring itself, and a floor under the embedded grader so that a change of rules or rubrics can't sink it unnoticed."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from server.adapters.embedder import open_embedder
from server.bank.content import load_bank
from server.core.domain import Verdict
from server.errors import ContentError
from server.grading.embedded import EmbeddedGrader
from server.grading.measuring import bench
from server.grading.measuring.items import load_items, load_spoken
from server.grading.measuring.metrics import weighted_kappa

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "bench" / "grading" / "data"
BANK = load_bank(ROOT / "rubrics")


@pytest.mark.parametrize(
    ("truth", "given", "kappa"),
    [
        ([0, 1, 2, 3], [0, 1, 2, 3], 1.0),
        ([0, 1, 2, 3], [3, 2, 1, 0], -1.0),
        ([0, 0, 3, 3], [0, 3, 0, 3], 0.0),
        ([0, 1, 2, 3], [1, 1, 2, 3], 0.875),
    ],
)
def test_weighted_kappa(truth: list[int], given: list[int], kappa: float) -> None:
    """1 for agreement, 0 for chance, -1 for the reverse; near misses cost little."""
    assert weighted_kappa(truth, given) == pytest.approx(kappa, abs=0.02)


def test_no_answers_is_no_number() -> None:
    """Nothing measured is NaN, not 0."""
    assert math.isnan(weighted_kappa([], []))


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    """An unreadable item names its file and line."""
    (tmp_path / "develop").mkdir()
    (tmp_path / "develop" / "x.jsonl").write_text(json.dumps({"id": "x-1", "question": "q", "verdict": "Hire"}) + "\n")
    with pytest.raises(ContentError, match=r"x\.jsonl:1"):
        load_items(tmp_path, "develop")
    with pytest.raises(ContentError, match="no labelled answers"):
        load_items(tmp_path, "report")


SAMPLE = {"develop": ("rag/core",), "report": ("inference/core",)}
"""Questions graded in the suite; `hotseat bench grading` takes them all."""


@pytest.mark.parametrize("split", ["develop", "report"])
async def test_the_embedded_grader_stays_above_its_floor(split: str) -> None:
    """Agreement, points, false claims, attacks and quotes on a sample; the table is printed for whoever runs with -s."""
    embedder = open_embedder()
    if embedder is None:
        pytest.skip("the local extra is not installed")
    result = await bench.run(
        "embedded", EmbeddedGrader(embedder), BANK, DATA, split, only=lambda item: item.question in SAMPLE[split], spoken=False
    )
    print(bench.table([result]))
    assert result.metrics.kappa >= 0.75
    assert result.metrics.f1 >= 0.75
    assert result.metrics.false_credit <= 0.25
    assert result.metrics.injection_upgraded == 0
    assert result.metrics.bad_quotes == 0
    assert not result.failures
    salads = [item for item in result.items if item.family == "salad"]
    assert salads
    assert all(result.grades[item.id].verdict is Verdict.NO_HIRE for item in salads)


async def test_figures_say_what_the_table_says() -> None:
    """As JSON without NaN: what speech changed and the shortcuts, too; None where nothing was measured."""
    aloud = load_spoken(DATA, "develop")
    result = await bench.run("embedded", EmbeddedGrader(), BANK, DATA, "develop", only=lambda item: item.id in aloud)
    told = json.loads(json.dumps(bench.figures(result), allow_nan=False))
    assert told["items"] == told["respoken"] == len(aloud)
    assert f"| {told['respoken_changed']}/{len(aloud)} |" in bench.table([result])
    assert told["shortcuts"].keys() == result.baselines.keys()
    assert math.isnan(result.baselines["one plain LLM prompt (0 answers recorded)"])
    assert told["shortcuts"]["one plain LLM prompt (0 answers recorded)"] is None
    assert told["failures"] == {}
