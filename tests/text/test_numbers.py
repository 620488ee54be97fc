"""Numbers have one form, however they are said or written."""

from __future__ import annotations

import pytest
from hotseat.text.numbers import in_digits, text_in_digits
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("said", "form"),
    [
        ("one point three gig", "1.3 gb"),
        ("1.3GB", "1.3 gb"),
        ("four thousand times", "4000 times"),
        ("2 x 80 x 8 x 128", "2 x 80 x 8 x 128"),
        ("seventy billion parameters, so", "70 billion parameters, so"),
        ("a 7B model", "a 7 billion model"),
        ("a hundred and forty gigabytes.", "140 gb."),
        ("ten to the twelve flops", "10^12 flops"),
        ("twenty-five hundred tokens", "2500 tokens"),
        ("three to five percent", "3 to 5 %"),
        ("two hundred fifty six", "256"),
        ("a hundred and twenty eight k context", "128 k context"),
        ("128k context", "128000 context"),
        ("zero point nine five to the twentieth", "0.95^20"),
        ("eight hundred thousand", "800000"),
        ("one or two", "1 or 2"),
        ("4,096 dimensions", "4096 dimensions"),
        ("four thousand ninety six", "4096"),
        ("an hour and a half", "an hour and a half"),
        ("H100s with 80GB", "H100s with 80 gb"),
        ("two, three", "2, 3"),
        ("a million tokens", "1 million tokens"),
        ("$50 a day", "50 a day"),
        ("no number here", "no number here"),
    ],
)
def test_numbers_have_one_form(said: str, form: str) -> None:
    """Words and digits, units and powers come out alike; punctuation stays."""
    assert text_in_digits(said) == form


@given(
    st.lists(
        st.sampled_from("a and point hundred thousand million seven twenty 7 3.5 80GB to the power of x, gig % - ~ $".split())
    )
)
def test_any_words_keep_their_places(words: list[str]) -> None:
    """Whatever is said, every text comes from a word at its place, in order."""
    texts, places = in_digits(words)
    assert len(texts) == len(places)
    assert list(places) == sorted(places)
    assert all(0 <= place < len(words) for place in places)


@pytest.mark.parametrize("said", ["9" * 400, "one " + "trillion " * 40, "9" * 400 + " million"])
def test_what_is_too_large_for_a_number_is_left(said: str) -> None:
    """Whatever somebody says or types can be read."""
    assert text_in_digits(said)
