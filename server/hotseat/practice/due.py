"""Spaced repetition: graded rounds rate the points of their questions, and questions with points due are asked again."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hotseat.clock import Clock
from hotseat.domain.model import Bank, Grade, Question, Verdict
from hotseat.domain.practice import PointCard, Rated
from hotseat.errors import StorageError
from hotseat.practice.scheduling import cards, rate, recall
from hotseat.session.eventlog import counted_grade, decode_event, replayed
from hotseat.session.events import RoundGraded
from hotseat.session.phases import Progress
from hotseat.settings import InterviewSettings
from hotseat.storage.rows import Row
from hotseat.storage.store import SqlStore
from hotseat.telemetry.logs import failed

log = logging.getLogger(__name__)

DAILY_S = 20 * 60
"""Most practice suggested for one day, in seconds; questions that are remembered best are left for another day."""


@dataclass(frozen=True, slots=True)
class DueQuestion:
    """A question with points that are due."""

    question: Question
    points: int
    """How many of them are due."""
    fading: float
    """How many of those are expected to be forgotten by now: the sum of their probabilities."""
    seconds: float
    """How long answering it takes at most."""


class Practice:
    """Ratings and cards of all accounts. Every method raises StorageError unless it says otherwise."""

    def __init__(self, store: SqlStore, clock: Clock, bank: Bank) -> None:
        self._store = store
        self._clock = clock
        self._bank = bank

    async def rate_round(
        self, interview_id: str, owner: str, progress: Progress, round_index: int, grade: Grade, at: float | None = None
    ) -> None:
        """Rates the points of a graded round, in place of its earlier ratings, whose time it keeps. ``at``: seconds since the
        epoch, by default now."""
        answers = progress.answers_of(round_index)
        hints = progress.hints_used[round_index] if round_index < len(progress.hints_used) else 0
        ratings = rate(grade, answers[0].turn_id if answers else 0, hints)
        if not ratings:
            return
        history = await self._store.ratings(owner, grade.question_id)
        before = next((entry for entry in history if (entry.interview_id, entry.round) == (interview_id, round_index)), None)
        moment = before.at if before else self._clock.wall() if at is None else at
        rated = Rated(interview_id, round_index, grade.question_id, moment, {key: int(value) for key, value in ratings.items()})
        kept = [entry for entry in history if entry is not before]
        await self._store.rate(owner, rated, cards([*kept, rated]))

    async def recompute(self, ratings: Iterable[Row]) -> None:
        """Computes the cards of the questions in these rows of ratings, which were added or removed."""
        for owner, question_id in {(row["owner"], row["question_id"]) for row in ratings}:
            await self._store.set_cards(owner, question_id, cards(await self._store.ratings(owner, question_id)))

    async def catch_up(self) -> None:
        """Rates graded rounds without ratings: old ones, imported ones, or those a crash came before. Only logs errors."""
        try:
            rated = await self._store.rated_rounds()
            records = await self._store.list(None)
        except StorageError as error:
            log.error("rounds without ratings could not be rated: %s", error)
            return
        for record in records:
            verdicts = enumerate(record.summary["verdicts"])
            if any(v not in (None, Verdict.NOT_ASSESSABLE) and (record.id, n) not in rated for n, v in verdicts):
                try:
                    await self.rate_interview(record.id)
                except Exception as error:  # the other interviews are still rated
                    failed(log, f"rating interview {record.id}", error)

    async def rate_interview(self, interview_id: str) -> None:
        """Rates every graded round of an interview, by the grade that counts."""
        found = await self._store.load(interview_id)
        if found is None:
            return
        (record, log), amendments = found, await self._store.amendments(interview_id)
        progress = replayed(record, log).progress
        for entry in log:
            if entry.type == RoundGraded.__name__:
                event = decode_event(entry.type, entry.payload)
                assert isinstance(event, RoundGraded)
                grade = counted_grade(progress, amendments, event.round) or event.grade
                await self.rate_round(interview_id, record.owner, progress, event.round, grade, entry.wall)

    async def cards(self, owner: str) -> list[PointCard]:
        """Cards of points that are still in the bank, those due first first."""
        known = {(question.id, point.id) for question in self._bank.questions for point in question.points}
        return [card for card in await self._store.cards(owner) if (card.question_id, card.point_id) in known]


def due(bank: Bank, scheduled: Iterable[PointCard], now: float, until: float, settings: InterviewSettings) -> list[DueQuestion]:
    """Questions with points due before ``until``, those with most points fading first. Times are seconds since the epoch."""
    fading: dict[str, list[float]] = {}
    for card in scheduled:
        if card.due < until:
            fading.setdefault(card.question_id, []).append(1.0 - recall(card, now))
    found = [
        DueQuestion(question := bank.question(question_id), len(chances), sum(chances), seconds(question, settings))
        for question_id, chances in fading.items()
    ]
    return sorted(found, key=lambda entry: (-entry.fading, entry.question.id))


def seconds(question: Question, settings: InterviewSettings) -> float:
    """Most seconds that a question takes: thinking and answering, follow-ups included."""
    return question.time_limit_s + settings.think_s + settings.follow_ups * (question.follow_up_limit_s + settings.think_s)


def for_today(questions: Sequence[DueQuestion]) -> list[DueQuestion]:
    """The first questions that fit into a day's practice, at least one."""
    chosen: list[DueQuestion] = []
    for entry in questions:
        if chosen and sum(other.seconds for other in chosen) + entry.seconds > DAILY_S:
            break
        chosen.append(entry)
    return chosen
