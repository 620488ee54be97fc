"""Trains what tells acts from answers: ``python -m training.train_acts`` (a minute on one core, seeded, needs scikit-learn).

Learns from the utterances in data/acts (all but test.jsonl, which is worded differently on purpose) and from sentences of real
answers in data/free. The threshold is the one at which ``MOST_LOST`` of the answers that it hasn't learned from are lost.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from hotseat.interview.act_classifier import BUCKETS, MAX_WORDS, RARITY_STEPS, WEIGHTS, buckets, features, vector, words_of
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

DATA = Path(__file__).parent / "data"
SEED = 7
MOST_LOST = 0.02
STRENGTH = 30.0
"""Inverse of the regularisation."""
STRETCH = (8, 25)
"""Words of the beginning of a real answer."""
SENTENCES = 2
"""Of each real answer."""
LEADING = ("um, ", "uh ", "okay, ", "ok so ", "sorry, ", "well, ", "hmm, ", "so ", "yeah, ", "oh, ")
TRAILING = (" please", ", sorry", ", thanks", " then", " actually")
CALM = ("repeat", "think", "dont_know", "skip", "done")
"""Acts that stay what they are with any of these around them."""


def utterances(*names: str) -> list[tuple[str, str]]:
    """(act, text) of these files."""
    return [
        (row["act"], row["text"])
        for name in names
        for row in map(json.loads, (DATA / "acts" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
    ]


def spoken(entries: Sequence[tuple[str, str]], chance: random.Random) -> Iterator[tuple[str, str]]:
    """Each as it is, as a recogniser without punctuation writes it, and with what people say around it."""
    for act, text in entries:
        yield act, text
        yield act, re.sub(r"[^\w' ]+", " ", text.lower())
        if act in CALM:
            lead, tail = chance.choice(LEADING), chance.choice(TRAILING) if chance.random() < 0.3 else ""
            yield act, f"{lead}{text.rstrip('.?!')}{tail}{'?' if text.endswith('?') else '.'}"
        elif act == "answer":
            yield act, f"{chance.choice(LEADING)}{text}"


def answers(name: str, known: frozenset[str], chance: random.Random) -> list[tuple[str, str]]:
    """What short answers might be: the beginning of each real answer, and some of its sentences.

    Only sentences with a word that no act uses: many answers hold "I don't know" or "That's it", which by themselves are acts.
    """
    found: list[tuple[str, str]] = []
    for row in map(json.loads, (DATA / "free" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()):
        sentences = re.split(r"(?<=[.?!]) ", row["text"])
        found.append(("answer", " ".join(row["text"].split()[: chance.randint(*STRETCH)])))
        alone = [text for text in sentences if 4 <= len(text.split()) <= MAX_WORDS and set(words_of(text)) - known - {"?"}]
        found.extend(("answer", text) for text in chance.sample(alone, min(SENTENCES, len(alone))))
    return found


def known_words(entries: Sequence[tuple[str, str]]) -> frozenset[str]:
    """Words that at least two acts' utterances use."""
    counts = Counter(word for act, text in entries if act != "answer" for word in set(words_of(text)))
    return frozenset(word for word, count in counts.items() if count >= 2)


def rarities(texts: Sequence[str], known: frozenset[str]) -> NDArray[np.uint8]:
    """Inverse document frequency of each bucket, in steps of 1 / RARITY_STEPS."""
    counts = np.zeros(BUCKETS)
    for text in texts:
        counts[list(buckets(name for names in features(words_of(text), known) for name in names))] += 1
    found: NDArray[np.uint8] = np.minimum(255, RARITY_STEPS * (1 + np.log((1 + len(texts)) / (1 + counts)))).astype(np.uint8)
    return found


def matrix(texts: Sequence[str], known: frozenset[str], rarity: NDArray[np.float32]) -> csr_matrix:
    rows = [vector(words_of(text), known, rarity) for text in texts]
    places = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    columns = [bucket for row in rows for bucket in row]
    values = np.array([value for row in rows for value in row.values()], np.float32)
    return csr_matrix((values, (places, columns)), shape=(len(rows), BUCKETS))


def main() -> None:
    chance = random.Random(SEED)
    names = sorted(path.stem for path in (DATA / "acts").glob("*.jsonl") if path.stem != "test")
    written = utterances(*names)
    chance.shuffle(written)
    known = known_words(written)
    held = len(written) // 5
    learned = [*spoken(written[held:], chance), *answers("learn", known, chance)]
    for_threshold = [text for act, text in [*written[:held], *answers("develop", known, chance)] if act == "answer"]
    entries = [*learned, *spoken(written[:held], chance)]
    stored = rarities([text for _, text in entries], known)
    rarity = stored.astype(np.float32) / RARITY_STEPS

    def fitted(rows: Sequence[tuple[str, str]]) -> LogisticRegression:
        model = LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3, random_state=SEED)
        return model.fit(matrix([text for _, text in rows], known, rarity), [act for act, _ in rows])

    unseen = fitted(learned)
    is_answer = unseen.predict_proba(matrix(for_threshold, known, rarity))[:, list(unseen.classes_).index("answer")]
    threshold = float(np.quantile(1 - is_answer, 1 - MOST_LOST))
    model = fitted(entries)
    scale = np.abs(model.coef_).max(axis=1) / 127
    np.savez_compressed(
        WEIGHTS,
        weights=np.round(model.coef_ / scale[:, None]).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=model.intercept_.astype(np.float32),
        acts=" ".join(model.classes_),
        known=" ".join(sorted(known)),
        rarity=stored,
        threshold=threshold,
    )
    print(f"{len(written)} utterances, {len(entries)} with variants; threshold {threshold:.3f}; {WEIGHTS.stat().st_size} bytes")


if __name__ == "__main__":
    main()
