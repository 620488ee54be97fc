"""Patterns find what was said, in any order and any form, but not across a whole answer."""

import pytest

from server.core.matching import Index, compile_phrase, find_any, find_pattern, find_phrase
from server.core.normal import tokenize

MERGE = (("merg*", "fold*", "added back"), ("base weight*", "original", "latency"))


@pytest.mark.parametrize(
    "text",
    [
        "you merge it into the base weights",
        "the original matrix, you can fold that in",
        "it gets added right back, so no extra latency",
        "Merging into base weights.",
    ],
)
def test_a_pattern_matches_paraphrases(text: str) -> None:
    """Groups may come in any order and form, with light words between the words of a phrase."""
    if text.startswith("it gets"):
        assert find_pattern(tokenize(text.replace("right ", "")), MERGE)
    else:
        assert find_pattern(tokenize(text), MERGE)


def test_all_groups_are_needed() -> None:
    """One group alone is no match."""
    assert find_pattern(tokenize("you can merge branches"), MERGE) is None


def test_groups_far_apart_do_not_match() -> None:
    """A match may not stretch over the window."""
    assert find_pattern(tokenize("merge " + "so " * 40 + "latency"), MERGE) is None


def test_the_tightest_match_is_returned() -> None:
    """Of several matches the shortest is the evidence."""
    tokens = tokenize("merge now or later and in the end merge the original")
    match = find_pattern(tokens, MERGE)
    assert match is not None
    assert match.end - match.start == 3


def test_a_star_is_a_prefix() -> None:
    """quantiz* finds quantization and, through the stem, British quantisation."""
    for said in ("quantization", "quantised", "quantizes"):
        assert find_phrase(tokenize(f"we use {said} here"), "quantiz*")


def test_phrases_do_not_reach_over_weighty_words() -> None:
    """Only light words may stand inside a phrase."""
    assert find_phrase(tokenize("the base of all weights"), "base weights")
    assert not find_phrase(tokenize("the base needs weights"), "base weights")


def test_a_starred_compound_keeps_its_joined_prefix() -> None:
    """ "re-rank*" and "pre train*" are read as rerank and pretrain."""
    assert compile_phrase("re-rank*")[0].text == "rerank"
    assert compile_phrase("pre train*")[0].text == "pretrain"


def test_saying_it_twice_changes_nothing() -> None:
    """A match is a fact, not a count."""
    once = find_any(tokenize("we merge the base weights"), [MERGE])
    twice = find_any(tokenize("we merge the base weights and we merge the base weights"), [MERGE])
    assert once == twice


def test_an_index_can_be_reused() -> None:
    """find_any takes tokens or an index of them."""
    index = Index(tokenize("we merge the base weights"))
    assert find_any(index, [MERGE]) == find_any(index.tokens, [MERGE])
