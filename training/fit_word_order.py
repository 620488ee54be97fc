"""Counts which common words follow one another in the answers of ``data/train``: server/hotseat/grading/word_order.npz.

``python -m training.fit_word_order`` takes a second. It prints the lowest score of held-out answers, and the highest of the
same answers with their words shuffled.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
from hotseat.domain.model import Transcript
from hotseat.grading.word_order import FEWEST, STEPS, STORED, order, spoken_words
from hotseat.questions.content import load_bank
from hotseat.settings import PROJECT

from benchmarks.guards.items import as_answer, load_items
from training.examples import DATA

WORDS = 250
UNSEEN = 0.5
"""Added to what was counted and to what was expected: a pair that nobody said may only be rare."""
MOST = 3.0
SHOWN = ("tune", "unread", "hard", "tricky", "studied", "told", "recited", "short")


def fit() -> None:
    texts = [spoken_words(item.text) for item in load_items(DATA, "train")]
    words = [word for word, _ in Counter(word for text in texts for word in text).most_common(WORDS)]
    place = {word: at for at, word in enumerate(words)}
    seen = np.zeros((WORDS, WORDS))
    for text in texts:
        for first, second in pairwise(text):
            if first in place and second in place:
                seen[place[first], place[second]] += 1
    expected = seen.sum(axis=1, keepdims=True) * seen.sum(axis=0, keepdims=True) / seen.sum()
    odds = np.clip(np.log((seen + UNSEEN) / (expected + UNSEEN)), -MOST, MOST)
    np.savez_compressed(STORED, words=np.array(words), follows=np.round(odds * STEPS).astype(np.int8))


def tell() -> None:
    bank, dice = load_bank(PROJECT / "rubrics"), random.Random(1)
    for split in SHOWN:
        honest, shuffled = [], []
        for item in load_items(DATA, split):
            said = as_answer(item, bank.question(item.question))
            words = list(said.transcript.words)
            dice.shuffle(words)
            honest.append(order([said]))
            shuffled.append(order([replace(said, transcript=Transcript(tuple(words), typed=True))]))
        told = [value for value in shuffled if value < 1]
        print(
            f"{split}: honest from {min(honest):.2f}, half below {np.median(honest):.2f}; "
            f"shuffled up to {max(told):.2f}, 99% below {np.quantile(told, 0.99):.2f}, "
            f"{len(told)} of {len(shuffled)} with {FEWEST} pairs"
        )


if __name__ == "__main__":
    fit()
    tell()
