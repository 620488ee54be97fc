"""The question bank, answers to it, and the real reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from hotseat.domain.model import Answer, EndedBy, Question, Transcript, Word
from hotseat.engines.reader import OnnxReader
from hotseat.grading.embedded import EmbeddedGrader
from hotseat.questions.content import load_bank

from tests.support import fakes

BANK = load_bank(Path(__file__).parents[2] / "rubrics")
LORA = BANK.question("finetuning/lora")


def spoken(text: str, turn_id: int = 1, *, question: Question = LORA, probability: float = 1.0) -> Answer:
    """Two and a half words a second."""
    words = tuple(Word(word, i * 0.4, i * 0.4 + 0.3, probability) for i, word in enumerate(text.split()))
    return Answer(turn_id, 0, question.id, question.prompt, None, Transcript(words), 0.4 * len(words), EndedBy.DONE)


def typed(text: str, turn_id: int = 1, *, question: Question = LORA) -> Answer:
    return Answer(turn_id, 0, question.id, question.prompt, None, Transcript.of_typed(text), 0.0, EndedBy.DONE)


@pytest.fixture(scope="session")
def reader() -> OnnxReader:
    return fakes.reader()


@pytest.fixture(scope="session")
def grader(reader: OnnxReader) -> EmbeddedGrader:
    return EmbeddedGrader(reader)
