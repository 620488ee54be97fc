"""When points are due again: ratings from grades, and the same results as the FSRS library."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from fsrs import Card, Rating, Scheduler
from hotseat.domain.model import CriterionResult, Evidence, Grade, Level, PointFinding, PointStatus, Verdict
from hotseat.domain.practice import Rated
from hotseat.practice.scheduling import SCHEDULER, cards, rate, recall, schedule
from hypothesis import given
from hypothesis import strategies as st

AGAIN, HARD, GOOD, EASY = Rating.Again, Rating.Hard, Rating.Good, Rating.Easy
START = datetime(2022, 11, 29, 12, 30, tzinfo=UTC)
DAY_S = 86_400


# ---- The library's published sequences (py-fsrs 6, tests/test_basic.py) ---------------------------------------------


def test_the_published_intervals_are_reproduced() -> None:
    """The library's own test sequence, each review on the day it is due, gives its own intervals in days."""
    library = Scheduler(enable_fuzzing=False)
    reviews: list[tuple[float, int]] = []
    at, intervals = START, []
    for rating in (GOOD, GOOD, GOOD, GOOD, GOOD, GOOD, AGAIN, AGAIN, GOOD, GOOD, GOOD, GOOD, GOOD):
        reviews.append((at.timestamp(), rating))
        card = schedule(reviews, library)
        assert card.last_review is not None
        intervals.append((card.due - card.last_review).days)
        at = card.due
    assert intervals == [0, 2, 11, 46, 163, 498, 0, 0, 2, 4, 7, 12, 21]


def test_the_published_memory_state_is_reproduced() -> None:
    """Six reviews on given days leave the stability and difficulty that the library publishes."""
    days = (0, 0, 1, 4, 12, 33)
    reviews = [(START.timestamp() + day * DAY_S, rating) for day, rating in zip(days, (AGAIN, *[GOOD] * 5), strict=True)]
    card = schedule(reviews, Scheduler(enable_fuzzing=False))
    assert card.stability == pytest.approx(53.62691, abs=1e-4)
    assert card.difficulty == pytest.approx(6.3574867, abs=1e-4)


@given(st.lists(st.tuples(st.floats(0.001, 60), st.sampled_from(Rating)), min_size=1, max_size=8))
def test_stored_cards_equal_the_librarys(steps: list[tuple[float, Rating]]) -> None:
    """For any ratings on any days, the stored card is the library's to the last bit, and so is the chance of recall."""
    card, at, history = Card(card_id=1), START, []
    for number, (days, rating) in enumerate(steps):
        at += timedelta(days=days)
        card, _ = SCHEDULER.review_card(card, rating, datetime.fromtimestamp(at.timestamp(), UTC))
        history.append(Rated("i", number, "q", at.timestamp(), {"p": int(rating)}))
    [stored] = cards(history[::-1])
    assert (stored.stability, stored.difficulty) == (card.stability, card.difficulty)
    assert datetime.fromtimestamp(stored.due, UTC) == card.due
    later = at + timedelta(days=9)
    expected = SCHEDULER.get_card_retrievability(card, datetime.fromtimestamp(later.timestamp(), UTC))
    assert recall(stored, later.timestamp()) == expected


def test_first_intervals_are_whole_days() -> None:
    """Nothing is asked again after minutes: the better it went, the more days until the next time."""
    due = [schedule([(START.timestamp(), rating)]).due - START for rating in (AGAIN, HARD, GOOD, EASY)]
    assert due == [timedelta(days=days) for days in (1, 1, 2, 8)]
    stability = [schedule([(START.timestamp(), rating)]).stability or 0.0 for rating in Rating]
    assert all(worse < better for worse, better in pairwise(stability))


# ---- From grades to ratings -----------------------------------------------------------------------------------------


def graded(level: Level, status: PointStatus, turn_id: int | None, verdict: Verdict = Verdict.LEAN_HIRE) -> Grade:
    evidence = None if turn_id is None else Evidence("words", 0.0, 1.0, 0, 1, turn_id)
    result = CriterionResult("c", level, (PointFinding("p", status, evidence),))
    return Grade("rag/core", verdict, (result,), "embedded")


@pytest.mark.parametrize(
    ("level", "status", "turn_id", "hints", "expected"),
    [
        (Level.STRONG, PointStatus.MET, 1, 0, EASY),
        (Level.LEAN, PointStatus.MET, 1, 0, GOOD),
        (Level.NO, PointStatus.MET, 1, 0, GOOD),
        (Level.STRONG, PointStatus.MET, 2, 0, HARD),
        (Level.STRONG, PointStatus.MET, 1, 1, HARD),
        (Level.STRONG, PointStatus.NOT_MET, None, 0, HARD),
        (Level.LEAN, PointStatus.NOT_MET, None, 0, HARD),
        (Level.NO, PointStatus.NOT_MET, None, 0, AGAIN),
        (Level.LEAN, PointStatus.NOT_SURE, 1, 0, HARD),
        (Level.LEAN, PointStatus.CONTRADICTED, 1, 0, AGAIN),
    ],
)
def test_results_become_ratings(level: Level, status: PointStatus, turn_id: int | None, hints: int, expected: Rating) -> None:
    """As the table in server/hotseat/practice/scheduling.py says; the first answer is turn 1, the follow-up's turn 2."""
    assert rate(graded(level, status, turn_id), opening_turn=1, hints=hints) == {"p": expected}


def test_answers_not_assessed_give_no_rating() -> None:
    """Silence measures the microphone, not memory."""
    assert rate(graded(Level.NO, PointStatus.NOT_MET, None, Verdict.NOT_ASSESSABLE), 1, 0) == {}
