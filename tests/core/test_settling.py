"""Doubtful points are decided together, by the verdict to be expected of them."""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core import scoring
from server.core.domain import PointFinding, PointStatus, Verdict
from server.core.settling import Doubt, settled
from tests.core.test_scoring import IDS, QUESTION, RANK

MET, NOT, CON = PointStatus.MET, PointStatus.NOT_MET, PointStatus.CONTRADICTED


def doubt(name: str, chance: float) -> Doubt:
    return Doubt(chance, PointFinding(name, MET), PointFinding(name, NOT))


def one_by_one(chances: dict[str, float]) -> dict[str, PointFinding]:
    return {name: PointFinding(name, MET if chances.get(name, 0) >= 0.5 else NOT) for name in IDS}


def together(chances: dict[str, float], findings: dict[str, PointFinding] | None = None) -> dict[str, PointFinding]:
    doubts = {name: doubt(name, chance) for name, chance in chances.items()}
    return settled(QUESTION, findings or one_by_one(chances), doubts)


def verdict(findings: dict[str, PointFinding]) -> Verdict:
    return scoring.verdict_of(QUESTION, {name: finding.status for name, finding in findings.items()})


@pytest.mark.parametrize("chance", [0.45, 0.5])
def test_a_hair_does_not_decide_every_point_at_once(chance: float) -> None:
    """One point is made and all other strong ones are as good as even: by themselves either all are made or none."""
    chances = {name: chance for name in IDS if not name.endswith("lean")} | {"c-s0": 0.95}
    assert verdict(one_by_one(chances)) in (Verdict.LEAN_NO_HIRE, Verdict.STRONG_HIRE)
    assert verdict(together(chances)) is Verdict.LEAN_HIRE


def test_no_point_is_made_by_the_others_alone() -> None:
    """Many small chances make nothing where no point is made by itself."""
    assert all(finding.status is NOT for finding in together(dict.fromkeys(IDS, 0.45)).values())


def test_what_is_no_doubt_stays() -> None:
    """A contradiction counts among what is weighed and is not weighed itself."""
    chances = {name: 0.6 for name in IDS if name != "b-s0"}
    found = together(chances, one_by_one(chances) | {"b-s0": PointFinding("b-s0", CON)})
    assert found["b-s0"].status is CON
    assert found.keys() == set(IDS)


@given(st.dictionaries(st.sampled_from(IDS), st.floats(0.01, 0.99), max_size=len(IDS)), st.sampled_from(IDS))
def test_it_is_what_trying_every_set_finds(chances: dict[str, float], wrong: str) -> None:
    """The verdict nearest to the mean, and for it the likeliest set."""
    chances.pop(wrong, None)
    findings = one_by_one(chances) | {wrong: PointFinding(wrong, CON)}
    total: dict[Verdict, float] = defaultdict(float)
    best: dict[Verdict, float] = defaultdict(float)
    for made in product((True, False), repeat=len(chances)):
        chance = prod(p if yes else 1 - p for yes, p in zip(made, chances.values(), strict=True))
        found = findings | {name: PointFinding(name, MET if yes else NOT) for yes, name in zip(made, chances, strict=True)}
        total[verdict(found)] += chance
        best[verdict(found)] = max(best[verdict(found)], chance)
    mean = sum(chance * RANK[one] for one, chance in total.items())
    found = together(chances, findings)
    if not any(finding.status is MET for finding in findings.values()):
        assert found == findings
        return
    assert abs(RANK[verdict(found)] - mean) <= min(abs(RANK[one] - mean) for one in total) + 1e-6
    chosen = prod(p if found[name].status is MET else 1 - p for name, p in chances.items())
    assert chosen == pytest.approx(best[verdict(found)])
