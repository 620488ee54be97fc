"""A bank about another field passes the check and can be practised with, without changes to the code."""

from __future__ import annotations

from pathlib import Path

import pytest
from hotseat import wire
from hotseat.domain.model import PointTier, Question, Verdict
from hotseat.grading.embedded import EmbeddedGrader
from hotseat.grading.scoring import verdict_of, with_made
from hotseat.questions.check import problems_of
from hotseat.questions.content import load_bank
from hotseat.questions.formats import Choices, load_catalogue
from hotseat.questions.library import Library
from hotseat.questions.study import load_study
from hotseat.settings import PROJECT

from tests.grading.scripted_reader import ScriptedReader
from tests.support.fake_interview import finish, sitting
from tests.support.fakes import fake_assembly

ROOT = PROJECT / "tests" / "banks" / "databases"
BANK = load_bank(ROOT)
CATALOGUE = load_catalogue(ROOT)
MOST_LINES = 190


def test_the_databases_bank_has_no_problems() -> None:
    """Twelve questions pass every check that the shipped bank passes, and so do the files of the study page."""
    load_study(ROOT, BANK, CATALOGUE)
    assert len(BANK.questions) == 12
    assert problems_of(BANK) == []


@pytest.mark.parametrize("question", BANK.questions, ids=lambda question: question.id)
def test_a_question_is_small(question: Question) -> None:
    """A person can write it in an afternoon: few points, few criteria, one file of moderate length."""
    assert 6 <= len(question.points) <= 9
    assert 3 <= len(question.criteria) <= 4
    assert 5 <= len(question.key_terms) <= 8
    assert len((ROOT / f"{question.id}.toml").read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("question", BANK.questions, ids=lambda question: question.id)
def test_each_verdict_can_be_reached(question: Question) -> None:
    """All points are a Strong Hire, the lean points alone a Lean Hire, and none a No Hire."""
    lean = [point for point in question.points if point.tier is PointTier.LEAN]
    for made, verdict in ((question.points, Verdict.STRONG_HIRE), (lean, Verdict.LEAN_HIRE), ((), Verdict.NO_HIRE)):
        assert verdict_of(question, with_made({}, *(point.id for point in made))) is verdict


async def test_an_interview_about_databases(tmp_path: Path) -> None:
    """The format draws from this bank, the answer is graded by its rubric, and the review names its topic."""
    assembly = fake_assembly(tmp_path)
    assembly.library = Library(BANK, CATALOGUE, load_study(ROOT, BANK, CATALOGUE))
    [atomic, *_] = BANK.question("databases/core").points
    reader = ScriptedReader({atomic.statement: ("then nothing", 0.99)})
    assembly.graders.embedded = assembly.graders.in_use = EmbeddedGrader(reader)
    async with sitting(assembly, Choices("drill", ("databases/core",), follow_ups=0)) as (interviews, candidate):
        candidate.say(type="start")
        state = await candidate.until("asking")
        said = "A transaction is a unit of work. If you stop in the middle then nothing happens. Or everything in it does."
        candidate.say(type="typed", turn_id=state.turn_id, text=said)
        await finish(candidate)
        [grade] = candidate.of(wire.GradeMessage)
        review = await candidate.review()
    assert grade.verdict is not None, grade.reason
    assert review is not None
    [entry] = review["rounds"]
    findings = {f["point_id"]: f["status"] for criterion in entry["grade"]["criteria"] for f in criterion["findings"]}
    assert [name for name, status in findings.items() if status == "met"] == ["atomic"]
    assert entry["question"]["topic"] == "databases"
