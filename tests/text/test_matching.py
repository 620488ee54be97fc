"""A phrase is found in any form of its words, and not across others."""

import pytest
from hotseat.text.matching import find_phrase
from hotseat.text.normal import tokenize


@pytest.mark.parametrize("said", ["reranking", "Re-ranked", "reranks"])
def test_the_form_of_a_word_does_not_matter(said: str) -> None:
    """Words are compared by their stems, without hyphens."""
    assert find_phrase(tokenize(f"what {said} gains here"), "re-rank")


def test_a_phrase_does_not_reach_over_weighty_words() -> None:
    """Only light words may stand inside it."""
    assert find_phrase(tokenize("the base of all weights"), "base weights")
    assert not find_phrase(tokenize("the base needs weights"), "base weights")
    assert not find_phrase(tokenize("the base"), "base weights")


def test_an_empty_phrase_matches_nothing() -> None:
    """An empty phrase, or one of words that are left out, occurs nowhere."""
    assert not find_phrase(tokenize("the base weights"), "")
    assert not find_phrase(tokenize("the base weights"), "the")
