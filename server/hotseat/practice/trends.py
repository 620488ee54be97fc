"""The progress page's data: levels and verdicts over time, days of practice.

Grades that don't count, such as those by a stand-in grader, are left out of levels; ``aside`` says how many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Literal

from hotseat.attributes import attributes
from hotseat.clock import Clock, local_day
from hotseat.domain.practice import Assessment
from hotseat.practice.progress import RECENT, AnsweredRound, rounds_of
from hotseat.questions.library import Library
from hotseat.session.records import InterviewRecord
from hotseat.storage.store import SqlStore

Unit = Literal["day", "week", "month"]
"""Length of a chart's periods."""
MAX_DAYS_BY_DAY, MAX_DAYS_BY_WEEK = 45, 2 * 365
"""Longest history, in days, that is shown by day and by week; a longer one is shown by month."""
_SHOWN_WEEKS = 12


async def progress(store: SqlStore, clock: Clock, library: Library, owner: str) -> dict[str, Any]:
    """One person's past interviews and self-assessments together, as JSON. Raises StorageError."""
    records, assessments = await store.list(owner), await store.assessments(owner)
    today = local_day(clock.wall())
    rounds = graded(records)
    unit = unit_for(rounds[0].day if rounds else today, today)
    answers: Counter[date] = Counter()
    for record in records:
        answers[local_day(record.created)] += record.summary["answered"]
    asked_for = {question.id: question.competencies for question in library.bank.questions}
    return {
        "unit": unit,
        "interviews": sum(record.summary["answered"] > 0 for record in records),
        "answers": answers.total(),
        "topics": [
            {
                **attributes(topic, "id", "title"),
                **summary([entry for entry in rounds if entry.topic == topic.id], unit, ratings_of(topic.id, assessments)),
            }
            for topic in library.bank.topics
        ],
        "competencies": [
            {
                "id": note.name,
                "title": note.title,
                **summary([entry for entry in rounds if note.name in asked_for.get(entry.question_id, ())], unit),
            }
            for note in library.study.competencies
        ],
        "verdicts": verdicts_over_time(rounds, unit),
        "practice": practice_days(+answers, today),  # days without answers left out
    }


def graded(records: Sequence[InterviewRecord]) -> list[AnsweredRound]:
    """Every graded round, oldest first; ``records`` newest first."""
    return [entry for record in reversed(records) for entry in rounds_of(record) if entry.verdict]


# ---- Periods -----------------------------------------------------------------------------------------------------------


def unit_for(first: date, last: date) -> Unit:
    """The shortest periods with which the history fits on a page."""
    days = (last - first).days
    return "day" if days <= MAX_DAYS_BY_DAY else "week" if days <= MAX_DAYS_BY_WEEK else "month"


def start_of(day: date, unit: Unit) -> date:
    """The first day of the period that this day is in; a week begins on Monday."""
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day


def levels_over_time(rounds: Sequence[AnsweredRound], unit: Unit) -> list[dict[str, Any]]:
    """For each period with rounds: how many grades counted, how many were left out (``aside``), and the level at its end.

    The level is the mean of the latest ``RECENT`` that counted, so that one answer moves it little; null before the first.
    """
    levels: list[float] = []
    found: list[dict[str, Any]] = []
    for start, own in _by_period(rounds, unit):
        counted = [entry.level for entry in own if entry.level is not None]
        levels = [*levels, *counted][-RECENT:]
        found.append(
            {
                "from": start.isoformat(),
                "answers": len(counted),
                "aside": len(own) - len(counted),
                "level": round(sum(levels) / len(levels), 2) if levels else None,
            }
        )
    return found


def verdicts_over_time(rounds: Sequence[AnsweredRound], unit: Unit) -> list[dict[str, Any]]:
    """For each period with rounds: how many of each verdict counted, and how many grades were left out (``aside``)."""
    return [
        {
            "from": start.isoformat(),
            "verdicts": dict(Counter(entry.verdict for entry in own if not entry.aside)),
            "aside": sum(entry.aside is not None for entry in own),
        }
        for start, own in _by_period(rounds, unit)
    ]


def _by_period(rounds: Sequence[AnsweredRound], unit: Unit) -> list[tuple[date, list[AnsweredRound]]]:
    found: dict[date, list[AnsweredRound]] = {}
    for entry in rounds:
        found.setdefault(start_of(entry.day, unit), []).append(entry)
    return sorted(found.items())


# ---- Days of practice --------------------------------------------------------------------------------------------------


def practice_days(days: Mapping[date, int], today: date) -> dict[str, Any]:
    """Streaks of days with practice, and the latest twelve weeks day by day. ``days``: answers on each day.

    The current streak ends once a whole day has passed without practice.
    """
    runs = _runs(sorted(days))
    current = next((run for last, run in runs if (today - last).days <= 1), 0)
    monday = start_of(today, "week")
    first = monday - timedelta(weeks=_SHOWN_WEEKS - 1)
    shown = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    return {
        "current": current,
        "longest": max((run for _, run in runs), default=0),
        "total": len(days),
        "this_week": sum(day in days for day in shown if day >= monday),
        "days": [{"date": day.isoformat(), "answers": days.get(day, 0)} for day in shown],
    }


def _runs(days: Sequence[date]) -> list[tuple[date, int]]:
    """(last day, length in days) of each streak; ``days`` are sorted."""
    runs: list[tuple[date, int]] = []
    for day in days:
        if runs and (day - runs[-1][0]).days == 1:
            runs[-1] = (day, runs[-1][1] + 1)
        else:
            runs.append((day, 1))
    return runs


# ---- Together ----------------------------------------------------------------------------------------------------------


def summary(rounds: Sequence[AnsweredRound], unit: Unit, ratings: Sequence[tuple[date, int]] = ()) -> dict[str, Any]:
    """One topic's or competency's levels as JSON; ``ratings`` are the candidate's own of it: (day, 1 to 5)."""
    series = levels_over_time(rounds, unit)
    return {
        "answers": sum(period["answers"] for period in series),
        "aside": sum(period["aside"] for period in series),
        "level": series[-1]["level"] if series else None,
        "periods": series,
        "ratings": [{"date": day.isoformat(), "score": score} for day, score in ratings],
    }


def ratings_of(topic: str, assessments: Iterable[Assessment]) -> list[tuple[date, int]]:
    """A topic's self-assessed scores that differ from the one before, the last of each day; ``assessments``: oldest first."""
    by_day = {local_day(entry.taken): entry.scores[topic] for entry in assessments if topic in entry.scores}
    return [next(same) for _, same in groupby(by_day.items(), key=lambda rating: rating[1])]
