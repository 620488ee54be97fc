"""Tells what a short utterance does: hashed words and letters, weighed by a logistic regression (training/train_acts.py).

Taking an answer for an act costs the candidate the answer, so an utterance is an act only where that is very likely
(``threshold``, chosen in training so that hardly any real answer is taken for one).
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hotseat.domain.acts import Act

WEIGHTS = Path(__file__).with_name("acts.npz")
BUCKETS = 1 << 15
RARITY_STEPS = 20
"""Steps of one in which rarities are stored."""
MAX_WORDS = 25
"""Anything longer is an answer."""
LEAVING = (Act.SKIP, Act.DONE)
_WORD = re.compile(r"[a-z0-9']+|\?")
_HESITATION = re.compile(r"\b(?:u+m+|u+h+|e+h+m*|h+m+|m+h*m+|a+h|o+h|er+m*)\b[.,…]*")
_SPELLINGS = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        (r"\bcan(?:'t|t|not)\b", "can not"),
        (r"\bwon't\b", "will not"),
        (r"\b(do|does|did|have|has|had|could|would|is|was|are|should)n'?t\b", r"\1 not"),
        (r"\bi'?m\b", "i am"),
        (r"\bi'?ve\b", "i have"),
        (r"\b(you|we|they)'ve\b", r"\1 have"),
        (r"\bi'd\b", "i would"),
        (r"\bi'll\b", "i will"),
        (r"\b(you|we|they)'re\b", r"\1 are"),
        (r"\b(that|what|let|it|who|where|how|there)'?s\b", r"\1 is"),
        (r"\bits\b", "it is"),
        (r"\blet is\b", "let us"),
        (r"\bgonna\b", "going to"),
        (r"\bgimme\b", "give me"),
        (r"\blemme\b", "let me"),
    )
)
_WANTS_QUESTIONS = re.compile(r"\bask\b|\bquestions?\b", re.I)


def words_of(text: str) -> list[str]:
    """Lower-case words without hesitation and contractions, and question marks."""
    plain = _HESITATION.sub(" ", text.lower().replace("’", "'"))
    for pattern, written in _SPELLINGS:
        plain = pattern.sub(written, plain)
    return _WORD.findall(plain)


def features(words: list[str], known: Collection[str]) -> tuple[list[str], list[str], list[str]]:
    """What an utterance has: runs of words, parts of words, and how many words the acts of the training data don't use."""
    framed = ["^", *words, "$"]
    runs = [" ".join(framed[at : at + size]) for size in (1, 2, 3) for at in range(len(framed) - size + 1)]
    spelled = [f" {word} " for word in words]
    parts = [word[at : at + size] for word in spelled for size in (3, 4, 5) for at in range(len(word) - size + 1)]
    unknown = sum(word not in known for word in words)
    counts = [f"n={len(words) // 2}", f"x={min(unknown, 6)}", f"share={5 * unknown // max(1, len(words))}"]
    return runs, parts, counts


def buckets(names: Iterable[str]) -> Counter[int]:
    return Counter(zlib.crc32(name.encode()) % BUCKETS for name in names)


def vector(words: list[str], known: Collection[str], rarity: NDArray[np.float32]) -> dict[int, float]:
    """Bucket to weight: term frequency times ``rarity``, each of the three kinds of length 1."""
    found: dict[int, float] = {}
    for names in features(words, known):
        weighed = {bucket: (1.0 + log(count)) * float(rarity[bucket]) for bucket, count in buckets(names).items()}
        length = sum(value * value for value in weighed.values()) ** 0.5
        for bucket, value in weighed.items():
            found[bucket] = found.get(bucket, 0.0) + value / length
    return found


@dataclass(frozen=True, slots=True)
class Classifier:
    """The trained weights."""

    acts: tuple[Act, ...]
    weights: NDArray[np.float32]
    """Shape (acts, BUCKETS)."""
    bias: NDArray[np.float32]
    known: frozenset[str]
    """Words that acts of the training data use; others are technical, mostly."""
    rarity: NDArray[np.float32]
    """Inverse document frequency of each bucket."""
    threshold: float
    """Probability of not being an answer from which an utterance is an act."""

    def probabilities(self, text: str) -> NDArray[np.float32]:
        """One for each act."""
        found = vector(words_of(text), self.known, self.rarity)
        scores = self.weights[:, list(found)] @ np.array(list(found.values()), np.float32) + self.bias
        odds: NDArray[np.float32] = np.exp(scores - np.max(scores))
        return np.asarray(odds / odds.sum(), np.float32)

    def act(self, text: str) -> Act:
        """The likeliest; of those that leave the question, only one that is likelier than all others together."""
        likely = dict(zip(self.acts, self.probabilities(text).tolist(), strict=True))
        some_act = 1.0 - likely.pop(Act.ANSWER)
        if some_act < self.threshold:
            return Act.ANSWER
        best = max(likely, key=lambda act: likely[act])
        return Act.OFF_TOPIC if best in LEAVING and likely[best] < some_act / 2 else best


@lru_cache(maxsize=1)
def load() -> Classifier:
    """The weights shipped beside this file."""
    with np.load(WEIGHTS) as stored:
        weights = stored["weights"].astype(np.float32) * stored["scale"][:, None]
        return Classifier(
            tuple(Act(name) for name in str(stored["acts"]).split()),
            weights,
            stored["bias"],
            frozenset(str(stored["known"]).split()),
            stored["rarity"].astype(np.float32) / RARITY_STEPS,
            float(stored["threshold"]),
        )


def recognise(text: str, question: str) -> Act:
    """The act of an utterance that was said to ``question``."""
    if len(text.split()) > MAX_WORDS:
        return Act.ANSWER
    words = words_of(text)
    if not any(word != "?" for word in words):  # nothing but hesitation, or nothing at all
        return Act.THINK if re.search(r"[a-z]", text.lower()) else Act.ANSWER
    if words == ["yes"] or words == ["no"]:
        return Act.ANSWER
    act = load().act(text)
    # Where questions are asked for, a question is an answer.
    return Act.ANSWER if act is Act.CLARIFY and _WANTS_QUESTIONS.search(question) else act
