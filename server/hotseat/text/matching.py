"""Where a phrase occurs in what was said: its words in order, compared by their stems, with light words between them or not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from hotseat.text.normal import Token, tokenize

MAX_LIGHT = 2
"""Light words allowed between two words of a phrase."""

_LIGHT_WORDS = """
the a an it its them their this that these those your our my his all each every some any just also really actually basically
simply only very so um uh er ah hmm like well of
"""
LIGHT = frozenset(_LIGHT_WORDS.split())
_DROPPED = frozenset({"the", "your", "our", "their", "its"})
"""Left out of phrases, since they may be said anywhere; "a" stays, being a matrix as often as an article."""


def find_phrase(tokens: Sequence[Token], phrase: str) -> bool:
    """Whether the phrase occurs; an empty one never does."""
    first, *rest = _stems(phrase) or ("",)
    return any(token.stem == first and _goes_on(tokens[at + 1 :], rest) for at, token in enumerate(tokens))


def _goes_on(tokens: Sequence[Token], stems: Sequence[str]) -> bool:
    place = 0
    for stem in stems:
        light = 0
        while place < len(tokens) and tokens[place].stem != stem:
            if light == MAX_LIGHT or tokens[place].text not in LIGHT:
                return False
            light += 1
            place += 1
        if place == len(tokens):
            return False
        place += 1
    return True


@lru_cache(maxsize=65536)
def _stems(phrase: str) -> tuple[str, ...]:
    return tuple(token.stem for token in tokenize(phrase) if token.text not in _DROPPED)
