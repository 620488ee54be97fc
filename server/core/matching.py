"""Where a term occurs in what was said.

A phrase is words in order, each compared by its stem. Light words ("the", "it", "just") may stand between them.
"""

from __future__ import annotations

from collections.abc import Sequence

from server.core.normal import Token, tokenize

MAX_LIGHT = 2
"""Light words allowed between two words of a phrase."""

_LIGHT_WORDS = """
the a an it its them their this that these those your our my his all each every some any just also really actually basically
simply only very so um uh er ah hmm like well of
"""
_LIGHT = frozenset(_LIGHT_WORDS.split())
_DROPPED = frozenset({"the", "your", "our", "their", "its"})
"""Left out of phrases, since they may be said anywhere; "a" stays, being a matrix as often as an article."""

Span = tuple[int, int]


def find_phrase(tokens: Sequence[Token], phrase: str) -> list[Span]:
    """Every place the phrase occurs, as first token and the one after the last."""
    stems = [token.stem for token in tokenize(phrase) if token.text not in _DROPPED]
    starts = [place for place, token in enumerate(tokens) if stems and token.stem == stems[0]]
    return [(start, end) for start in starts if (end := _end(tokens, start, stems)) is not None]


def _end(tokens: Sequence[Token], start: int, stems: Sequence[str]) -> int | None:
    place = start + 1
    for stem in stems[1:]:
        light = 0
        while place < len(tokens) and tokens[place].stem != stem:
            if light == MAX_LIGHT or tokens[place].text not in _LIGHT:
                return None
            light += 1
            place += 1
        if place == len(tokens):
            return None
        place += 1
    return place
