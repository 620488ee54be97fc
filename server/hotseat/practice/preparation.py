"""Self-assessments, the study plan and the checkpoints of one person."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from hotseat.clock import Clock, iso, local_day
from hotseat.domain.practice import Assessment
from hotseat.errors import InputError
from hotseat.practice.planning import MAX_WEEKS, PRACTICE_DAYS, PlannedWeek, replan
from hotseat.practice.progress import Measured, compare, measure, weakness
from hotseat.questions.library import Library
from hotseat.questions.study import StudyPath
from hotseat.storage.store import SqlStore

_PLAN = "plan"
_TICK = "tick:"
"""Before the task's id, in the names of settings: each tick is its own, so that two at once don't undo each other."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The plan the candidate chose."""

    path: StudyPath
    start: date
    interview: date

    @property
    def weeks(self) -> int:
        return min(MAX_WEEKS, max(1, -(-(self.interview - self.start).days // 7)))

    def week_of(self, day: date) -> int:
        """Index of the week a day is in; that of the last from the interview on."""
        return max(0, min(self.weeks - 1, (day - self.start).days // 7))

    def last_day(self, week: int) -> date:
        """The last day of a week (by index) for preparing: the interview's own day is none."""
        return min(self.start + timedelta(weeks=week, days=6), self.interview - timedelta(days=1))


class Preparation:
    """One person's. Every method raises StorageError."""

    def __init__(self, store: SqlStore, clock: Clock, library: Library, owner: str) -> None:
        self._store = store
        self._clock = clock
        self._library = library
        self._owner = owner
        self._topics = [topic.id for topic in library.bank.topics]
        self._frequency = {topic.id: topic.frequency_weight for topic in library.bank.topics}

    async def weakness(self) -> dict[str, float]:
        """Topic id to weakness, 0 to 1, by verdicts and the last self-assessment."""
        taken = await self._store.assessments(self._owner)
        return weakness(await self._measured(), taken[-1].scores if taken else {})

    async def _measured(self) -> dict[str, Measured]:
        """Topic id to what the recent verdicts on it show."""
        return measure(await self._store.list(self._owner, limit=100))

    # ---- Self-assessment ---------------------------------------------------------------------------------------------

    async def assess(self, scores: Mapping[str, int]) -> None:
        """Raises InputError unless every topic has its score."""
        wrong = [f"scores.{topic}: there is no such topic" for topic in scores if topic not in self._topics]
        wrong += [f"scores.{topic}: is missing" for topic in self._topics if topic not in scores]
        if wrong:
            raise InputError("; ".join(wrong))
        await self._store.add_assessment(self._owner, Assessment(self._clock.wall(), dict(scores)))

    async def assessments(self) -> dict[str, Any]:
        """All of them, oldest first, and how the last compares with the first and with what was measured."""
        taken = await self._store.assessments(self._owner)
        measured = await self._measured()
        return {
            "assessments": [self._assessment(entry) for entry in taken],
            "comparison": compare(self._topics, taken, measured),
            "most": 5 * len(self._topics),
        }

    def _assessment(self, entry: Assessment) -> dict[str, Any]:
        total = sum(entry.scores.values())
        band = self._library.study.band(total)
        return {
            "taken": iso(entry.taken),
            "scores": entry.scores,
            "total": total,
            "band": band.title,
            "advice": band.advice,
        }

    # ---- Plan --------------------------------------------------------------------------------------------------------

    async def choose(self, path_id: str, weeks: int | None, interview: date | None) -> None:
        """Plans from today on. Raises InputError naming the field."""
        path = self._library.catalogue.path(path_id)
        if (weeks is None) == (interview is None):
            raise InputError("weeks: give either the weeks or the date of the interview")
        today = self.today()
        until = interview or today + timedelta(weeks=weeks or 0)
        if not 0 < (until - today).days <= MAX_WEEKS * 7:
            raise InputError(f"date: has to be after today and at most {MAX_WEEKS} weeks away")
        chosen = {"path": path.id, "start": today.isoformat(), "interview": until.isoformat()}
        await self._store.keep(self._owner, _PLAN, chosen)

    async def plan(self) -> dict[str, Any]:
        """The plan for what was chosen, as results have made it; ``choice`` is null when nothing was."""
        choice = await self.choice()
        if choice is None:
            return {"choice": None}
        today = self.today()
        weeks = await self.weeks(choice)
        planned = {topic for week in weeks for topic in week.topics}
        return {
            "choice": {
                "path": choice.path.id,
                "start": choice.start.isoformat(),
                "interview": choice.interview.isoformat(),
                "weeks": choice.weeks,
            },
            "days_left": (choice.interview - today).days,
            "weeks": [_week(week, choice, today) for week in weeks],
            "left_out": [topic for topic in choice.path.shares() if topic not in planned],
        }

    async def weeks(self, choice: Choice) -> list[PlannedWeek]:
        """Each week planned by what was known when it began, the present one by what is known today.

        A rating counts at once, a verdict from the next day: the work of a day stays as it was in the morning.
        """
        number = choice.week_of(self.today())
        first_days = [choice.start + timedelta(weeks=week) for week in range(number)]
        records, taken = await self._store.list(self._owner), await self._store.assessments(self._owner)

        def known(verdicts_until: float, ratings_until: float) -> dict[str, float]:
            scores = [entry.scores for entry in taken if entry.taken < ratings_until]
            measured = measure(record for record in records if record.created < verdicts_until)
            return weakness(measured, scores[-1] if scores else {})

        past = [known(midnight(day), midnight(day + timedelta(days=1))) for day in first_days]
        return replan(choice.path, choice.weeks, [*past, known(midnight(self.today()), math.inf)], self._frequency)

    async def choice(self) -> Choice | None:
        stored = (await self._store.settings(self._owner)).get(_PLAN)
        if stored is None:
            return None
        path = next((path for path in self._library.catalogue.paths if path.id == stored["path"]), None)
        if path is None:  # rubrics/paths.toml has changed since
            return None
        return Choice(path, date.fromisoformat(stored["start"]), date.fromisoformat(stored["interview"]))

    def today(self) -> date:
        return local_day(self._clock.wall())

    # ---- Checkpoints -------------------------------------------------------------------------------------------------

    async def checkpoints(self) -> dict[str, Any]:
        """The checkpoints with what is done of each, and the day it falls on if the plan reaches so far."""
        settings = await self._store.settings(self._owner)
        choice = await self.choice()

        def falls(day: int) -> str | None:
            if choice is None or (when := choice.start + timedelta(days=day)) > choice.interview:
                return None
            return when.isoformat()

        return {
            "checkpoints": [
                {
                    "day": checkpoint.day,
                    "title": checkpoint.title,
                    "date": falls(checkpoint.day),
                    "tasks": [
                        {"id": task.id, "text": task.text, "link": task.link, "done": f"{_TICK}{task.id}" in settings}
                        for task in checkpoint.tasks
                    ],
                }
                for checkpoint in self._library.study.checkpoints
            ]
        }

    async def tick(self, task_id: str, done: bool) -> None:
        """Raises InputError for a task that does not exist."""
        known = {task.id for checkpoint in self._library.study.checkpoints for task in checkpoint.tasks}
        if task_id not in known:
            raise InputError(f"there is no task {task_id!r}")
        await self._store.keep(self._owner, f"{_TICK}{task_id}", self._clock.wall() if done else None)


def midnight(day: date) -> float:
    """The moment a day begins here, in seconds since the epoch."""
    return datetime.combine(day, time()).timestamp()


def _week(week: PlannedWeek, choice: Choice, today: date) -> dict[str, Any]:
    first = choice.start + timedelta(weeks=week.number - 1)
    last = min(first + timedelta(days=6), choice.interview)
    return {
        "number": week.number,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "current": first <= today <= last,
        "topics": [{"topic": topic, "days": days} for topic, days in week.days.items()],
        "focus": list(week.focus),
        "practice": week.practice,
        "practice_days": PRACTICE_DAYS,
    }
