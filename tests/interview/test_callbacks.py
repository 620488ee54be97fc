"""Claims of earlier rounds are remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hotseat.domain.claims import Claim, claims
from hotseat.domain.evidence import evidence_between
from hotseat.domain.model import (
    Answer,
    Choice,
    CriterionResult,
    EndedBy,
    Grade,
    Level,
    Move,
    PointFinding,
    PointStatus,
    Question,
    Source,
    Transcript,
    Verdict,
)
from hotseat.interview.callbacks import contradiction
from hotseat.session.phases import Plan, Progress, RoundPlan

from tests.support.fakes import BANK

LORA, PEFT = BANK.question("finetuning/lora"), BANK.question("finetuning/peft-family")
EARLIER = Answer.alone(PEFT, Transcript.of_typed("I think the adapter always makes the model slower."))
NOW = Answer(2, 1, LORA.id, LORA.prompt, None, Transcript.of_typed("You can merge it, so it costs nothing."), 0.0, EndedBy.DONE)
PLAN = Plan(tuple(RoundPlan(question.id, question.prompt, 60.0, title=question.title) for question in (PEFT, LORA)))
PROGRESS = Progress(PLAN, round=1, answers=(EARLIER, NOW))
MADE = Choice(Move.PROBE, Source.BANK, None, (), (("merging", PointStatus.MET), ("limits", PointStatus.NOT_MET)))


async def denies(question: Question, answers: Sequence[Answer]) -> Sequence[PointFinding]:
    """Reads every answer as against every point."""
    evidence = evidence_between(answers[0].transcript, 3, 8, answers[0].turn_id)
    return [PointFinding(point.id, PointStatus.CONTRADICTED, evidence) for point in question.points]


async def test_an_earlier_claim_is_confronted() -> None:
    """In the words of then, when a point made now denies it."""
    asked = await contradiction(LORA, PROGRESS, MADE, denies)
    assert asked is not None and asked.choice is not None
    assert (asked.follow_up_id, asked.anchor) == ("earlier-merging", "the adapter always makes the model slower")
    assert asked.anchor in asked.text and PEFT.title in asked.text and asked.text.count("?") == 1
    assert asked.choice.move is Move.CALLBACK


async def test_it_is_confronted_once() -> None:
    """Whatever was answered then."""
    again = replace(PROGRESS, answers=(EARLIER, replace(NOW, follow_up_id="earlier-merging")))
    assert await contradiction(LORA, again, MADE, denies) is None


async def test_other_topics_are_left_alone() -> None:
    """A statement about one topic says little about an answer on another."""
    elsewhere = replace(PROGRESS, answers=(replace(EARLIER, question_id="rag/core"), NOW))
    assert await contradiction(LORA, elsewhere, MADE, denies) is None


async def test_earlier_claims_contradict_nothing_by_themselves() -> None:
    """Only a point made now can disagree with an earlier claim."""
    nothing = replace(MADE, known=(("merging", PointStatus.NOT_MET),))
    assert await contradiction(LORA, PROGRESS, nothing, denies) is None


def test_the_ledger_follows_from_the_grades() -> None:
    """Points made and contradicted, with their words, in the order of the rounds."""
    evidence = evidence_between(EARLIER.transcript, 3, 8, 1)
    found = (
        PointFinding("a", PointStatus.MET, evidence),
        PointFinding("b", PointStatus.NOT_MET),
        PointFinding("c", PointStatus.CONTRADICTED, evidence),
    )
    grade = Grade(PEFT.id, Verdict.LEAN_HIRE, (CriterionResult("x", Level.LEAN, found),), "embedded")
    assert claims([(PEFT, grade)]) == (
        Claim(PEFT.title, PointStatus.MET, evidence.quote),
        Claim(PEFT.title, PointStatus.CONTRADICTED, evidence.quote),
    )
