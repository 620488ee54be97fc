"""Which follow-up is chosen, and which texts may not be spoken."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hotseat.domain import followups
from hotseat.domain.model import MAY_DENY, Evidence, Move, PointFinding, PointStatus, PointTier, Question
from hotseat.questions.content import load_bank
from hotseat.settings import PROJECT

LORA = load_bank(PROJECT / "rubrics").question("finetuning/lora")
FIRST = LORA.follow_ups[0]
ANSWER = "you freeze the base model and train small matrices"


def findings(**status: PointStatus) -> tuple[PointFinding, ...]:
    return tuple(PointFinding(point.id, status.get(point.id.replace("-", "_"), PointStatus.MET)) for point in LORA.points)


@pytest.mark.parametrize("missed", [point.id for point in LORA.points])
def test_probes_are_about_the_missed_point(missed: str) -> None:
    """With a single point missing, every probe that may be asked is about it."""
    ranked = followups.rank(LORA, findings(**{missed.replace("-", "_"): PointStatus.NOT_MET}), (), 3)
    probes = [move for move in ranked if move.move is Move.PROBE]
    assert all(missed in move.probes for move in probes)


def test_a_complete_answer_is_taken_deeper() -> None:
    """When nothing is missing, the follow-up goes a level deeper."""
    assert followups.rank(LORA, findings(), (), 1)[0].move is Move.DEEPEN


def test_no_follow_up_is_asked_twice() -> None:
    """Used follow-ups are left out until none remains."""
    used = [move.id for move in LORA.moves]
    assert FIRST.id not in {entry.id for entry in followups.rank(LORA, (), used[:1], 3)}
    assert followups.rank(LORA, (), used, 3) == ()


def test_a_contradiction_comes_before_an_omission() -> None:
    """What was said wrongly is probed before what was left out."""
    mixed = findings(merging=PointStatus.NOT_MET, target_modules=PointStatus.CONTRADICTED)
    assert "target-modules" in followups.rank(LORA, mixed, (), 3)[0].probes


def with_moves(point_id: str) -> Question:
    """The question with a challenge and a deepening for one point."""
    criteria = tuple(
        replace(
            criterion,
            points=tuple(
                replace(point, challenge="What would the server do then?", deepen="What if it were ten times as large?")
                if point.id == point_id
                else replace(point, challenge="", deepen="")
                for point in criterion.points
            ),
        )
        for criterion in LORA.criteria
    )
    return replace(LORA, criteria=criteria)


@pytest.mark.parametrize(("denies", "is_challenged"), [(0.99, True), (0.95, True), (0.7, False)])
def test_a_false_claim_is_challenged(denies: float, is_challenged: bool) -> None:
    """What surely or very likely contradicts a point is taken up before anything else; a mere doubt isn't."""
    question = with_moves("merging")
    perhaps = tuple(
        PointFinding("merging", PointStatus.NOT_SURE, note=MAY_DENY, denies=denies)
        if finding.point_id == "merging"
        else finding
        for finding in findings(limits=PointStatus.NOT_MET)
    )
    assert (followups.rank(question, perhaps, (), 3)[0].id == "challenge-merging") is is_challenged


def test_a_contradiction_is_challenged() -> None:
    """So is one that labels or a grader without probabilities found."""
    sure = findings(merging=PointStatus.CONTRADICTED)
    assert followups.rank(with_moves("merging"), sure, (), 3)[0].id == "challenge-merging"


def test_points_left_out_are_not_challenged() -> None:
    """A point left out has no challenge."""
    question = with_moves("merging")
    ranked = followups.rank(question, findings(merging=PointStatus.NOT_MET), (), 3)
    assert "challenge-merging" not in {move.id for move in ranked}


def test_nothing_that_was_said_is_asked_for() -> None:
    """When every point is made, no probe is left to be asked."""
    assert {move.move for move in followups.rank(LORA, findings(), (), 3)} == {Move.DEEPEN}


def test_a_weak_answer_gets_a_point_that_shows_recognition() -> None:
    """Who said nothing of it is asked for something easier first."""
    nothing = tuple(PointFinding(point.id, PointStatus.NOT_MET) for point in LORA.points)
    lean = {point.id for point in LORA.points if point.tier is PointTier.LEAN}
    assert not lean.isdisjoint(followups.rank(LORA, nothing, (), 3)[0].probes)


def test_the_point_nearest_to_the_answer_is_asked_about() -> None:
    """Of two answers that made no point, each is asked on about its own matter."""
    nothing = tuple(PointFinding(point.id, PointStatus.NOT_MET) for point in LORA.points)
    asked = [
        followups.rank(LORA, nothing, (), 3, said)[0].id
        for said in (
            "You set a rank, alpha, the learning rate, and choose which linear layers get it",
            "It is cheaper than training everything",
        )
    ]
    assert asked[0] != asked[1]


def test_a_point_of_the_last_answer_is_deepened_first() -> None:
    """Of points made, one of the last answer is deepened before one of an earlier answer."""
    for last in LORA.points:
        found = [
            PointFinding(point.id, PointStatus.MET, Evidence("some words here", None, None, 0, 3, 2 if point is last else 1))
            for point in LORA.points
        ]
        worth = {move.id: place for place, move in enumerate(followups.rank(LORA, found, (), 0))}
        same = [move.id for move in LORA.moves if move.move is Move.DEEPEN and weight(move.probes[0]) == weight(last.id)]
        assert min(same, key=worth.__getitem__) == f"deepen-{last.id}" or not last.deepen


def test_the_tier_is_heard_in_what_is_asked() -> None:
    """A large company's manager is asked about money before a researcher is."""
    asked = {tier: [move.text for move in followups.rank(LORA, findings(), (), tier)] for tier in (1, 4)}
    assert asked[1] != asked[4]


def weight(point_id: str) -> float:
    [criterion] = [criterion for criterion in LORA.criteria if any(point.id == point_id for point in criterion.points)]
    [point] = [point for point in criterion.points if point.id == point_id]
    return criterion.weight * (1.5 if point.tier is PointTier.STRONG else 1.0)
