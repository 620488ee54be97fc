"""When each point of a question is due again: what was measured, as ratings, and the FSRS library's schedule for them.

One point is one card. A round rates every point of its question:

=======================================================  ======  ==========================================================
what the grade says of the point                         rating  why
=======================================================  ======  ==========================================================
met unprompted, in a criterion that is a Strong Hire     Easy    it came by itself, and with what belongs to it
met unprompted, in a criterion that is not               Good    it came by itself, alone
met after a follow-up asked for it, or with a hint       Hard    it was there, but had to be fetched
not sure                                                 Hard    it may have been there
not met, in a criterion of which something was met       Hard    partly or only named: a minute holds no more, so silence
                                                                 beside what was said shows little about memory
not met, in a criterion of which nothing was met         Again   it was not there
contradicted                                             Again   something else was
=======================================================  ======  ==========================================================

A round that could not be assessed rates nothing: it measured nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from fsrs import Card, Rating, Scheduler

from hotseat.domain.model import Grade, Level, PointFinding, PointStatus, Verdict
from hotseat.domain.practice import PointCard, Rated

SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
"""In whole days: nobody sits the same question again after a minute. Without fuzz: the same results, the same days."""


def rate(grade: Grade, opening_turn: int, hints: int) -> dict[str, Rating]:
    """Point id to rating. ``opening_turn`` is the turn of the round's first answer; ``hints`` how many were shown in it."""
    if grade.verdict is Verdict.NOT_ASSESSABLE:
        return {}
    return {
        finding.point_id: _rating(finding, criterion.level, opening_turn if not hints else None)
        for criterion in grade.criteria
        for finding in criterion.findings
    }


def _rating(finding: PointFinding, level: Level, unprompted_turn: int | None) -> Rating:
    if finding.status is PointStatus.CONTRADICTED:
        return Rating.Again
    if finding.status is PointStatus.NOT_MET:
        return Rating.Again if level is Level.NO else Rating.Hard
    if finding.status is PointStatus.NOT_SURE or finding.evidence is None or finding.evidence.turn_id != unprompted_turn:
        return Rating.Hard
    return Rating.Easy if level is Level.STRONG else Rating.Good


def schedule(reviews: Iterable[tuple[float, int]], scheduler: Scheduler = SCHEDULER) -> Card:
    """The card after (seconds since the epoch, rating) reviews, oldest first."""
    card = Card(card_id=0)  # a number of our own, as the library would wait a millisecond to make one
    for at, rating in reviews:
        card, _ = scheduler.review_card(card, Rating(rating), datetime.fromtimestamp(at, UTC))
    return card


def cards(history: Sequence[Rated]) -> list[PointCard]:
    """The cards of one question, from everything that was rated of it."""
    reviews: dict[str, list[tuple[float, int]]] = {}
    for rated in sorted(history, key=lambda entry: entry.at):
        for point_id, rating in rated.ratings.items():
            reviews.setdefault(point_id, []).append((rated.at, rating))
    return [_stored(history[0].question_id, point_id, schedule(own)) for point_id, own in reviews.items()]


def _stored(question_id: str, point_id: str, card: Card) -> PointCard:
    assert card.stability is not None and card.difficulty is not None and card.last_review is not None
    return PointCard(question_id, point_id, card.due.timestamp(), card.last_review.timestamp(), card.stability, card.difficulty)


def recall(card: PointCard, now: float) -> float:
    """How likely the point is to come by itself now, 0 to 1."""
    reviewed = datetime.fromtimestamp(card.reviewed, UTC)
    known = Card(card_id=0, stability=card.stability, difficulty=card.difficulty, last_review=reviewed)
    return float(SCHEDULER.get_card_retrievability(known, datetime.fromtimestamp(now, UTC)))
