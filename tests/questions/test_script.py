"""What the interviewer says at the end of an interview."""

from __future__ import annotations

import pytest
from hotseat.domain.model import CriterionResult, Grade, Level, PointFinding, PointStatus, PointTier, Question, Verdict

from tests.support.fakes import CATALOGUE, LIBRARY

LORA, CHOOSE = (LIBRARY.bank.question(name) for name in ("finetuning/lora", "finetuning/choose"))


def graded(question: Question, *levels: Level) -> tuple[Question, Grade]:
    """Points made as each of the first criteria's levels asks for."""
    results = []
    for part, level in zip(question.criteria, levels, strict=False):
        needs = {Level.NO: (), Level.LEAN: (PointTier.LEAN,), Level.STRONG: tuple(PointTier)}[level]
        made = {True: PointStatus.MET, False: PointStatus.NOT_MET}
        results.append(CriterionResult(part.id, level, tuple(PointFinding(p.id, made[p.tier in needs]) for p in part.points)))
    return question, Grade(question.id, Verdict.LEAN_HIRE, tuple(results), "embedded")


STRONG = graded(LORA, *[Level.STRONG] * 4)
MIXED = graded(LORA, Level.LEAN, Level.STRONG, Level.NO, Level.LEAN)
WEAK = graded(CHOOSE, *[Level.NO] * 3)
PRACTISE = "Practise the one on the question “Prompt, retrieve or fine-tune?”."


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([STRONG, WEAK], f"Your best answer was on how LoRA works. {PRACTISE}"),
        ([WEAK, MIXED], f"Your best answer was on how LoRA works. {PRACTISE}"),
        ([MIXED], "You were strongest on the concrete numbers. Next, work on the trade-offs."),
        ([WEAK, WEAK], PRACTISE),
        ([STRONG, STRONG], ""),
        ([graded(LORA)], ""),
        ([], ""),
    ],
)
def test_the_farewell_names_a_strength_and_something_to_practise(answers: list[tuple[Question, Grade]], expected: str) -> None:
    """Where there is one, and of a single answer its parts."""
    assert CATALOGUE.script.farewell(answers) == expected
