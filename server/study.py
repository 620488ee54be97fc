"""Study paths and checkpoints (rubrics/paths.toml, checkpoints.toml), and a plan for the weeks there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from server.content import Slug, Strict, Text, Tier, parse_file
from server.errors import ContentError


class Week(Strict):
    topics: Annotated[list[Slug], Field(min_length=1)]
    focus: Text


class StudyPath(Strict):
    id: Slug
    title: Text
    roles: Annotated[list[Text], Field(min_length=1)]
    companies: Text
    tier: Tier
    week: Annotated[list[Week], Field(min_length=1)]

    def shares(self) -> dict[str, float]:
        """Topic id to the share of the path's time it gets; sums to 1."""
        shares: dict[str, float] = {}
        for week in self.week:
            for topic in week.topics:
                shares[topic] = shares.get(topic, 0.0) + 1 / len(week.topics) / len(self.week)
        return shares


class PathsFile(Strict):
    path: Annotated[list[StudyPath], Field(min_length=1)]


class Task(Strict):
    text: Text
    link: Annotated[str, Field(pattern=r"^(/[a-z-]*(#[a-z-]+)?|format:[a-z-]+)$")]


class Checkpoint(Strict):
    day: Annotated[int, Field(ge=0)]
    title: Text
    tasks: Annotated[list[Task], Field(min_length=1)]


class _CheckpointsFile(Strict):
    checkpoint: Annotated[list[Checkpoint], Field(min_length=1)]


def load_checkpoints(root: Path) -> tuple[Checkpoint, ...]:
    """Raises ContentError listing every problem."""
    problems: list[str] = []
    parsed = parse_file(root / "checkpoints.toml", root, _CheckpointsFile, problems)
    if parsed is None:
        raise ContentError("\n".join(problems))
    return tuple(parsed.checkpoint)


@dataclass(frozen=True, slots=True)
class PlannedWeek:
    """One week of a plan."""

    number: int
    topics: tuple[str, ...]
    focus: str
    days: Mapping[str, float]
    """Topic id to days of this week."""


PRACTICE_DAYS = 1
"""Of each planned week, kept for timed practice."""
_STUDY_DAYS = 5


def plan_weeks(path: StudyPath, weeks: int, weakness: Mapping[str, float]) -> list[PlannedWeek]:
    """The path fitted to the weeks there are.

    Time goes to the path's topics by their share of it and by weakness (0 to 1). With fewer weeks than the path has, topics
    keep their order, each gets less, and what would get less than half a day is left out. The last week always holds mocks.
    With more weeks, what is left over goes to repetition.
    """
    shares = path.shares()
    order = [topic for week in path.week for topic in week.topics]
    wanted = {topic: shares[topic] * (1.0 + weakness.get(topic, 0.0)) for topic in order}
    days_there_are = weeks * _STUDY_DAYS - weeks * PRACTICE_DAYS
    total = sum(wanted.values())
    days = {topic: round(days_there_are * value / total * 2) / 2 for topic, value in wanted.items()}
    planned: list[PlannedWeek] = []
    queue = [(topic, days[topic]) for topic in order if days[topic] >= 0.5]
    room_each = _STUDY_DAYS - PRACTICE_DAYS
    focus = {topic: week.focus for week in path.week for topic in week.topics}
    for number in range(1, weeks + 1):
        room = float(room_each)
        here: dict[str, float] = {}
        while queue and room >= 0.5:
            topic, needed = queue.pop(0)
            take = min(needed, room) if number < weeks else needed
            here[topic] = here.get(topic, 0.0) + take
            room -= take
            if needed > take:
                queue.insert(0, (topic, needed - take))
        focuses = list(dict.fromkeys(focus[topic] for topic in here)) or ["Repeat what is weakest, and sit full mocks."]
        planned.append(PlannedWeek(number, tuple(here), " ".join(focuses), here))
    return planned


def study_view(paths: Sequence[StudyPath], checkpoints: Sequence[Checkpoint]) -> dict[str, Any]:
    """Paths and checkpoints as JSON."""
    return {
        "paths": [path.model_dump(mode="json") for path in paths],
        "checkpoints": [checkpoint.model_dump(mode="json") for checkpoint in checkpoints],
    }
