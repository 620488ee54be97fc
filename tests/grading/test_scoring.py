"""Levels and verdicts are computed from the statuses of points alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pytest
from hotseat.domain.model import (
    MAY_DENY,
    Criterion,
    Kind,
    Level,
    Point,
    PointFinding,
    PointStatus,
    PointTier,
    Question,
    Verdict,
)
from hotseat.grading import scoring
from hypothesis import given
from hypothesis import strategies as st

MET, NOT, CON, UNSURE = PointStatus.MET, PointStatus.NOT_MET, PointStatus.CONTRADICTED, PointStatus.NOT_SURE
RANK = {Verdict.NO_HIRE: 0, Verdict.LEAN_NO_HIRE: 1, Verdict.LEAN_HIRE: 2, Verdict.STRONG_HIRE: 3}


def point(name: str, tier: PointTier) -> Point:
    return Point(name, f"{name} is so.", tier, (name,), (((name,),),))


def criterion(name: str, strong: int = 1, weight: float = 1.0) -> Criterion:
    points = (point(f"{name}-lean", PointTier.LEAN), *(point(f"{name}-s{i}", PointTier.STRONG) for i in range(strong)))
    return Criterion(name, name, weight, "s", "l", "n", points)


QUESTION = Question(
    id="t/q", topic="t", kind=Kind.CORE, title="T", prompt="P?", time_limit_s=60, tiers=(1,), difficulty=1, competencies=(),
    concepts=(), key_terms=(), criteria=(criterion("a", 1, 1.5), criterion("b", 2), criterion("c"), criterion("d", 3)),
    follow_ups=(), model_answer="",
)  # fmt: skip
IDS = [p.id for p in QUESTION.points]


def found(statuses: Mapping[str, PointStatus]) -> dict[str, PointFinding]:
    return {name: PointFinding(name, status) for name, status in statuses.items()}


def statuses(tier: str = "") -> dict[str, PointStatus]:
    return {p.id: MET for p in QUESTION.points if not tier or p.tier == tier}


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (statuses(), Verdict.STRONG_HIRE),
        (statuses("lean"), Verdict.LEAN_HIRE),
        ({}, Verdict.NO_HIRE),
        ({"c-lean": MET}, Verdict.NO_HIRE),
        ({"b-lean": MET, "c-lean": MET}, Verdict.LEAN_NO_HIRE),
        ({"b-lean": MET, "c-lean": MET, "d-lean": CON}, Verdict.NO_HIRE),
        ({**statuses("lean"), "b-s0": MET, "d-s0": MET}, Verdict.LEAN_HIRE),
    ],
)
def test_verdicts_of_typical_coverage(given: dict[str, PointStatus], verdict: Verdict) -> None:
    """Everything is Strong Hire, all criteria at Lean Hire are a Lean Hire, one right fact is not enough for anything."""
    assert scoring.verdict_of(QUESTION, found(given)) is verdict


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ({**statuses("lean"), "a-s0": MET, "c-s0": MET}, Verdict.STRONG_HIRE),  # 7 / 4.5 = 1.56
        ({**statuses("lean"), "c-s0": MET, "d-s0": MET, "d-s1": MET}, Verdict.LEAN_HIRE),  # 6.5 / 4.5 = 1.44
        ({"a-lean": MET, "b-s0": MET, "b-s1": MET, "c-lean": MET}, Verdict.LEAN_HIRE),  # 4.5 / 4.5 = 1
        ({"a-lean": MET, "b-lean": MET, "c-lean": MET}, Verdict.LEAN_NO_HIRE),  # 3.5 / 4.5 = 0.78
        ({"a-lean": MET}, Verdict.LEAN_NO_HIRE),  # 1.5 / 4.5 = 0.33
        ({"d-lean": MET}, Verdict.NO_HIRE),  # 1 / 4.5 = 0.22
        ({**statuses("lean"), "b-lean": CON}, Verdict.LEAN_NO_HIRE),  # 3.5 / 4.5 - 0.3 = 0.48
        ({"a-lean": MET, "b-lean": CON}, Verdict.NO_HIRE),  # 1.5 / 4.5 - 0.3 = 0.03
        ({**statuses("lean"), "b-s0": MET, "d-s0": MET, "a-s0": MET}, Verdict.LEAN_HIRE),  # 1.61, but one strong criterion
    ],
)
def test_the_thresholds(given: dict[str, PointStatus], verdict: Verdict) -> None:
    """Answers just above and just below each of them: moving one moves somebody's verdict."""
    assert scoring.verdict_of(QUESTION, found(given)) is verdict


@pytest.mark.parametrize(
    ("given", "level"),
    [
        ({"d-s0": MET, "d-s1": MET, "d-s2": MET}, Level.STRONG),
        ({"d-s0": MET, "d-s1": MET}, Level.STRONG),
        ({"d-s0": MET, "d-s1": UNSURE}, Level.LEAN),
        ({"d-s0": MET, "d-s1": UNSURE, "d-s2": UNSURE}, Level.LEAN),
        ({"d-s0": MET}, Level.LEAN),
        ({"d-lean": MET}, Level.LEAN),
        ({"d-lean": UNSURE}, Level.NO),
        ({}, Level.NO),
        ({"d-s0": MET, "d-s1": MET, "d-s2": MET, "d-lean": CON}, Level.LEAN),
        ({"d-lean": MET, "d-s0": CON}, Level.NO),
        ({"d-lean": CON}, Level.NO),
    ],
)
def test_levels_of_coverage(given: dict[str, PointStatus], level: Level) -> None:
    """Two thirds of the strong points are a Strong Hire, anything is a Lean Hire; not sure counts nothing yet."""
    assert scoring.criterion_level(QUESTION.criteria[3], found(given)) is level


def test_the_range_is_what_the_points_not_sure_decide() -> None:
    """The verdict without any of them, and with all."""
    given = {"a-lean": MET, "b-lean": MET, "c-lean": UNSURE, "d-lean": UNSURE}
    assert scoring.verdict_range(QUESTION, found(given)) == (Verdict.LEAN_NO_HIRE, Verdict.LEAN_HIRE)
    assert scoring.verdict_range(QUESTION, found(statuses())) == (Verdict.STRONG_HIRE, Verdict.STRONG_HIRE)


any_statuses = st.dictionaries(st.sampled_from(IDS), st.sampled_from(list(PointStatus)))


@given(any_statuses, st.sampled_from(IDS))
def test_meeting_one_more_point_never_hurts(given: dict[str, PointStatus], extra: str) -> None:
    """The verdict is monotone in points met."""
    before = scoring.verdict_of(QUESTION, found(given))
    after = scoring.verdict_of(QUESTION, found({**given, extra: MET}))
    assert RANK[after] >= RANK[before]


@given(any_statuses, st.sampled_from(IDS))
def test_contradicting_a_point_never_helps(given: dict[str, PointStatus], extra: str) -> None:
    """A false claim can only lower the verdict."""
    before = scoring.verdict_of(QUESTION, found(given))
    after = scoring.verdict_of(QUESTION, found({**given, extra: CON}))
    assert RANK[after] <= RANK[before]


@pytest.mark.parametrize(
    ("finding", "score"),
    [
        (PointFinding("a-s0", NOT), 1.0),
        (PointFinding("a-s0", MET), 2.0),
        (PointFinding("a-s0", MET, says=0.33), 1.5),
        (PointFinding("a-s0", UNSURE, says=0.33, denies=0.4), 1.5),
        (PointFinding("a-s0", UNSURE), 1 + 0.5 / 0.66),
        (PointFinding("a-s0", UNSURE, note=MAY_DENY), 1 - 0.15),
        (PointFinding("a-s0", UNSURE, note=MAY_DENY, says=0.0, denies=0.7), 1 - 0.15),
        (PointFinding("a-s0", CON), 1 - 0.3),
        (PointFinding("a-s0", CON, says=0.0, denies=1.0), 1 - 0.3),
    ],
)
def test_a_point_counts_as_much_as_it_is_likely(finding: PointFinding, score: float) -> None:
    """The strong point of a criterion whose lean point is made; a contradiction counts from 0.4."""
    question = dataclasses.replace(QUESTION, criteria=QUESTION.criteria[:1])
    assert scoring.question_score(question, {**found({"a-lean": MET}), "a-s0": finding}) == pytest.approx(score)


@given(any_statuses)
def test_no_strong_hire_above_mostly_lean_criteria(given: dict[str, PointStatus]) -> None:
    """Half of the weight at least is at Strong Hire."""
    if scoring.verdict_of(QUESTION, found(given)) is Verdict.STRONG_HIRE:
        strong = sum(c.weight for c in QUESTION.criteria if scoring.criterion_level(c, found(given)) is Level.STRONG)
        assert 2 * strong >= sum(c.weight for c in QUESTION.criteria)


@given(any_statuses)
def test_the_verdict_lies_in_its_range(given: dict[str, PointStatus]) -> None:
    """Whatever the candidate answers about the points not sure."""
    low, high = scoring.verdict_range(QUESTION, found(given))
    assert RANK[low] <= RANK[scoring.verdict_of(QUESTION, found(given))] <= RANK[high]


@given(any_statuses, st.permutations(range(4)))
def test_the_order_of_criteria_does_not_matter(given: dict[str, PointStatus], order: list[int]) -> None:
    """Reordering a rubric changes no verdict."""
    shuffled = dataclasses.replace(QUESTION, criteria=tuple(QUESTION.criteria[i] for i in order))
    assert scoring.verdict_of(QUESTION, found(given)) is scoring.verdict_of(shuffled, found(given))


def test_a_strong_point_shows_the_lean_one() -> None:
    """Understanding settles a lean point that is not sure, unless it was or may be contradicted, or was not heard."""
    given = {"a-s0": MET, "a-lean": UNSURE, "b-s0": MET, "b-lean": CON, "c-s0": MET, "c-lean": NOT, "d-s0": MET}
    full = scoring.implied(QUESTION, {**found(given), "d-lean": PointFinding("d-lean", UNSURE, note=MAY_DENY)})
    assert full["a-lean"].status is MET
    assert full["b-lean"].status is CON
    assert full["c-lean"].status is NOT
    assert full["d-lean"].status is UNSURE
