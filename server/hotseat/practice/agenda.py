"""What to practise today: questions that are due, the plan's topics, checkpoints. Also as a calendar."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hotseat.attributes import attributes
from hotseat.clock import local_day
from hotseat.domain.model import Kind, Question
from hotseat.domain.practice import PointCard
from hotseat.practice.due import DueQuestion, Practice, due, for_today
from hotseat.practice.ics import Day, render
from hotseat.practice.planning import PlannedDay, day_of
from hotseat.practice.preparation import Choice, Preparation, midnight
from hotseat.settings import InterviewSettings

DUE = "due"
"""Id of the interview format that asks the questions due."""
_CALENDAR = "calendar"
"""Name of the stored setting with the person's calendar id, which is part of every event's uid."""


@dataclass(frozen=True, slots=True)
class Agenda:
    """One person's agenda. Every method that reads the store raises StorageError."""

    preparation: Preparation
    """Of the same person."""
    practice: Practice
    settings: InterviewSettings

    async def today(self) -> dict[str, Any]:
        """Today's work as JSON; ``plan`` and ``checkpoint`` are null if there is nothing to do for them."""
        cards = await self.practice.cards(self.preparation.owner)
        return {
            "due": self._due(cards),
            "plan": await self._plan({card.question_id for card in cards}),
            "checkpoint": await self._checkpoint(),
        }

    def _due(self, cards: list[PointCard]) -> dict[str, Any]:
        tomorrow = self.preparation.today() + timedelta(days=1)
        waiting = self._due_before(cards, tomorrow)
        chosen = for_today(waiting)
        later = min((card.due for card in cards if card.due >= midnight(tomorrow)), default=None)
        return {
            "format": DUE,
            "questions": [
                {**attributes(entry.question, "id", "title", "topic"), "points": entry.points, "minutes": _minutes([entry])}
                for entry in chosen
            ],
            "minutes": _minutes(chosen),
            "waiting": len(waiting) - len(chosen),
            "next": None if later is None else local_day(later).isoformat(),
        }

    def _due_before(self, cards: Iterable[PointCard], day: date) -> list[DueQuestion]:
        bank, now = self.preparation.library.bank, self.preparation.clock.wall()
        return due(bank, cards, now, midnight(day), self.settings)

    async def _plan(self, answered: set[str]) -> dict[str, Any] | None:
        choice = await self.preparation.choice()
        today = self.preparation.today()
        if choice is None or choice.interview < today:
            return None
        number = choice.week_of(today)
        week = (await self.preparation.weeks(choice))[number]
        first = choice.first_day(number)
        length = (choice.last_day(number) - first).days + 1
        work = PlannedDay((), False) if today == choice.interview else day_of(week, (today - first).days, length)
        return {
            "path": choice.path.id,
            "week": week.number,
            "weeks": choice.weeks,
            "days_left": (choice.interview - today).days,
            "topics": [self.lesson(topic, choice, answered) for topic in work.topics],
            "practice": week.practice if work.practises else None,
        }

    def lesson(self, topic: str, choice: Choice, answered: set[str]) -> dict[str, Any]:
        """A topic of the plan as JSON, with the question to begin with.

        That is one not answered yet if there is any; the core question, or else an easy one that the role is asked.
        """
        bank = self.preparation.library.bank
        own = [question for question in bank.questions if question.topic == topic]
        fresh = [question for question in own if question.id not in answered]

        def order(question: Question) -> tuple[bool, bool, int, str]:
            return question.kind is not Kind.CORE, choice.path.tier not in question.tiers, question.difficulty, question.id

        return {
            "topic": topic,
            "title": bank.topic(topic).title,
            "question": attributes(min(fresh or own, key=order), "id", "title"),
            "answered": len(own) - len(fresh),
            "questions": len(own),
        }

    async def _checkpoint(self) -> dict[str, Any] | None:
        """The latest checkpoint that has come; None if there is none or all its tasks are done."""
        today = self.preparation.today().isoformat()
        for entry in reversed((await self.preparation.checkpoints())["checkpoints"]):
            left = sum(not task["done"] for task in entry["tasks"])
            if entry["date"] is not None and entry["date"] <= today:
                return {"day": entry["day"], "title": entry["title"], "left": left} if left else None
        return None

    async def calendar(self) -> bytes:
        """An iCalendar file with the checkpoints, the interview, and practice on the days it is due."""
        calendar_id = await self._calendar_id()
        cards = await self.practice.cards(self.preparation.owner)
        days = [*await self._planned_days(calendar_id), *self._due_days(cards, calendar_id)]
        return render(days, self.preparation.clock.wall())

    async def _calendar_id(self) -> str:
        store, owner = self.preparation.store, self.preparation.owner
        known: str | None = (await store.settings(owner)).get(_CALENDAR)
        if known is None:
            known = secrets.token_hex(8)
            await store.keep(owner, _CALENDAR, known)
        return known

    async def _planned_days(self, calendar_id: str) -> list[Day]:
        choice = await self.preparation.choice()
        if choice is None:
            return []
        days = [
            Day(
                uid=f"checkpoint-{entry['day']}@{calendar_id}.hotseat",
                on=date.fromisoformat(entry["date"]),
                summary=f"Hotseat, day {entry['day']}: {entry['title']}",
                description="\n".join(task["text"] for task in entry["tasks"]),
            )
            for entry in (await self.preparation.checkpoints())["checkpoints"]
            if entry["date"] is not None
        ]
        return [*days, Day(f"interview@{calendar_id}.hotseat", choice.interview, "Interview")]

    def _due_days(self, cards: list[PointCard], calendar_id: str) -> list[Day]:
        today = self.preparation.today()
        by_day: dict[date, list[PointCard]] = {}
        for card in cards:
            by_day.setdefault(max(today, local_day(card.due)), []).append(card)
        days = []
        for on, own in sorted(by_day.items()):
            questions = for_today(self._due_before(own, on + timedelta(days=1)))
            summary = f"Hotseat: {_minutes(questions)} minutes of practice"
            titles = "\n".join(entry.question.title for entry in questions)
            days.append(Day(f"practice-{on}@{calendar_id}.hotseat", on, summary, titles))
        return days


def _minutes(questions: Iterable[DueQuestion]) -> int:
    """Minutes that the questions take, rounded up."""
    return -(-round(sum(entry.seconds for entry in questions)) // 60)
