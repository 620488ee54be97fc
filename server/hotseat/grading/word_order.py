"""Tells speech from shuffled words and lists of terms, by the common words in it.

A rubric's words in any order have all its terms and most of its phrases, so a comparison of meanings can't tell them from an
answer (docs/decisions/0029-reject-shuffled-words.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hotseat.domain.model import Answer

STORED = Path(__file__).with_name("word_order.npz")
"""``words``: the commonest words of spoken answers. ``follows``, int8 of shape (words, words): how much likelier the second
word is right after the first than elsewhere, as log odds times ``STEPS``. Made by ``python -m training.fit_word_order``."""
STEPS = 40
FEWEST = 12
"""Fewest pairs of common words by which an answer can be judged: about thirty words of it."""
_WORD = re.compile(r"[a-z']+|\d+")


def spoken_words(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation."""
    return _WORD.findall(text.lower())


SHUFFLED = -0.1
"""Answers whose ``order`` is lower are shuffled words, not speech."""
LEAST_COMMON = 0.25
"""An answer with a smaller share of common words is a list of terms. The tersest of 2,472 free answers has 0.34."""
FEWEST_WORDS = 12
"""With fewer words it is a terse answer, not a list."""


def is_speech(answers: Sequence[Answer]) -> bool:
    """Whether the words form sentences: neither shuffled nor a list. No grader reads answers that don't."""
    return order(answers) >= SHUFFLED and not is_list(answers)


def is_list(answers: Sequence[Answer]) -> bool:
    """Whether the answers only list terms."""
    places, _ = _stored()
    words = [word for answer in answers for word in spoken_words(answer.transcript.text)]
    return len(words) >= FEWEST_WORDS and sum(word in places for word in words) < LEAST_COMMON * len(words)


def order(answers: Sequence[Answer]) -> float:
    """Mean log odds of adjacent common words in the answers: about 0.9 in speech, -0.9 if its words are shuffled.

    1 if there are too few pairs to tell.
    """
    places, follows = _stored()
    found: list[int] = []
    for answer in answers:
        for first, second in pairwise(spoken_words(answer.transcript.text)):
            # Letters side by side are code or a formula: "if a[i] > a[j]".
            if first in places and second in places and len(first) + len(second) > 2:
                found.append(int(follows[places[first], places[second]]))
    return float(np.mean(found)) / STEPS if len(found) >= FEWEST else 1.0


@cache
def _stored() -> tuple[dict[str, int], NDArray[np.int8]]:
    with np.load(STORED) as stored:
        return {str(word): place for place, word in enumerate(stored["words"])}, stored["follows"]
