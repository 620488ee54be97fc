"""The study plan: which topic in which week, and for how long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hotseat.questions.study import StudyPath

WEEK_DAYS = 5
PRACTICE_DAYS = 1
"""Days of each week that are kept for answering under the clock."""
MAX_WEEKS = 26
REPETITION = "Second pass, weakest first: answer aloud before you read."
_FIRST_PASS = 1.5
"""How many times the path's own time the first pass may take; the rest goes to a second pass."""
_LEAST_DAYS = 0.75
"""A topic that would get less is left out."""
_HALF = 0.49
"""The least days for what is left of a topic: half a day, whatever the rounding."""
_LATER = 0.85
"""Factor for each further week of the path where there are too few weeks: the later ones build on the earlier ones."""
_NEUTRAL = 0.5
"""The weakness of a topic of which nothing is known."""
_CAPSTONE = "capstone"


@dataclass(frozen=True, slots=True)
class PlannedWeek:
    """One week of a plan."""

    number: int
    topics: tuple[str, ...]
    focus: tuple[str, ...]
    days: Mapping[str, float]
    """Topic id to days of this week, in halves."""
    practice: str
    """Id of the format for the week's practice day."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Days in a row on one topic."""

    topic: str
    days: float
    focus: str


def plan_weeks(
    path: StudyPath,
    weeks: int,
    weakness: Mapping[str, float],
    frequency: Mapping[str, float] | None = None,
    done: Sequence[PlannedWeek] = (),
) -> list[PlannedWeek]:
    """The path fitted to the weeks there are, each with a day of timed practice; the capstone, with full mocks, comes last.

    Weeks that are done stay as they were planned; what they left or missed is fitted to the weeks that remain.

    A topic's time follows its share of the path, how weak the candidate is in it (0 to 1) and how often it is asked (0 to 1).
    With fewer weeks than the path has, the topics that others stand on go first, and what would get hardly any is left out.
    With more time than the path needs, topics come back, weakest first, before the capstone.
    """
    room = WEEK_DAYS - PRACTICE_DAYS
    shares = path.shares()
    days = weeks * room
    first_pass = min(days, len(path.week) * room * _FIRST_PASS)
    # At least a day, as the whole is what an interview asks for; at most the last week.
    capstone = min(room, max(1.0, round(first_pass * shares[_CAPSTONE] * 2) / 2)) if _CAPSTONE in shares else 0.0
    wanted = {
        topic: share * (0.5 + weakness.get(topic, _NEUTRAL)) * (frequency or {}).get(topic, 1.0)
        for topic, share in shares.items()
        if topic != _CAPSTONE
    }
    first = _allot(first_pass - capstone, wanted if weeks >= len(path.week) else _earlier_first(wanted, path))
    second = _allot(days - first_pass, wanted)
    focus = {topic: week.focus for week in path.week for topic in week.topics}
    if done:
        first, second = _remaining(first, second, done, days - len(done) * room - capstone)
        covered = {topic for week in done for topic in week.topics} - {done[-1].topics[-1]}  # the last one just goes on
        focus |= dict.fromkeys(covered, REPETITION)
    stretches = [_Stretch(topic, first[topic], focus[topic]) for topic in wanted if topic in first]
    stretches += [_Stretch(topic, second[topic], REPETITION) for topic in sorted(second, key=lambda topic: -wanted[topic])]
    stretches += [_Stretch(_CAPSTONE, capstone, focus[_CAPSTONE])] if capstone else []
    return [*done, *(_week(number, weeks, part) for number, part in enumerate(_cut(stretches, room), len(done) + 1))]


def replan(
    path: StudyPath, weeks: int, known: Sequence[Mapping[str, float]], frequency: Mapping[str, float] | None = None
) -> list[PlannedWeek]:
    """The plan as it has become. ``known``: the weaknesses known when each week began, from the first to the one it is now."""
    done: list[PlannedWeek] = []
    for number, weakness in enumerate(known, 1):
        planned = plan_weeks(path, weeks, weakness, frequency, done)
        done = planned[:number]
    return planned


def _remaining(
    first: Mapping[str, float], second: Mapping[str, float], done: Sequence[PlannedWeek], days: float
) -> tuple[dict[str, float], dict[str, float]]:
    """What earlier weeks have left of each pass, fitted to the days that remain."""
    spent: Counter[str] = Counter()
    for week in done:
        spent.update(week.days)
    first_left = {topic: planned - spent[topic] for topic, planned in first.items() if planned > spent[topic]}
    beyond = {topic: max(0.0, taken - first.get(topic, 0.0)) for topic, taken in spent.items()}
    second_left = {t: planned - beyond.get(t, 0.0) for t, planned in second.items() if planned > beyond.get(t, 0.0)}
    again = min(days, sum(first_left.values()))
    return _allot(again, first_left, _HALF), _allot(days - again, second_left, _HALF)


def _earlier_first(wanted: Mapping[str, float], path: StudyPath) -> dict[str, float]:
    first_week = {topic: number for number, week in reversed(list(enumerate(path.week))) for topic in week.topics}
    return {topic: value * _LATER ** first_week[topic] for topic, value in wanted.items()}


def _allot(days: float, wanted: Mapping[str, float], least_days: float = _LEAST_DAYS) -> dict[str, float]:
    """Days in halves that sum to ``days``, without the topics that would get hardly any."""
    left = dict(wanted) if days > 0 else {}
    while len(left) > 1:
        least = min(left, key=lambda topic: left[topic])
        if days * left[least] / sum(left.values()) >= least_days:
            break
        del left[least]
    exact = {topic: days * 2 * value / sum(left.values()) for topic, value in left.items()}
    halves = {topic: int(value) for topic, value in exact.items()}
    # Largest remainder, so that the sum is kept.
    by_remainder = sorted(exact, key=lambda topic: halves[topic] - exact[topic])
    for topic in by_remainder[: round(days * 2) - sum(halves.values())]:
        halves[topic] += 1
    return {topic: count / 2 for topic, count in halves.items()}


def _cut(stretches: Sequence[_Stretch], room: float) -> list[list[_Stretch]]:
    """The days in order, cut into weeks of ``room`` days."""
    weeks: list[list[_Stretch]] = []
    free = 0.0
    for stretch in stretches:
        needed = stretch.days
        while needed > 0:
            if free <= 0:
                weeks.append([])
                free = room
            taken = min(needed, free)
            weeks[-1].append(_Stretch(stretch.topic, taken, stretch.focus))
            needed, free = needed - taken, free - taken
    return weeks


def _week(number: int, weeks: int, part: Sequence[_Stretch]) -> PlannedWeek:
    days: dict[str, float] = {}
    for stretch in part:
        days[stretch.topic] = days.get(stretch.topic, 0.0) + stretch.days
    return PlannedWeek(
        number=number,
        topics=tuple(days),
        focus=tuple(dict.fromkeys(stretch.focus for stretch in part)),
        days=days,
        practice="full-mock" if number == weeks else "five" if number > weeks / 2 else "drill",
    )


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """What one day of a plan is for; nothing on a free day."""

    topics: tuple[str, ...]
    practises: bool
    """Part of it, or all, goes to the week's practice."""


def day_of(week: PlannedWeek, day: int, length: int) -> PlannedDay:
    """The day of a week, from 0. In a week that the interview cuts short to ``length`` days, everything still has to fit."""
    share = WEEK_DAYS / min(length, WEEK_DAYS)
    begin, end = day * share, (day + 1) * share
    at = 0.0
    topics: list[str] = []
    for topic, days in week.days.items():
        if at < end and at + days > begin:
            topics.append(topic)
        at += days
    return PlannedDay(tuple(topics), begin < WEEK_DAYS and end > WEEK_DAYS - PRACTICE_DAYS)
