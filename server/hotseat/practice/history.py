"""The progress page: what all past interviews and self-assessments say together."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from hotseat.clock import Clock, local_day
from hotseat.domain.practice import Assessment
from hotseat.practice import trends
from hotseat.practice.trends import Graded
from hotseat.questions.library import Library
from hotseat.session.records import InterviewRecord
from hotseat.storage.store import SqlStore


class History:
    """One person's. Every method raises StorageError."""

    def __init__(self, store: SqlStore, clock: Clock, library: Library, owner: str) -> None:
        self._store = store
        self._clock = clock
        self._library = library
        self._owner = owner

    async def progress(self) -> dict[str, Any]:
        """The page as JSON; see ``trends`` for its parts."""
        records, assessments = await self._store.list(self._owner), await self._store.assessments(self._owner)
        today = local_day(self._clock.wall())
        rounds = trends.graded(records)
        periods = trends.periods_for(rounds[0].day if rounds else today, today)
        days = _answers_by_day(records)
        return {
            "unit": periods.unit,
            "interviews": sum(record.summary["answered"] > 0 for record in records),
            "answers": sum(days.values()),
            "topics": self._topics(rounds, periods, assessments),
            "competencies": self._competencies(rounds, periods),
            "verdicts": trends.verdicts_over_time(rounds, periods),
            "practice": trends.practice_days(days, today),
        }

    def _topics(
        self, rounds: list[Graded], periods: trends.Periods, assessments: tuple[Assessment, ...]
    ) -> list[dict[str, Any]]:
        found = []
        for topic in self._library.bank.topics:
            own = [entry for entry in rounds if entry.topic == topic.id]
            ratings = trends.ratings_of(topic.id, assessments)
            found.append({"id": topic.id, "title": topic.title, **trends.standing(own, periods, ratings)})
        return found

    def _competencies(self, rounds: list[Graded], periods: trends.Periods) -> list[dict[str, Any]]:
        asked_for = {question.id: question.competencies for question in self._library.bank.questions}
        found = []
        for entry in self._library.study.competencies:
            own = [graded for graded in rounds if entry.name in asked_for.get(graded.question_id, ())]
            found.append({"id": entry.name, "title": entry.title, **trends.standing(own, periods)})
        return found


def _answers_by_day(records: tuple[InterviewRecord, ...]) -> dict[date, int]:
    days: Counter[date] = Counter()
    for record in records:
        if record.summary["answered"]:
            days[local_day(record.created)] += record.summary["answered"]
    return days
