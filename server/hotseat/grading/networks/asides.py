"""Leaves out what an answer says beside its question: politeness, thinking aloud, how long one could go on.

A network that reads an answer from end to end is moved by all that stands in it, and a verdict would hang on empty words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hotseat.domain.model import Question
from hotseat.grading.networks.embedding import Embedder, likeness
from hotseat.grading.networks.hearing import Heard, Span

SMALL_TALK = (
    "Thanks, good question.",
    "Sure, happy to answer that.",
    "Give me a moment to think.",
    "Where do I begin?",
    "Sorry, let me start again.",
    "Does that answer your question?",
    "I can say more about that if you want.",
    "That's about all I can say.",
    "There would be much more to tell.",
    "To sum up, that is my answer.",
    "I have some experience with this from work.",
    "We discussed this in my team a lot.",
    "Sorry, I am nervous today.",
    "Honestly, I'm not sure about this one.",
)
"""A clause nearer to one of these than to any point is an aside (docs/decisions/0012-rules-around-matches.md)."""


def without_asides(question: Question, heard: Heard, embedder: Embedder, kept: Sequence[Span] = ()) -> Heard:
    """The answer with asides passed over as fillers are, but for clauses that overlap with one of ``kept``.

    An answer that has nothing else stays as it is.
    """
    clauses = heard.clauses
    vectors = embedder.embed([heard.text(span) for span in clauses])
    nearest = np.max([likeness(point, vectors, embedder) for point in question.points], axis=0)
    empty = (vectors @ embedder.embed(SMALL_TALK).T).max(axis=1)
    asides = {
        span
        for span, like, unlike in zip(clauses, nearest, empty, strict=True)
        if like < unlike and not any(span[0] < end and start < span[1] for start, end in kept)
    }
    if len(asides) == len(clauses):
        return heard
    return replace(
        heard,
        credited=tuple(span for span in heard.credited if span not in asides),
        fillers=heard.fillers.union(*(range(*span) for span in asides)),
    )
