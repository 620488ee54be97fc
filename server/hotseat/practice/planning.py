"""Makes the study plan: which topics in which week, and for how many days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hotseat.questions.study_paths import StudyPath

WEEK_DAYS = 5
PRACTICE_DAYS = 1
"""Days of each week that are kept for answering under the clock."""
MAX_WEEKS = 26
REPETITION = "Second pass, weakest first: answer aloud before you read."
_FIRST_PASS = 1.5
"""The first pass takes up to this many times the path's own length; the rest of the time is a second pass."""
_LEAST_DAYS = 0.75
"""A topic that would get fewer days is left out."""
_LEAST_REST_DAYS = 0.49
"""Likewise for what is left of a topic when a plan is remade: half a day, less rounding errors."""
_LATER = 0.85
"""Factor of a topic's time for each week it comes later in the path, if weeks are few: later topics build on earlier ones."""
_NEUTRAL = 0.5
"""Weakness of a topic of which nothing is known."""
_CAPSTONE = "capstone"


@dataclass(frozen=True, slots=True)
class PlannedWeek:
    """One week of a plan."""

    number: int
    topics: tuple[str, ...]
    focus: tuple[str, ...]
    days: Mapping[str, float]
    """Topic id to days in this week, in steps of half a day."""
    practice: str
    """Id of the format for the week's practice day."""


def plan_weeks(
    path: StudyPath,
    weeks: int,
    weakness: Mapping[str, float],
    frequency: Mapping[str, float] | None = None,
    done: Sequence[PlannedWeek] = (),
) -> list[PlannedWeek]:
    """The path spread over the weeks there are, each with a day of timed practice; the capstone, with full mocks, comes last.

    A topic's time depends on its share of the path, the candidate's ``weakness`` in it (0 to 1) and the ``frequency`` with
    which it is asked (0 to 1). With fewer weeks than the path has, earlier topics get more time, as others build on them, and
    those that would get hardly any are left out. With more, topics come again, weakest first, before the capstone.

    The weeks in ``done`` stay as they were planned; what they left over is spread over the remaining weeks.
    """
    room = WEEK_DAYS - PRACTICE_DAYS
    shares = path.shares()
    days = weeks * room
    first_pass = min(days, len(path.week) * room * _FIRST_PASS)
    # At least a day, as interviews ask for everything together; at most the last week.
    capstone = min(room, max(1.0, round(first_pass * shares[_CAPSTONE] * 2) / 2)) if _CAPSTONE in shares else 0.0
    wanted = {
        topic: share * (0.5 + weakness.get(topic, _NEUTRAL)) * (frequency or {}).get(topic, 1.0)
        for topic, share in shares.items()
        if topic != _CAPSTONE
    }
    first = _allot(first_pass - capstone, wanted if weeks >= len(path.week) else _favour_earlier(wanted, path))
    second = _allot(days - first_pass, wanted)
    focus = {topic: week.focus for week in path.week for topic in week.topics}
    if done:
        first, second = _remaining(first, second, done, days - len(done) * room - capstone)
        covered = {topic for week in done for topic in week.topics} - {done[-1].topics[-1]}  # the last topic is continued
        focus |= dict.fromkeys(covered, REPETITION)
    blocks = [(topic, first[topic], focus[topic]) for topic in wanted if topic in first]
    blocks += [(topic, second[topic], REPETITION) for topic in sorted(second, key=lambda topic: -wanted[topic])]
    blocks += [(_CAPSTONE, capstone, focus[_CAPSTONE])] if capstone else []
    halves = [(topic, why) for topic, topic_days, why in blocks for _ in range(round(2 * topic_days))]
    parts = (halves[start : start + 2 * room] for start in range(0, len(halves), 2 * room))
    return [*done, *(_week(number, weeks, part) for number, part in enumerate(parts, len(done) + 1))]


def replan(
    path: StudyPath, weeks: int, known: Sequence[Mapping[str, float]], frequency: Mapping[str, float] | None = None
) -> list[PlannedWeek]:
    """The plan, remade at the start of each week. ``known``: each week's weaknesses at its start, up to the present week."""
    done: list[PlannedWeek] = []
    for number, weakness in enumerate(known, 1):
        planned = plan_weeks(path, weeks, weakness, frequency, done)
        done = planned[:number]
    return planned


def _remaining(
    first: Mapping[str, float], second: Mapping[str, float], done: Sequence[PlannedWeek], days: float
) -> tuple[dict[str, float], dict[str, float]]:
    """Topic id to days that remain of each pass after the weeks done, scaled to ``days`` in all."""
    spent: Counter[str] = Counter()
    for week in done:
        spent.update(week.days)
    first_left = {topic: planned - spent[topic] for topic, planned in first.items() if planned > spent[topic]}
    beyond = {topic: max(0.0, taken - first.get(topic, 0.0)) for topic, taken in spent.items()}
    second_left = {t: planned - beyond.get(t, 0.0) for t, planned in second.items() if planned > beyond.get(t, 0.0)}
    again = min(days, sum(first_left.values()))
    return _allot(again, first_left, _LEAST_REST_DAYS), _allot(days - again, second_left, _LEAST_REST_DAYS)


def _favour_earlier(wanted: Mapping[str, float], path: StudyPath) -> dict[str, float]:
    first_week = {topic: number for number, week in reversed(list(enumerate(path.week))) for topic in week.topics}
    return {topic: value * _LATER ** first_week[topic] for topic, value in wanted.items()}


def _allot(days: float, wanted: Mapping[str, float], least_days: float = _LEAST_DAYS) -> dict[str, float]:
    """Topic id to days, in steps of half a day, in proportion to ``wanted`` and ``days`` in all.

    Topics that would get less than ``least_days`` are left out.
    """
    left = dict(wanted) if days > 0 else {}
    while len(left) > 1:
        least = min(left, key=lambda topic: left[topic])
        if days * left[least] / sum(left.values()) >= least_days:
            break
        del left[least]
    exact = {topic: days * 2 * value / sum(left.values()) for topic, value in left.items()}
    halves = {topic: int(value) for topic, value in exact.items()}
    # The largest remainders are rounded up, so that the sum stays the same.
    by_remainder = sorted(exact, key=lambda topic: halves[topic] - exact[topic])
    for topic in by_remainder[: round(days * 2) - sum(halves.values())]:
        halves[topic] += 1
    return {topic: count / 2 for topic, count in halves.items()}


def _week(number: int, weeks: int, halves: Sequence[tuple[str, str]]) -> PlannedWeek:
    """A week of half days, each with its topic and focus."""
    days = {topic: count / 2 for topic, count in Counter(topic for topic, _ in halves).items()}
    return PlannedWeek(
        number=number,
        topics=tuple(days),
        focus=tuple(dict.fromkeys(focus for _, focus in halves)),
        days=days,
        practice="full-mock" if number == weeks else "five" if number > weeks / 2 else "drill",
    )


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """What one day of a plan is for; neither topics nor practice on a free day."""

    topics: tuple[str, ...]
    practises: bool
    """Whether it has at least part of the week's practice."""


def day_of(week: PlannedWeek, day: int, length: int) -> PlannedDay:
    """A day of a week (``day`` from 0). If the interview leaves the week only ``length`` days, it is compressed into them."""
    share = WEEK_DAYS / min(length, WEEK_DAYS)
    begin, end = day * share, (day + 1) * share
    at = 0.0
    topics: list[str] = []
    for topic, days in week.days.items():
        if at < end and at + days > begin:
            topics.append(topic)
        at += days
    return PlannedDay(tuple(topics), begin < WEEK_DAYS and end > WEEK_DAYS - PRACTICE_DAYS)
