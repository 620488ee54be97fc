"""Quotes are cut from the transcript; what is not in it is no evidence."""

import pytest
from hotseat.domain.evidence import evidence_between, locate
from hotseat.domain.model import Transcript, Word
from hypothesis import given
from hypothesis import strategies as st


def spoken(text: str) -> Transcript:
    return Transcript(tuple(Word(word, i * 0.4, i * 0.4 + 0.3) for i, word in enumerate(text.split())))


SAID = spoken("So you freeze the base model, and it’s the low-rank update that you train afterwards.")


@pytest.mark.parametrize(
    "quote",
    [
        "you freeze the base model",
        "You FREEZE   the base model",
        "it's the low-rank update",
        "it’s the low–rank update",
        '"freeze the base model, and it\'s the"',
        "freeze the base ... update that you train",
    ],
)
def test_quotes_are_found_after_normalising(quote: str) -> None:
    """Quotes, dashes, case, spaces and edge punctuation do not matter; an ellipsis may leave words out."""
    found = locate(SAID, quote, turn_id=7)
    assert found is not None
    assert found.turn_id == 7
    assert found.quote in SAID.text
    assert found.start == SAID.words[found.word_start].start


@pytest.mark.parametrize("quote", ["", "you freeze the adapter", "the base ... you freeze", "..."])
def test_invented_quotations_are_no_evidence(quote: str) -> None:
    """Invented, reordered and empty quotations are refused."""
    assert locate(SAID, quote) is None


@pytest.mark.parametrize(("between", "found"), [(50, True), (70, False)])
def test_an_ellipsis_does_not_span_an_answer(between: int, found: bool) -> None:
    """Two ends of a long answer are no quotation; within a sentence or two they may be."""
    said = spoken(f"freeze the base {'and then it is so ' * (between // 5)} merge it after")
    assert (locate(said, "freeze the base ... merge it after") is not None) is found


def test_typed_answers_have_no_seconds() -> None:
    """A typed answer's evidence has words but no times."""
    typed = Transcript(tuple(Word(word, 0.0, 0.0) for word in "you freeze the base model".split()), typed=True)
    found = locate(typed, "freeze the base model")
    assert found is not None
    assert (found.start, found.end) == (None, None)


@given(st.integers(0, 14), st.integers(1, 15))
def test_evidence_always_occurs(start: int, length: int) -> None:
    """Any stretch of words, quoted, is found where its words occur."""
    end = min(len(SAID.words), start + length)
    quote = evidence_between(SAID, start, end).quote
    assert quote in SAID.text
    found = locate(SAID, quote)
    assert found is not None and found.quote in SAID.text
