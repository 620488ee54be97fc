"""A summary of an interview, for lists and trends."""

from __future__ import annotations

from typing import Any, Literal

from hotseat.domain.model import Grade
from hotseat.session.phases import Finished, Ready, State

Phase = Literal["ready", "asking", "thinking", "answering", "finalising", "followingup", "grading", "finished"]


def phase_name(state: State) -> Phase:
    name: Phase = type(state).__name__.lower()  # type: ignore[assignment]
    return name


def summary(state: State) -> dict[str, Any]:
    """What lists show, as JSON: stored beside the log, so that a list needn't replay it."""
    progress = state.progress
    grades = dict(progress.graded)
    rounds = range(len(progress.plan.rounds))
    said = {answer.round for answer in progress.answers if answer.transcript.words}
    return {
        "phase": phase_name(state),
        "started": not isinstance(state, Ready),
        "finished": isinstance(state, Finished),
        "rounds": len(progress.plan.rounds),
        "answered": len(said),
        "said": [index in said for index in rounds],
        "questions": [entry.question_id for entry in progress.plan.rounds],
        "verdicts": [grades[index].verdict.value if index in grades else None for index in rounds],
        "asides": [excluded(grades[index]) if index in grades else None for index in rounds],
    }


def excluded(grade: Grade) -> str | None:
    """Why a grade is left out of levels and trends: "fallback" for a stand-in grader's; None if it counts."""
    return "fallback" if grade.fallback else None
