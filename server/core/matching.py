"""Where a point's patterns occur in what was said.

A pattern is a list of groups; a group is any of its phrases; a phrase is words in order, each exact or, with a trailing
``*``, a prefix. A pattern matches where one phrase of every group occurs within ``WINDOW`` tokens, in any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from server.core.normal import Token, singular, tokenize

WINDOW = 36
"""Tokens: about two spoken sentences."""

Phrase = tuple[str, ...]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Match:
    start: int
    """First token."""
    end: int
    """After the last token."""
    parts: tuple[Span, ...]
    """Where each group was found."""


@lru_cache(maxsize=65536)
def compile_phrase(text: str) -> Phrase:
    """Normalised words of one phrase; a starred word stays a prefix."""
    words: list[str] = []
    for raw in text.split():
        if raw.endswith("*"):
            *before, last = raw[:-1].lower().replace("-", " ").split() or [""]
            words.extend(token.text for token in tokenize(" ".join(before)))
            words.append(last + "*")
        else:
            words.extend(token.text for token in tokenize(raw))
    merged = tokenize(" ".join(word for word in words if not word.endswith("*")))
    return tuple(words) if any(word.endswith("*") for word in words) else tuple(token.text for token in merged)


def find_phrase(tokens: Sequence[Token], phrase: Phrase) -> list[Span]:
    """Every place the phrase occurs."""
    if not phrase:
        return []
    last = len(tokens) - len(phrase)
    return [(i, i + len(phrase)) for i in range(last + 1) if all(_same(tokens[i + k].text, word) for k, word in enumerate(phrase))]


def _same(said: str, wanted: str) -> bool:
    if wanted.endswith("*"):
        stem = wanted[:-1]
        return said.startswith(stem) or said.startswith(singular(stem))
    return said == wanted


def find_pattern(tokens: Sequence[Token], groups: Sequence[Sequence[str]], window: int = WINDOW) -> Match | None:
    """The tightest match of all groups, or None."""
    places: list[tuple[int, int, int]] = []
    for number, group in enumerate(groups):
        found = [span for phrase in group for span in find_phrase(tokens, compile_phrase(phrase))]
        if not found:
            return None
        places.extend((start, end, number) for start, end in found)
    places.sort()
    best: Match | None = None
    latest: dict[int, Span] = {}
    for start, end, number in places:
        latest[number] = (start, end)
        if len(latest) < len(groups):
            continue
        first = min(span[0] for span in latest.values())
        last = max(span[1] for span in latest.values())
        if last - first <= window and (best is None or last - first < best.end - best.start):
            best = Match(first, last, tuple(latest[i] for i in range(len(groups))))
    return best


def find_any(tokens: Sequence[Token], patterns: Sequence[Sequence[Sequence[str]]], window: int = WINDOW) -> Match | None:
    """The tightest match among alternative patterns, or None."""
    matches = [match for groups in patterns if (match := find_pattern(tokens, groups, window))]
    return min(matches, key=lambda match: match.end - match.start, default=None)
