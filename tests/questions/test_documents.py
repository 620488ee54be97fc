"""A mock for a job posting or CV."""

from __future__ import annotations

import pytest
from hotseat.errors import InputError
from hotseat.questions.documents import MOST_CHARS, ROUNDS, Fit, fit

from tests.questions import postings
from tests.support.fakes import BANK, CATALOGUE

KINDS = CATALOGUE.format("papers").kinds


def fitted(text: str) -> Fit:
    return fit(BANK, text, KINDS)


@pytest.mark.parametrize(
    ("text", "first", "also"),
    [
        (postings.RAG_START_UP, "rag", {"evaluation"}),
        (postings.FRONTIER_RESEARCH, "rlhf", {"pretraining", "finetuning", "transformers"}),
        (postings.INFERENCE_INFRA, "inference", {"transformers"}),
        (postings.ENTERPRISE_BANK, "safety", {"evaluation", "capstone"}),
        (postings.AGENTS_PRODUCT, "agents", {"prompting", "capstone"}),
        (postings.CV, "rag", {"finetuning", "evaluation"}),
    ],
    ids=["rag", "research", "inference", "bank", "agents", "cv"],
)
def test_a_posting_gets_the_questions_it_asks_for(text: str, first: str, also: set[str]) -> None:
    """The topic it asks most for leads, the others it names are there, and no question comes twice."""
    found = fitted(text)
    drawn = [match.question for match in found.matches]
    assert found.topics[0][0].id == first
    assert drawn[0].topic == first
    assert also <= {question.topic for question in drawn}
    assert len({question.id for question in drawn}) == len(drawn) <= ROUNDS


@pytest.mark.parametrize("text", [postings.RAG_START_UP, postings.ENTERPRISE_BANK, postings.CV], ids=["rag", "bank", "cv"])
def test_every_reason_is_in_the_text(text: str) -> None:
    """Each question has one, in the text's own words."""
    plain = " ".join(text.split())
    for match in fitted(text).matches:
        assert match.reasons
        assert all(reason in plain for reason in match.reasons)


@pytest.mark.parametrize(
    "text",
    [
        postings.OTHER_FIELD,
        "We are pre-IPO, use React and serve our customers with pleasure. Cross-team alignment matters.",
        "A rank and an index.",
    ],
)
def test_what_only_looks_alike_is_nothing(text: str) -> None:
    """Words that mean something else outside the field draw no question."""
    assert fitted(text) == Fit((), ())


def test_spellings_are_one() -> None:
    """Plurals, hyphens and British endings don't matter."""
    texts = ("You fine-tune LLMs.", "Fine tuning of LLMs.", "Fine-tuned models.")
    assert {fitted(text).topics[0][0].id for text in texts} == {"finetuning"}


@pytest.mark.parametrize(
    ("text", "why"), [("  \n", "there is no text yet"), ("x" * (MOST_CHARS + 1), "at most 40,000 are read")]
)
def test_a_text_has_a_size(text: str, why: str) -> None:
    """None and too much are said plainly."""
    with pytest.raises(InputError, match=why):
        fitted(text)
