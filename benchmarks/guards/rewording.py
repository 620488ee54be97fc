"""Rewords an answer without changing its content: padding, disfluencies, a learner's grammar. The verdict should stay."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from hotseat.domain.model import Question

from benchmarks.guards.items import Item

_POLITE = (
    "Thank you, that's a really good question and I'm happy to talk about it.",
    "Let me think for a second how to put this.",
    "I hope that makes sense so far.",
    "I could go on about this for quite a while, to be honest.",
    "So yeah, that's roughly how I'd see it.",
    "Please stop me if you'd like more detail on any of this.",
    "I've talked about this with colleagues many times.",
    "Anyway, let me come back to the question.",
)
_FILLERS = ("um", "uh", "like", "you know", "I mean", "sort of", "er")
_SINGULAR = {"is": "are", "are": "is", "has": "have", "does": "do", "was": "were", "doesn't": "don't", "isn't": "aren't"}


def padded(text: str, rng: Random) -> str:
    """Polite sentences between the candidate's own, and at both ends."""
    sentences = re.split(r"(?<=[.?!])\s+", text)
    filler = rng.sample(_POLITE, 4)
    places = sorted(rng.randrange(1, len(sentences) + 1) for _ in range(2))
    for extra, place in zip(filler[2:], reversed(places), strict=True):
        sentences.insert(place, extra)
    return " ".join([filler[0], *sentences, filler[1]])


def disfluent(text: str, rng: Random) -> str:
    """Fillers, repeated words and restarts about every eighth word."""
    words = text.split()
    out: list[str] = []
    for place, word in enumerate(words):
        roll = rng.random()
        if roll < 0.07:
            out.append(rng.choice(_FILLERS) + ",")
        elif roll < 0.10 and word[-1:].isalnum():
            out.append(word + ",")
        elif roll < 0.12 and place + 2 < len(words) and word[-1:].isalnum() and words[place + 1][-1:].isalnum():
            out.append(f"{word} {words[place + 1]}, no,")
        out.append(word)
    return " ".join(out)


def learner(text: str, rng: Random) -> str:
    """Articles dropped, verbs that do not agree, endings lost."""
    out = []
    for word in text.split():
        low = word.lower()
        if low in {"the", "a", "an"} and rng.random() < 0.7:
            continue
        if low in _SINGULAR and rng.random() < 0.5:
            word = _SINGULAR[low]
        elif low.endswith("s") and len(low) > 4 and not low.endswith(("ss", "us", "is")) and rng.random() < 0.25:
            word = word[:-1]
        out.append(word)
    return " ".join(out)


KINDS: dict[str, Callable[[str, Random], str]] = {"padding": padded, "disfluent": disfluent, "non-native": learner}


def reworded(items: Sequence[Item], each: int) -> list[Item]:
    """``each`` answers of every kind, spread over the levels; ``base`` is the item they reword."""
    levels = [item for item in items if item.family == "level"]
    step = max(1, len(levels) // each)

    def said(item: Item, kind: str) -> str:
        return KINDS[kind](item.text, Random(f"{item.id} {kind}"))

    return [
        replace(item, id=f"{item.id}-{kind}", family=kind, base=item.id, text=said(item, kind))
        for offset, kind in enumerate(KINDS)
        for item in levels[offset % step :: step][:each]
    ]


def reordered(question: Question) -> Question:
    """The question with its criteria, and the points of each, in reverse."""
    return replace(
        question,
        criteria=tuple(
            replace(criterion, points=tuple(reversed(criterion.points))) for criterion in reversed(question.criteria)
        ),
    )
