"""The candidate's level in each topic: measured by past verdicts, self-assessed, and the two compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from statistics import fmean
from typing import Any, NamedTuple

from hotseat.clock import local_day
from hotseat.domain.model import Verdict
from hotseat.domain.practice import Assessment
from hotseat.session.records import InterviewRecord

_LEVELS = {
    Verdict.STRONG_HIRE.value: 5.0,
    Verdict.LEAN_HIRE.value: 3.8,
    Verdict.LEAN_NO_HIRE.value: 2.2,
    Verdict.NO_HIRE.value: 1.0,
}
"""The level that each verdict shows, on the scale of the self-assessment: 1 to 5."""
RECENT = 5
"""How many of the latest verdicts on a topic count."""
_MISJUDGED = 1.0
"""Difference between self-assessed and measured level from which the candidate over- or underestimates themselves."""


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
    def level(self) -> float | None:
        """1 (No Hire) to 5 (Strong Hire); None if the grade is left out or the round isn't assessed."""
        return None if self.aside else _LEVELS.get(self.verdict or "")


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


def measure(records: Iterable[InterviewRecord]) -> dict[str, list[float]]:
    """Topic id to the levels that its latest verdicts show, at most ``RECENT``; ``records`` are newest first."""
    shown: dict[str, list[float]] = {}
    for record in records:
        for entry in rounds_of(record):
            if entry.level is not None:
                shown.setdefault(entry.topic, []).append(entry.level)
    return {topic: levels[:RECENT] for topic, levels in shown.items()}


def weakness(measured: Mapping[str, Sequence[float]], scores: Mapping[str, int]) -> dict[str, float]:
    """Topic id to weakness, 0 (level 5) to 1 (level 1). A self-assessed score (1 to 5) weighs as much as one verdict."""
    together: dict[str, list[float]] = {topic: [*levels] for topic, levels in measured.items()}
    for topic, score in scores.items():
        together.setdefault(topic, []).append(score)
    return {topic: (5 - fmean(levels)) / 4 for topic, levels in together.items()}


def compare(
    topics: Sequence[str], assessments: Sequence[Assessment], measured: Mapping[str, Sequence[float]]
) -> list[dict[str, Any]]:
    """Each topic's first and last self-assessed score and measured level, as JSON; ``assessments`` are oldest first."""
    return [
        _comparison(topic, [entry.scores[topic] for entry in assessments if topic in entry.scores], measured.get(topic, ()))
        for topic in topics
    ]


def _comparison(topic: str, ratings: Sequence[int], levels: Sequence[float]) -> dict[str, Any]:
    now = ratings[-1] if ratings else None
    level = fmean(levels) if levels else None
    gap = None if now is None or level is None else round(now - level, 1)
    return {
        "topic": topic,
        "first": ratings[0] if ratings else None,
        "now": now,
        "change": ratings[-1] - ratings[0] if len(ratings) > 1 else None,
        "measured": None if level is None else round(level, 1),
        "answers": len(levels),
        "judgment": None if gap is None else "over" if gap >= _MISJUDGED else "under" if gap <= -_MISJUDGED else "fair",
    }
