"""From the reader's probabilities to findings."""

from __future__ import annotations

import numpy as np
import pytest
from hotseat.domain.model import MAY_DENY, PointStatus
from hotseat.grading.passage import Passage, passage_of
from hotseat.grading.reading import Reading
from hotseat.grading.thresholds import THRESHOLDS, finding_from, status_of

from tests.grading.conftest import LORA, typed

TEXT = "well it freezes the base model and then trains two thin matrices beside it"
MADE, UNSURE, PUT_RIGHT = THRESHOLDS.made, (THRESHOLDS.made + THRESHOLDS.unsure) / 2, THRESHOLDS.put_right
DENIED, DOUBTED = THRESHOLDS.contradicted, (THRESHOLDS.contradicted + THRESHOLDS.check) / 2


def passage(text: str = TEXT, turn_id: int = 1) -> Passage:
    return passage_of(LORA, typed(text, turn_id))


def reading(says: float = 0.0, denies: float = 0.0, at: slice = slice(7, 12), length: int = 14) -> Reading:
    marks = np.full(length, 0.01, np.float32)
    marks[at] = 0.9
    return Reading(says, denies, marks, marks)


@pytest.mark.parametrize(
    ("says", "denies", "status", "note"),
    [
        (MADE, 0.0, PointStatus.MET, ""),
        (UNSURE, 0.0, PointStatus.NOT_SURE, ""),
        (0.0, 0.0, PointStatus.NOT_MET, ""),
        (0.0, DENIED, PointStatus.CONTRADICTED, ""),
        (0.0, DOUBTED, PointStatus.NOT_SURE, MAY_DENY),
    ],
)
def test_two_thresholds_give_three_answers(says: float, denies: float, status: PointStatus, note: str) -> None:
    """Made, not sure, not heard; and contradicted only where that is all but certain."""
    assert status_of(reading(says, denies)) == (status, note)


def test_the_evidence_is_around_the_likeliest_words() -> None:
    """It quotes the transcript."""
    found = finding_from("p", [(passage(), reading(MADE))])
    assert found.evidence is not None
    assert found.evidence.quote == "then trains two thin matrices"


def test_the_evidence_reaches_across_a_word_or_two() -> None:
    """A gap inside the evidence doesn't cut it."""
    marks = np.zeros(14, np.float32)
    marks[[2, 3, 5, 6]] = 0.8
    found = finding_from("p", [(passage(), Reading(MADE, 0.0, marks, marks))])
    assert found.evidence is not None
    assert found.evidence.quote == "freezes the base model and"


def test_a_point_not_sure_shows_the_nearest_passage() -> None:
    """So that the candidate can say whether it was made."""
    found = finding_from("p", [(passage(), reading(UNSURE))])
    assert found.status is PointStatus.NOT_SURE and found.evidence is not None


def test_a_point_not_heard_has_no_evidence() -> None:
    """Nothing is quoted for it."""
    assert finding_from("p", [(passage(), reading())]).evidence is None


@pytest.mark.parametrize(
    ("first", "second", "status", "turn"),
    [
        (reading(MADE), reading(), PointStatus.MET, 1),
        (reading(), reading(MADE), PointStatus.MET, 2),
        (reading(denies=DENIED), reading(PUT_RIGHT), PointStatus.MET, 2),
        (reading(denies=DOUBTED), reading(PUT_RIGHT), PointStatus.MET, 2),
        (reading(denies=DENIED), reading(MADE), PointStatus.CONTRADICTED, 1),
        (reading(denies=DOUBTED), reading(MADE), PointStatus.NOT_SURE, 1),
        (reading(MADE), reading(denies=DENIED), PointStatus.CONTRADICTED, 2),
        (reading(MADE), reading(UNSURE), PointStatus.MET, 1),
        (reading(UNSURE), reading(MADE), PointStatus.MET, 2),
        (reading(UNSURE), reading(UNSURE), PointStatus.NOT_SURE, 1),
    ],
)
def test_a_later_answer_can_correct_an_earlier_one(first: Reading, second: Reading, status: PointStatus, turn: int) -> None:
    """A follow-up can put a mistake right; an unclear word undoes nothing."""
    found = finding_from("p", [(passage(turn_id=1), first), (passage(turn_id=2), second)])
    assert found.status is status
    assert found.evidence is not None and found.evidence.turn_id == turn


@pytest.mark.parametrize(("says", "denies"), [(PUT_RIGHT, 0.1), (MADE, DOUBTED)])
def test_what_is_put_right_is_no_longer_contradicted(says: float, denies: float) -> None:
    """So nothing is deducted for it; a lukewarm reply leaves the contradiction as likely as it was."""
    found = finding_from("p", [(passage(turn_id=1), reading(denies=DOUBTED)), (passage(turn_id=2), reading(says, 0.1))])
    assert found.denies == pytest.approx(denies, abs=0.001)


def test_an_empty_answer_has_no_finding() -> None:
    """Whatever the reader says of nothing."""
    nothing = np.zeros(0, np.float32)
    assert finding_from("p", [(passage("um uh"), Reading(1.0, 0.0, nothing, nothing))]).status is PointStatus.NOT_MET
