"""Disputes, and the candidate's yes or no about a point that is not sure."""

from __future__ import annotations

import pytest
from hotseat.domain.evidence import evidence_between
from hotseat.domain.model import Grade, PointFinding, PointStatus
from hotseat.grading.disputes import (
    CANDIDATE,
    UPHELD,
    Claim,
    answered,
    in_whole_clauses,
    may_be_answered,
    rule,
    why_not,
    with_findings,
)
from hotseat.grading.grader import build_grade

from tests.grading.conftest import LORA, spoken
from tests.grading.scripted_reader import ScriptedReader

POINT = LORA.points[0]
ANSWER = spoken("It freezes the base model. It learns a small correction, and that's low rank. Then you merge it.")
SAID = Claim(POINT.id, 1, 5, 14)


def grade(status: PointStatus) -> Grade:
    evidence = evidence_between(ANSWER.transcript, 5, 9, 1) if status is not PointStatus.NOT_MET else None
    return build_grade(LORA, {POINT.id: PointFinding(POINT.id, status, evidence)}, grader="embedded")


def test_a_passage_that_may_say_it_is_upheld() -> None:
    """Named by the candidate, it has the benefit of the doubt, and is the evidence."""
    reader = ScriptedReader({POINT.statement: ("low rank.", 0.3)})
    ruling = rule(reader, LORA, [ANSWER], SAID)
    assert ruling.upheld and ruling.finding.note == UPHELD
    assert ruling.finding.evidence is not None and "small correction" in ruling.finding.evidence.quote


def test_a_passage_that_says_something_else_is_not_upheld() -> None:
    """The reason says so in plain words."""
    ruling = rule(ScriptedReader({}), LORA, [ANSWER], SAID)
    assert not ruling.upheld and "clearly" in ruling.reason


def test_a_passage_that_says_the_opposite_is_not_upheld() -> None:
    """However near its words are."""
    reader = ScriptedReader({POINT.statement: ("low rank.", 0.3)}, {POINT.statement: ("low rank.", 0.9)})
    ruling = rule(reader, LORA, [ANSWER], SAID)
    assert not ruling.upheld and "opposite" in ruling.reason


@pytest.mark.parametrize(("said", "status"), [(True, PointStatus.MET), (False, PointStatus.NOT_MET)])
def test_a_point_not_sure_is_answered_by_the_candidate(said: bool, status: PointStatus) -> None:
    """Yes and no count, are marked as the candidate's word, and can be taken back."""
    finding = answered(grade(PointStatus.NOT_SURE), POINT.id, said)
    assert finding is not None and finding.status is status and finding.note == CANDIDATE
    after = with_findings(LORA, grade(PointStatus.NOT_SURE), {POINT.id: finding})
    assert {f.point_id: f.status for f in after.findings}[POINT.id] is status
    assert may_be_answered(finding)


@pytest.mark.parametrize("status", [PointStatus.MET, PointStatus.NOT_MET, PointStatus.CONTRADICTED])
def test_decided_points_cannot_be_answered(status: PointStatus) -> None:
    """They are disputed instead."""
    assert answered(grade(status), POINT.id, True) is None


def test_a_claim_is_extended_to_whole_clauses() -> None:
    """So that none is named without the "not" in front of it."""
    assert in_whole_clauses(Claim(POINT.id, 1, 7, 9), [ANSWER]).span == (5, 14)


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        (Claim(POINT.id, 1, 5, 7), "between 3 and 60"),
        (Claim(POINT.id, 1, 5, 99), "must lie within"),
        (Claim(POINT.id, 2, 5, 9), "no such answer"),
        (Claim("gone", 1, 5, 9), "no longer"),
    ],
)
def test_claims_that_can_t_be_heard_say_why(claim: Claim, reason: str) -> None:
    """In a sentence for the candidate."""
    point = next((point for point in LORA.points if point.id == claim.point_id), None)
    assert reason in why_not([ANSWER], point, grade(PointStatus.NOT_MET), claim)
