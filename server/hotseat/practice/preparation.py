"""One person's self-assessments, study plan and checkpoints."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from hotseat.attributes import attributes
from hotseat.clock import Clock, iso, local_day
from hotseat.domain.practice import Assessment
from hotseat.errors import InputError
from hotseat.practice.planning import MAX_WEEKS, PRACTICE_DAYS, PlannedWeek, replan
from hotseat.practice.progress import compare, measure, weakness
from hotseat.questions.library import Library
from hotseat.questions.study_paths import StudyPath
from hotseat.storage.store import SqlStore

_PLAN = "plan"
_TICK = "tick:"
"""Prefix of the setting for a finished task. Each task has its own, so that two requests at once don't undo each other."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The path and dates that the candidate chose."""

    path: StudyPath
    start: date
    interview: date

    @property
    def weeks(self) -> int:
        return min(MAX_WEEKS, max(1, -(-(self.interview - self.start).days // 7)))

    def week_of(self, day: date) -> int:
        """Index of the week that a day is in; of the last week, from the interview on."""
        return max(0, min(self.weeks - 1, (day - self.start).days // 7))

    def first_day(self, week: int) -> date:
        """The first day of a week, by index."""
        return self.start + timedelta(weeks=week)

    def last_day(self, week: int) -> date:
        """The last day of a week (by index) to prepare on; the day of the interview isn't one."""
        return min(self.first_day(week) + timedelta(days=6), self.interview - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Preparation:
    """One person's preparation. Every method that reads the store raises StorageError."""

    store: SqlStore
    clock: Clock
    library: Library
    owner: str
    """Id of the account."""

    async def weakness(self) -> dict[str, float]:
        """Topic id to weakness, 0 to 1, from recent verdicts and the last self-assessment."""
        taken = await self.store.assessments(self.owner)
        return weakness(await self._measured(), taken[-1].scores if taken else {})

    async def _measured(self) -> dict[str, list[float]]:
        """Topic id to the levels that recent verdicts show."""
        return measure(await self.store.list(self.owner, limit=100))

    # ---- Self-assessment ---------------------------------------------------------------------------------------------

    async def assess(self, scores: Mapping[str, int]) -> None:
        """Stores a self-assessment, 1 to 5 for each topic. Raises InputError unless every topic has a score."""
        topics = [topic.id for topic in self.library.bank.topics]
        wrong = [f"scores.{topic}: there is no such topic" for topic in scores if topic not in topics]
        wrong += [f"scores.{topic}: is missing" for topic in topics if topic not in scores]
        if wrong:
            raise InputError("; ".join(wrong))
        await self.store.add_assessment(self.owner, Assessment(self.clock.wall(), dict(scores)))

    async def assessments(self) -> dict[str, Any]:
        """All self-assessments as JSON, oldest first, and how the last compares with the first and with the measured levels."""
        taken = await self.store.assessments(self.owner)
        topics = [topic.id for topic in self.library.bank.topics]
        return {
            "assessments": [self._assessment(entry) for entry in taken],
            "comparison": compare(topics, taken, await self._measured()),
            "most": 5 * len(topics),
        }

    def _assessment(self, entry: Assessment) -> dict[str, Any]:
        total = sum(entry.scores.values())
        band = self.library.study.band(total)
        return {"taken": iso(entry.taken), "scores": entry.scores, "total": total, "band": band.title, "advice": band.advice}

    # ---- Plan --------------------------------------------------------------------------------------------------------

    async def choose(self, path_id: str, weeks: int | None, interview: date | None) -> None:
        """Starts a plan today, for a number of weeks or until the interview. Raises InputError naming the field."""
        path = self.library.catalogue.path(path_id)
        if (weeks is None) == (interview is None):
            raise InputError("weeks: give either the weeks or the date of the interview")
        today = self.today()
        until = interview or today + timedelta(weeks=weeks or 0)
        if not 0 < (until - today).days <= MAX_WEEKS * 7:
            raise InputError(f"date: has to be after today and at most {MAX_WEEKS} weeks away")
        chosen = {"path": path.id, "start": today.isoformat(), "interview": until.isoformat()}
        await self.store.keep(self.owner, _PLAN, chosen)

    async def plan(self) -> dict[str, Any]:
        """The plan as JSON, adapted to the results so far; ``choice`` is null if nothing was chosen."""
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
        """All weeks, each planned by what was known when it began, the present and later ones by what is known today.

        A self-assessment counts at once, a verdict from the next day, so that practice doesn't change the day's plan.
        """
        number = choice.week_of(self.today())
        records, taken = await self.store.list(self.owner), await self.store.assessments(self.owner)

        def known(verdicts_until: float, ratings_until: float) -> dict[str, float]:
            scores = [entry.scores for entry in taken if entry.taken < ratings_until]
            measured = measure(record for record in records if record.created < verdicts_until)
            return weakness(measured, scores[-1] if scores else {})

        past = [known(midnight(day), midnight(day + timedelta(days=1))) for day in map(choice.first_day, range(number))]
        frequency = {topic.id: topic.frequency_weight for topic in self.library.bank.topics}
        return replan(choice.path, choice.weeks, [*past, known(midnight(self.today()), math.inf)], frequency)

    async def choice(self) -> Choice | None:
        """What was chosen last; None if nothing was, or its path no longer exists."""
        stored = (await self.store.settings(self.owner)).get(_PLAN) or {}
        path = next((path for path in self.library.catalogue.paths if path.id == stored.get("path")), None)
        if path is None:
            return None
        return Choice(path, date.fromisoformat(stored["start"]), date.fromisoformat(stored["interview"]))

    def today(self) -> date:
        return local_day(self.clock.wall())

    # ---- Checkpoints -------------------------------------------------------------------------------------------------

    async def checkpoints(self) -> dict[str, Any]:
        """The checkpoints as JSON, with the tasks done, and the date of each that comes before the interview."""
        settings = await self.store.settings(self.owner)
        choice = await self.choice()

        def date_of(day: int) -> str | None:
            if choice is None or (when := choice.start + timedelta(days=day)) > choice.interview:
                return None
            return when.isoformat()

        return {
            "checkpoints": [
                {
                    **attributes(checkpoint, "day", "title"),
                    "date": date_of(checkpoint.day),
                    "tasks": [
                        {**attributes(task, "id", "text", "link"), "done": f"{_TICK}{task.id}" in settings}
                        for task in checkpoint.tasks
                    ],
                }
                for checkpoint in self.library.study.checkpoints
            ]
        }

    async def tick(self, task_id: str, done: bool) -> None:
        """Marks a checkpoint's task as done or not done. Raises InputError for an unknown task."""
        known = {task.id for checkpoint in self.library.study.checkpoints for task in checkpoint.tasks}
        if task_id not in known:
            raise InputError(f"there is no task {task_id!r}")
        await self.store.keep(self.owner, f"{_TICK}{task_id}", self.clock.wall() if done else None)


def midnight(day: date) -> float:
    """When a day begins in the server's time zone, in seconds since the epoch."""
    return datetime.combine(day, time()).timestamp()


def _week(week: PlannedWeek, choice: Choice, today: date) -> dict[str, Any]:
    first = choice.first_day(week.number - 1)
    last = min(first + timedelta(days=6), choice.interview)
    return {
        **attributes(week, "number", "practice"),
        "first": first.isoformat(),
        "last": last.isoformat(),
        "current": first <= today <= last,
        "topics": [{"topic": topic, "days": days} for topic, days in week.days.items()],
        "focus": list(week.focus),
        "practice_days": PRACTICE_DAYS,
    }
