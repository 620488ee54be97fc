"""Two grades of one question held against each other."""

from __future__ import annotations

import pytest
from hotseat.domain.model import CriterionResult, Grade, Level, PointFinding, PointStatus, Verdict
from hotseat.review.comparison import changes

from tests.support.fakes import BANK

LORA = BANK.question("finetuning/lora")
MET, NOT, AGAINST, UNSURE = PointStatus.MET, PointStatus.NOT_MET, PointStatus.CONTRADICTED, PointStatus.NOT_SURE


def grade(*statuses: tuple[str, PointStatus]) -> Grade:
    findings = tuple(PointFinding(name, status) for name, status in statuses)
    return Grade(LORA.id, Verdict.LEAN_HIRE, (CriterionResult(LORA.criteria[0].id, Level.LEAN, findings),), "embedded")


@pytest.mark.parametrize(
    ("before", "after", "gained", "lost"),
    [
        (NOT, MET, True, False),
        (AGAINST, MET, True, False),
        (AGAINST, NOT, True, False),
        (MET, NOT, False, True),
        (MET, AGAINST, False, True),
        (NOT, AGAINST, False, True),
        (MET, MET, False, False),
        (NOT, NOT, False, False),
        (AGAINST, AGAINST, False, False),
        (NOT, UNSURE, False, False),
        (MET, UNSURE, False, False),
        (UNSURE, MET, False, False),
        (UNSURE, AGAINST, False, False),
    ],
)
def test_a_point_is_gained_or_lost(before: PointStatus, after: PointStatus, gained: bool, lost: bool) -> None:
    """Met is better than not met, and not met better than contradicted; of what is not sure nothing is known."""
    point = LORA.points[0].id
    found = changes(LORA, grade((point, before)), grade((point, after)))[0].points[0]
    assert (found.gained, found.lost) == (gained, lost)


def test_every_point_of_the_rubric_is_there() -> None:
    """Also those that an older grade did not know, which count as not met; points no longer in the rubric are left out."""
    first = LORA.points[0].id
    found = changes(LORA, grade(), grade((first, MET), ("gone", MET)))
    assert [change.criterion.id for change in found] == [criterion.id for criterion in LORA.criteria]
    assert [p.point.id for change in found for p in change.points] == [point.id for point in LORA.points]
    assert [p.point.id for change in found for p in change.points if p.gained] == [first]
    assert (found[0].earlier, found[1].later) == (Level.LEAN, Level.NO)
