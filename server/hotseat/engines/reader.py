"""The reader: a small BERT with int8 weights that reads a statement beside a passage.

docs/reader.md says how it is trained and where it fails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from hotseat.domain.acts import Act
from hotseat.engines.onnx_session import open_session
from hotseat.grading.reading import Reading
from hotseat.text.numbers import in_digits, text_in_digits

WEIGHTS = Path(__file__).with_name("reader.onnx")
TOKENIZER = Path(__file__).with_name("reader-tokenizer.json")
MAX_STATEMENT, MAX_PASSAGE = 109, 400
"""Most tokens of a statement (with phrasings and misconceptions) and of a window of a passage; a minute of speech has some 200.
With three special tokens they make 512, the network's limit."""
STRIDE = 280
"""Tokens from the start of one window of a long passage to the start of the next."""
CACHED = 4096
"""Readings that are cached."""
_CLS, _SEP = 101, 102


@dataclass(frozen=True, slots=True)
class EncodedPassage:
    ids: tuple[int, ...]
    places: tuple[int, ...]
    """The index of the word that each token comes from."""


@dataclass(frozen=True, slots=True)
class EncodedPair:
    ids: tuple[int, ...]
    begin: int
    """Index of the passage's first token."""


class Encoder:
    """Text as tokens, in lower case and with numbers as digits. Also used in training."""

    def __init__(self) -> None:
        self._tokenizer = Tokenizer.from_file(str(TOKENIZER))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._statement = lru_cache(CACHED)(self._encode)

    def pair(self, statement: str, passage: EncodedPassage) -> EncodedPair:
        first = (_CLS, *self._statement(statement), _SEP)
        return EncodedPair((*first, *passage.ids, _SEP), len(first))

    def passage(self, words: Sequence[str]) -> EncodedPassage:
        """The first ``MAX_PASSAGE`` tokens."""
        return self.windows(words)[0]

    def windows(self, words: Sequence[str]) -> list[EncodedPassage]:
        """The passage in overlapping windows of ``MAX_PASSAGE`` tokens; one if it is short enough."""
        texts, places = in_digits(words)
        found = self._tokenizer.encode([text.lower() for text in texts], is_pretokenized=True, add_special_tokens=False)
        tokens = [(token, places[word]) for token, word in zip(found.ids, found.word_ids, strict=True) if word is not None]
        starts = range(0, max(1, len(tokens) - (MAX_PASSAGE - STRIDE)), STRIDE)
        pieces = [tokens[start : start + MAX_PASSAGE] for start in starts]
        return [EncodedPassage(tuple(t for t, _ in piece), tuple(place for _, place in piece)) for piece in pieces]

    def _encode(self, statement: str) -> tuple[int, ...]:
        ids = self._tokenizer.encode(text_in_digits(statement).lower(), add_special_tokens=False).ids
        return tuple(ids[:MAX_STATEMENT])


class OnnxReader:
    """Implements ``grading.reading.Reader``. Safe to use from several threads."""

    def __init__(self) -> None:
        self._session = open_session(WEIGHTS)
        self._encoder = Encoder()
        self._cached = lru_cache(CACHED)(self._read)

    def read(self, statements: Sequence[str], words: Sequence[str]) -> tuple[Reading, ...]:
        said = tuple(words)
        return tuple(self._cached(statement, said) for statement in statements)

    def acts(self, question: str, words: Sequence[str]) -> Mapping[Act, float]:
        *_, logits = self._run(self._encoder.pair(question, self._encoder.passage(words)))
        return dict(zip(Act, _softmax(logits).tolist(), strict=True))

    def _read(self, statement: str, words: tuple[str, ...]) -> Reading:
        says = denies = 0.0
        by_word = np.zeros((len(words), 2), np.float32)
        for window in self._encoder.windows(words) if words else ():
            pair = self._encoder.pair(statement, window)
            logits, by_token, _ = self._run(pair)
            verdict, evidence = _softmax(logits), 1 / (1 + np.exp(-by_token[pair.begin : -1]))
            for place, likely in zip(window.places, evidence, strict=True):
                by_word[place] = np.maximum(by_word[place], likely)
            says, denies = max(says, float(verdict[1])), max(denies, float(verdict[2]))
        return Reading(says, denies, by_word[:, 0], by_word[:, 1])

    def _run(self, pair: EncodedPair) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.float64]]:
        """Logits: (neither, says, denies); evidence, shape (tokens, 2) for says and denies; acts, in the order of ``Act``."""
        ids = np.array([pair.ids], np.int64)
        sides = (np.arange(len(pair.ids)) >= pair.begin).astype(np.int64)[None]
        # One pair at a time: int8 activations are scaled per batch, so a batch's other pairs would change the result.
        inputs = {"ids": ids, "mask": np.ones_like(ids), "sides": sides}
        verdict, evidence, acts = self._session.run(["verdict", "evidence", "act"], inputs)
        return verdict[0].astype(np.float64), evidence[0], acts[0].astype(np.float64)


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    raised = np.exp(logits - logits.max(-1, keepdims=True))
    whole: NDArray[np.float64] = raised / raised.sum(-1, keepdims=True)
    return whole
