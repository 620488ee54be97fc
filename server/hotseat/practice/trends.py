"""The progress page's charts: levels and verdicts over time, days of practice.

Grades that don't count, as those by a stand-in grader, are left out of levels; their number is ``aside``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from hotseat.clock import local_day
from hotseat.domain.practice import Assessment
from hotseat.practice.progress import RECENT, level_of, rounds_of
from hotseat.session.records import InterviewRecord

Unit = Literal["day", "week", "month"]
"""Length of a chart's periods."""
MAX_DAYS_BY_DAY, MAX_DAYS_BY_WEEK = 45, 2 * 365
"""Longest history, in days, that is shown by day and by week; a longer one is shown by month."""
_SHOWN_WEEKS = 12


@dataclass(frozen=True, slots=True)
class Graded:
    """One graded round."""

    day: date
    """In the server's time zone."""
    question_id: str
    verdict: str
    aside: str | None
    """Why it is left out of levels; None if it counts."""

    @property
    def topic(self) -> str:
        return self.question_id.split("/")[0]

    @property
    def level(self) -> float | None:
        """1 to 5; None if it is left out or could not be assessed."""
        return None if self.aside else level_of(self.verdict)


def graded(records: Iterable[InterviewRecord]) -> list[Graded]:
    """Every graded round, oldest first; ``records`` newest first."""
    found: list[Graded] = []
    for record in records:
        day = local_day(record.created)
        own = [Graded(day, question_id, verdict, aside) for _, question_id, verdict, aside in rounds_of(record) if verdict]
        found += reversed(own)
    return found[::-1]


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


def levels_over_time(rounds: Sequence[Graded], unit: Unit) -> list[dict[str, Any]]:
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


def verdicts_over_time(rounds: Sequence[Graded], unit: Unit) -> list[dict[str, Any]]:
    """For each period with rounds: how many of each verdict counted, and how many grades were left out (``aside``)."""
    return [
        {
            "from": start.isoformat(),
            "verdicts": dict(Counter(entry.verdict for entry in own if not entry.aside)),
            "aside": sum(entry.aside is not None for entry in own),
        }
        for start, own in _by_period(rounds, unit)
    ]


def _by_period(rounds: Sequence[Graded], unit: Unit) -> list[tuple[date, list[Graded]]]:
    found: dict[date, list[Graded]] = {}
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
    first = today - timedelta(days=today.weekday() + 7 * (_SHOWN_WEEKS - 1))
    shown = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    return {
        "current": current,
        "longest": max((run for _, run in runs), default=0),
        "total": len(days),
        "this_week": sum(day in days for day in shown if day >= today - timedelta(days=today.weekday())),
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


def summary(rounds: Sequence[Graded], unit: Unit, ratings: Sequence[tuple[date, int]] = ()) -> dict[str, Any]:
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
    kept: list[tuple[date, int]] = []
    for day, score in by_day.items():
        if not kept or kept[-1][1] != score:
            kept.append((day, score))
    return kept
