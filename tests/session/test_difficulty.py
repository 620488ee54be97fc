"""The difficulty of the next question follows the last answers."""

from __future__ import annotations

import random

import pytest
from hotseat.domain.model import Answer, Choice, EndedBy, Grade, Move, PointStatus, Source, Transcript, Verdict
from hotseat.questions.formats import Choices, make_plan
from hotseat.session.difficulty import adapted
from hotseat.session.phases import Plan, Progress, RoundGrade, RoundPlan
from hotseat.settings import InterviewSettings

from tests.support.fakes import BANK, CATALOGUE

PLANNED = RoundPlan(
    "rag/b",
    "B?",
    60.0,
    lead="Next, RAG.",
    difficulty=3,
    instead=(RoundPlan("rag/a", "A?", 60.0, difficulty=2), RoundPlan("rag/c", "C?", 60.0, difficulty=4)),
)
PLAN = Plan((RoundPlan("rag/core", "What?", 60.0), PLANNED))


def after(*statuses: PointStatus, verdict: Verdict | None = None) -> RoundPlan:
    """The second round, when these were known of the first."""
    choice = Choice(Move.PROBE, Source.BANK, None, (), tuple((str(n), status) for n, status in enumerate(statuses)))
    answer = Answer(1, 0, "rag/core", "?", "more", Transcript.of_typed("said"), 0.0, EndedBy.DONE, choice=choice)
    grades = (RoundGrade(0, Grade("rag/core", verdict, (), "embedded")),) if verdict else ()
    return adapted(Progress(PLAN, round=1, answers=(answer,), grades=grades)).current


MADE, MISSED = PointStatus.MET, PointStatus.NOT_MET


@pytest.mark.parametrize(
    ("statuses", "verdict", "asked"),
    [
        ([MADE, MADE, MISSED], None, "rag/c"),
        ([MISSED, MISSED, MISSED], None, "rag/a"),
        ([MADE, MISSED], None, "rag/b"),
        ([], None, "rag/b"),
        ([MISSED], Verdict.STRONG_HIRE, "rag/c"),
        ([MADE], Verdict.NO_HIRE, "rag/a"),
        ([MADE], Verdict.LEAN_HIRE, "rag/b"),
    ],
)
def test_difficulty_follows_the_grade(statuses: list[PointStatus], verdict: Verdict | None, asked: str) -> None:
    """Harder after a strong round, easier after a weak one; the grade decides where it is there already."""
    assert after(*statuses, verdict=verdict).question_id == asked


def test_the_transition_to_the_topic_is_kept() -> None:
    """The transition names the topic, which is the same."""
    assert after(MADE).opening == "Next, RAG. C?"


def test_a_full_mock_has_questions_in_reserve() -> None:
    """On the same topic, easier and harder, and none twice."""
    _, plan = make_plan(CATALOGUE, BANK, Choices("full-mock"), InterviewSettings(), random.Random(1))
    reserve = [(entry, other) for entry in plan.rounds for other in entry.instead]
    assert reserve and not plan.rounds[0].instead
    assert all(entry.question_id.split("/")[0] == other.question_id.split("/")[0] for entry, other in reserve)
    assert all(entry.difficulty != other.difficulty for entry, other in reserve)
    ids = [entry.question_id for entry in plan.rounds] + [other.question_id for _, other in reserve]
    assert len(ids) == len(set(ids))
