"""Comparison of two grades of one question."""

from __future__ import annotations

import pytest
from hotseat.domain.model import CriterionResult, Grade, Level, PointFinding, PointStatus, Verdict
from hotseat.review.reviews import changes

from tests.support.fakes import BANK

LORA = BANK.question("finetuning/lora")
MET, NOT, AGAINST, UNSURE = PointStatus.MET, PointStatus.NOT_MET, PointStatus.CONTRADICTED, PointStatus.NOT_SURE


def grade(*statuses: tuple[str, PointStatus]) -> Grade:
    findings = tuple(PointFinding(name, status) for name, status in statuses)
    return Grade(LORA.id, Verdict.LEAN_HIRE, (CriterionResult(LORA.criteria[0].id, Level.LEAN, findings),), "embedded")


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (NOT, MET, "gained"),
        (AGAINST, MET, "gained"),
        (AGAINST, NOT, "gained"),
        (MET, NOT, "lost"),
        (MET, AGAINST, "lost"),
        (NOT, AGAINST, "lost"),
        (MET, MET, "same"),
        (NOT, NOT, "same"),
        (AGAINST, AGAINST, "same"),
        (NOT, UNSURE, "not sure"),
        (MET, UNSURE, "not sure"),
        (UNSURE, MET, "not sure"),
        (UNSURE, AGAINST, "not sure"),
    ],
)
def test_a_point_is_gained_or_lost(before: PointStatus, after: PointStatus, change: str) -> None:
    """Met is better than not met, and not met better than contradicted; of what is not sure nothing is known."""
    point = LORA.points[0].id
    assert changes(LORA, grade((point, before)), grade((point, after)))[0]["points"][0]["change"] == change


def test_every_point_of_the_rubric_is_there() -> None:
    """Also those that an older grade did not know, which count as not met; points no longer in the rubric are left out."""
    first = LORA.points[0].id
    found = changes(LORA, grade(), grade((first, MET), ("gone", MET)))
    assert [criterion["id"] for criterion in found] == [criterion.id for criterion in LORA.criteria]
    points = [point for criterion in found for point in criterion["points"]]
    assert [point["id"] for point in points] == [point.id for point in LORA.points]
    assert [point["id"] for point in points if point["change"] == "gained"] == [first]
    assert (found[0]["earlier"], found[1]["later"]) == (Level.LEAN, Level.NO)
