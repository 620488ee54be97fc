"""Text without how it is said."""

from __future__ import annotations

import pytest
from hotseat.text.plain import plain


@pytest.mark.parametrize(
    ("said", "otherwise"),
    [
        ("The cache grows with the length; that's why it fills up.", "cache grows with length that's why it fills up"),
        ("Keys and values are kept.", "keys and values is kept"),
        ("It doesn't retrain the models.", "it don't retrain model"),
        ("Two gigabytes, say.", "2 GB say"),
    ],
)
def test_marks_articles_agreement_and_numbers_make_no_difference(said: str, otherwise: str) -> None:
    assert plain(said) == plain(otherwise)


@pytest.mark.parametrize(
    ("said", "not_this"),
    [
        ("the weights are frozen", "the weights are not frozen"),
        ("it grows by 2", "it grows by 3"),
        ("the reader is asked first", "the writer is asked first"),
    ],
)
def test_what_is_said_does(said: str, not_this: str) -> None:
    assert plain(said) != plain(not_this)


@pytest.mark.parametrize("text", ["", "...", "The", "?!"])
def test_a_text_without_words_stays(text: str) -> None:
    assert plain(text) == text.lower()


@pytest.mark.parametrize("text", ["Keys and values are kept.", "The 7B model's cache, at 32k tokens, has 16 GB."])
def test_plain_text_is_plain(text: str) -> None:
    assert plain(plain(text)) == plain(text)
