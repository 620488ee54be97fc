"""The progress page's data: all past interviews and self-assessments together."""

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


async def progress(store: SqlStore, clock: Clock, library: Library, owner: str) -> dict[str, Any]:
    """One person's progress as JSON (parts: practice.trends). Raises StorageError."""
    records, assessments = await store.list(owner), await store.assessments(owner)
    today = local_day(clock.wall())
    rounds = trends.graded(records)
    unit = trends.unit_for(rounds[0].day if rounds else today, today)
    days = _answers_by_day(records)
    return {
        "unit": unit,
        "interviews": sum(record.summary["answered"] > 0 for record in records),
        "answers": sum(days.values()),
        "topics": _topics(library, rounds, unit, assessments),
        "competencies": _competencies(library, rounds, unit),
        "verdicts": trends.verdicts_over_time(rounds, unit),
        "practice": trends.practice_days(days, today),
    }


def _topics(
    library: Library, rounds: list[Graded], unit: trends.Unit, assessments: tuple[Assessment, ...]
) -> list[dict[str, Any]]:
    found = []
    for topic in library.bank.topics:
        own = [entry for entry in rounds if entry.topic == topic.id]
        ratings = trends.ratings_of(topic.id, assessments)
        found.append({"id": topic.id, "title": topic.title, **trends.summary(own, unit, ratings)})
    return found


def _competencies(library: Library, rounds: list[Graded], unit: trends.Unit) -> list[dict[str, Any]]:
    asked_for = {question.id: question.competencies for question in library.bank.questions}
    found = []
    for entry in library.study.competencies:
        own = [graded for graded in rounds if entry.name in asked_for.get(graded.question_id, ())]
        found.append({"id": entry.name, "title": entry.title, **trends.summary(own, unit)})
    return found


def _answers_by_day(records: tuple[InterviewRecord, ...]) -> dict[date, int]:
    days: Counter[date] = Counter()
    for record in records:
        if record.summary["answered"]:
            days[local_day(record.created)] += record.summary["answered"]
    return days
