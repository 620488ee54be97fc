"""Questions about the claims in a CV."""

from __future__ import annotations

import json

import pytest
from hotseat.errors import UnavailableError
from hotseat.interview.cv_claims import ClaimQuestions
from hotseat.prompts import Prompts
from hotseat.questions.formats import CvClaim
from hotseat.settings import PROJECT

from tests.questions.postings import CV
from tests.support.fakes import FakeChat

PROMPTS = Prompts(PROJECT / "prompts")
GOOD = {"claim": "cut hallucinations by 40 %", "question": "You cut hallucinations by 40 percent. How did you count one?"}


def asker(*questions: dict[str, str]) -> ClaimQuestions:
    return ClaimQuestions(FakeChat(json.dumps({"questions": questions})), PROMPTS)


async def test_a_question_stands_on_the_cv() -> None:
    """What the CV doesn't say, and what is no question, is dropped."""
    invented = {"claim": "won a Turing award", "question": "What was it for?"}
    statement = {"claim": "Fine-tuned Llama 3 8B", "question": "Tell me about it."}
    assert await asker(GOOD, invented, statement).about(CV) == (CvClaim(**GOOD),)


@pytest.mark.parametrize("chat", [FakeChat("no JSON"), FakeChat(json.dumps({"questions": []}))], ids=["no JSON", "nothing"])
async def test_a_model_that_asks_nothing_is_said_to(chat: FakeChat) -> None:
    """The page gets a sentence, not a failure of the server."""
    with pytest.raises(UnavailableError, match="your language model"):
        await ClaimQuestions(chat, PROMPTS).about(CV)
