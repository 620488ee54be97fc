"""Tells shuffled words and lists of terms from speech by the common words in them.

A rubric's own words in any order hold all its terms and most of its phrases, so nothing that compares meanings can tell
(docs/decisions/0029-reject-shuffled-words.md).
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
"""``words``, the commonest of spoken answers, and ``follows``, shape (words, words): how much likelier the second is after the
first than anywhere, log odds in steps of 1/``STEPS`` (``python -m training.fit_word_order``)."""
STEPS = 40
FEWEST = 12
"""Pairs of common words from which an answer can be judged: about thirty words of it."""
_WORD = re.compile(r"[a-z']+|\d+")


def spoken_words(text: str) -> list[str]:
    """In lower case, without marks."""
    return _WORD.findall(text.lower())


SHUFFLED = -0.1
"""Order below which words are shuffled, not spoken."""


LEAST_COMMON = 0.25
"""Share of common words below which an answer is a list of terms. Of 2,472 free answers the tersest has 0.34."""
FEWEST_WORDS = 12
"""Fewest words of such a list; a few terms are a terse answer."""


def is_speech(answers: Sequence[Answer]) -> bool:
    """Whether the words stand in sentences, so that they can be read. No grader reads others."""
    return not is_shuffled(answers) and not is_list(answers)


def is_shuffled(answers: Sequence[Answer]) -> bool:
    return order(answers) < SHUFFLED


def is_list(answers: Sequence[Answer]) -> bool:
    """Whether terms are named without anything said of them."""
    places, _ = _stored()
    words = [word for answer in answers for word in spoken_words(answer.transcript.text)]
    return len(words) >= FEWEST_WORDS and sum(word in places for word in words) < LEAST_COMMON * len(words)


def order(answers: Sequence[Answer]) -> float:
    """Mean log odds of the pairs of common words in these answers: 0.9 in most speech, -0.9 where it is shuffled, about 0 where
    chance would have put them. 1 where there is too little to tell."""
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
