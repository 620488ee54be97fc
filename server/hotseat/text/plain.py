"""What is said without how: without the marks that a recogniser writes and the endings that a learner leaves out."""

from __future__ import annotations

from hotseat.text.normal import tokenize

_ARTICLES = frozenset({"a", "an", "the"})
_AGREEING = {"are": "is", "am": "is", "were": "was", "have": "has", "do": "does", "doe": "does"}
"""Tokens are singular, which leaves "doe" of "does"."""


def plain(text: str) -> str:
    """Lower-cased words without punctuation and articles, numbers as digits, plurals and verbs singular.

    A text without words stays as it is.
    """
    words = (token.text for token in tokenize(text))
    return " ".join(_AGREEING.get(word, word) for word in words if word not in _ARTICLES) or text.lower()
