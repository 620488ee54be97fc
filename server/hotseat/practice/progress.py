"""The candidate's level in each topic: measured by past verdicts, self-assessed, and the two compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from hotseat.clock import local_day
from hotseat.domain.model import Verdict
from hotseat.domain.practice import Assessment
from hotseat.session.records import InterviewRecord

_WEAKNESS = {
    Verdict.STRONG_HIRE.value: 0.0,
    Verdict.LEAN_HIRE.value: 0.3,
    Verdict.LEAN_NO_HIRE.value: 0.7,
    Verdict.NO_HIRE.value: 1.0,
}
RECENT = 5
"""Only so many of the latest verdicts on a topic count."""
_MISJUDGED = 1.0
"""Difference between self-assessed and measured level (1 to 5) from which the candidate over- or underestimates themselves."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The level in a topic by its latest verdicts."""

    weakness: float
    """0 to 1."""
    answers: int
    """How many verdicts it is the mean of, at most ``RECENT``."""

    @property
    def level(self) -> float:
        """1 (No Hire) to 5 (Strong Hire), the scale of the self-assessment."""
        return 5.0 - 4.0 * self.weakness


class AnsweredRound(NamedTuple):
    """One round of an interview with an answer."""

    day: date
    """In the server's time zone."""
    question_id: str
    verdict: str | None
    """None if there is none yet."""
    aside: str | None
    """Why the grade is left out of levels; None if it counts."""
    number: int = 1
    """From 1, of the interview's rounds."""

    @property
    def topic(self) -> str:
        return self.question_id.split("/")[0]

    @property
    def weakness(self) -> float | None:
        """0 (Strong Hire) to 1 (No Hire); None if the grade is left out or the round isn't assessed."""
        return None if self.aside else _WEAKNESS.get(self.verdict or "")

    @property
    def level(self) -> float | None:
        """Likewise, 1 (No Hire) to 5 (Strong Hire)."""
        return None if self.weakness is None else 5.0 - 4.0 * self.weakness


def rounds_of(record: InterviewRecord) -> Iterator[AnsweredRound]:
    """The answered rounds, in order."""
    summary, day = record.summary, local_day(record.created)
    verdicts = summary["verdicts"]
    asides = summary.get("asides", [None] * len(verdicts))
    asked = summary.get("questions") or [entry["question_id"] for entry in record.plan["rounds"]]
    said = summary["said"] if "said" in summary else [n < summary["answered"] for n in range(len(verdicts))]
    for number, (question_id, verdict, aside, answered) in enumerate(zip(asked, verdicts, asides, said, strict=False), start=1):
        if answered:
            yield AnsweredRound(day, question_id, verdict, aside, number)


def measure(records: Iterable[InterviewRecord]) -> dict[str, Measured]:
    """Topic id to measured level; ``records`` are newest first."""
    shown: dict[str, list[float]] = {}
    for record in records:
        for entry in rounds_of(record):
            if (shows := entry.weakness) is not None:
                shown.setdefault(entry.topic, []).append(shows)
    recent = {topic: values[:RECENT] for topic, values in shown.items()}
    return {topic: Measured(sum(values) / len(values), len(values)) for topic, values in recent.items()}


def weakness(measured: Mapping[str, Measured], scores: Mapping[str, int]) -> dict[str, float]:
    """Topic id to weakness, 0 to 1. A self-assessed score (1 to 5) weighs as much as one verdict."""
    together: dict[str, float] = {}
    for topic in measured.keys() | scores.keys():
        seen, weight = (measured[topic].weakness, measured[topic].answers) if topic in measured else (0.0, 0)
        rated, one = ((5 - scores[topic]) / 4, 1) if topic in scores else (0.0, 0)
        together[topic] = (seen * weight + rated * one) / (weight + one)
    return together


def compare(topics: Sequence[str], assessments: Sequence[Assessment], measured: Mapping[str, Measured]) -> list[dict[str, Any]]:
    """Each topic's first and last self-assessed score and measured level, as JSON; ``assessments`` are oldest first."""
    return [
        _comparison(topic, [entry.scores[topic] for entry in assessments if topic in entry.scores], measured)
        for topic in topics
    ]


def _comparison(topic: str, ratings: Sequence[int], measured: Mapping[str, Measured]) -> dict[str, Any]:
    now = ratings[-1] if ratings else None
    shown = measured.get(topic)
    gap = None if now is None or shown is None else round(now - shown.level, 1)
    return {
        "topic": topic,
        "first": ratings[0] if ratings else None,
        "now": now,
        "change": ratings[-1] - ratings[0] if len(ratings) > 1 else None,
        "measured": None if shown is None else round(shown.level, 1),
        "answers": 0 if shown is None else shown.answers,
        "judgment": None if gap is None else "over" if gap >= _MISJUDGED else "under" if gap <= -_MISJUDGED else "fair",
    }
