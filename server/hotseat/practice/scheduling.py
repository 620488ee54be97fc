"""Decides when each point of a question is due again: findings become ratings, which the FSRS library schedules.

One point is one card. A round rates every point of its question:

=======================================================  ======  ==========================================================
what the grade says of the point                         rating  why
=======================================================  ======  ==========================================================
met unprompted, in a criterion that is a Strong Hire     Easy    remembered, together with what belongs to it
met unprompted, in another criterion                     Good    remembered by itself
met in a follow-up's answer, or in a round with a hint   Hard    remembered, but only with help
not sure                                                 Hard    may have been remembered
not met, in a criterion that is not a No Hire            Hard    an answer of a minute can't hold everything, so a point
                                                                 left out beside others says little about memory
not met, in a criterion that is a No Hire                Again   forgotten
contradicted                                             Again   remembered wrongly
=======================================================  ======  ==========================================================

A round that is Not Assessable rates nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from fsrs import Card, Rating, Scheduler

from hotseat.domain.model import Grade, Level, PointFinding, PointStatus, Verdict
from hotseat.domain.practice import PointCard, Rated

SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
"""Without learning steps, which are minutes, as nobody repeats a question so soon. Without fuzz, to be reproducible."""


def rate(grade: Grade, opening_turn: int, hints: int) -> dict[str, Rating]:
    """Point id to rating. ``opening_turn`` is the id of the round's first turn; ``hints`` the number shown in the round."""
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
    """The card after these reviews: (seconds since the epoch, rating), oldest first."""
    card = Card(card_id=0)  # without an id, the library sleeps for a millisecond to make one
    for at, rating in reviews:
        card, _ = scheduler.review_card(card, Rating(rating), datetime.fromtimestamp(at, UTC))
    return card


def cards(history: Sequence[Rated]) -> list[PointCard]:
    """One question's cards, from all ratings of its points. ``history`` must not be empty."""
    reviews: dict[str, list[tuple[float, int]]] = {}
    for rated in sorted(history, key=lambda entry: entry.at):
        for point_id, rating in rated.ratings.items():
            reviews.setdefault(point_id, []).append((rated.at, rating))
    return [_stored(history[0].question_id, point_id, schedule(own)) for point_id, own in reviews.items()]


def _stored(question_id: str, point_id: str, card: Card) -> PointCard:
    assert card.stability is not None and card.difficulty is not None and card.last_review is not None
    return PointCard(question_id, point_id, card.due.timestamp(), card.last_review.timestamp(), card.stability, card.difficulty)


def recall(card: PointCard, now: float) -> float:
    """Probability, 0 to 1, that the point is remembered at ``now`` (seconds since the epoch)."""
    reviewed = datetime.fromtimestamp(card.reviewed, UTC)
    known = Card(card_id=0, stability=card.stability, difficulty=card.difficulty, last_review=reviewed)
    return float(SCHEDULER.get_card_retrievability(known, datetime.fromtimestamp(now, UTC)))
