"""Where a phrase occurs in what was said.

A phrase is words in order, each compared by its stem or, with a trailing ``*``, as a prefix. Light words ("the", "it", "just")
may stand between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from hotseat.text.normal import Token, singular, tokenize

MAX_LIGHT = 2
"""Light words allowed between two words of a phrase."""

_LIGHT_WORDS = """
the a an it its them their this that these those your our my his all each every some any just also really actually basically
simply only very so um uh er ah hmm like well of
"""
LIGHT = frozenset(_LIGHT_WORDS.split())
_DROPPED = frozenset({"the", "your", "our", "their", "its"})
"""Left out of phrases, since they may be said anywhere; "a" stays, being a matrix as often as an article."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PhraseWord:
    text: str
    prefix: bool

    def fits(self, token: Token) -> bool:
        if self.prefix:
            return token.text.startswith(self.text) or token.stem.startswith(self.text)
        return token.stem == self.text


class Index:
    """Tokens with the places of each stem, so that most phrases are ruled out without a scan."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self._by_stem: dict[str, list[int]] = {}
        for place, token in enumerate(tokens):
            self._by_stem.setdefault(token.stem, []).append(place)
        self._phrases: dict[str, list[Span]] = {}

    def phrase(self, text: str) -> list[Span]:
        """Every place the phrase occurs."""
        found = self._phrases.get(text)
        if found is None:
            words = compile_phrase(text)
            starts = self._starts(words[0]) if words else []
            found = [(start, end) for start in starts if (end := self._end(start, words)) is not None]
            self._phrases[text] = found
        return found

    def _starts(self, word: PhraseWord) -> list[int]:
        if not word.prefix:
            return self._by_stem.get(word.text, [])
        return [place for place, token in enumerate(self.tokens) if word.fits(token)]

    def _end(self, start: int, words: Sequence[PhraseWord]) -> int | None:
        place = start + 1
        for word in words[1:]:
            light = 0
            while place < len(self.tokens) and not word.fits(self.tokens[place]):
                if light == MAX_LIGHT or self.tokens[place].text not in LIGHT:
                    return None
                light += 1
                place += 1
            if place == len(self.tokens):
                return None
            place += 1
        return place


@lru_cache(maxsize=65536)
def compile_phrase(text: str) -> tuple[PhraseWord, ...]:
    """Normalised words of one phrase; a starred word stays a prefix. Light words that carry nothing are dropped."""
    raw = [word for word in text.split() if word.strip("*")]
    tokens = tokenize(" ".join(word.rstrip("*") for word in raw))
    words: list[PhraseWord] = []
    for place, token in enumerate(tokens):
        last_of_word = place + 1 == len(tokens) or tokens[place + 1].word != token.word
        # A joined token ("re rank*") carries the word of its first part, so look on to the word before the next token's.
        source = (tokens[place + 1].word if place + 1 < len(tokens) else len(raw)) - 1
        if last_of_word and raw[source].endswith("*"):
            words.append(PhraseWord(_prefix(token.text, raw[source].rstrip("*").lower()), True))
        elif token.text not in _DROPPED:
            words.append(PhraseWord(token.stem, False))
    return tuple(words)


def _prefix(text: str, raw: str) -> str:
    """The prefix as its author wrote it: tokenising took a plural's ending off "clas"."""
    tail = raw.replace("-", " ").split()[-1]
    short = singular(tail)
    return text[: -len(short)] + tail if tail != short and text.endswith(short) else text


def find_phrase(tokens: Sequence[Token], phrase: str) -> list[Span]:
    """Every place the phrase occurs."""
    return Index(tokens).phrase(phrase)
