"""The reader: a small cross-encoder with int8 weights that reads a statement beside an answer (docs/reader.md).

``python -m training.train_reader`` makes its weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from hotseat.engines.onnx_session import open_session
from hotseat.grading.reading import Reading
from hotseat.settings import PROJECT
from hotseat.text.numbers import in_digits, text_in_digits
from numpy.typing import NDArray
from tokenizers import Tokenizer

TOKENIZER = PROJECT / "server" / "hotseat" / "engines" / "minilm-tokenizer.json"
MAX_STATEMENT, MAX_PASSAGE = 64, 420
"""Tokens; a minute of speech has some 200. Of a longer passage the end is not read."""
CACHED = 4096
"""Pairs whose readings are kept."""
TEMPERATURE = 1.0
"""Logits are divided by it, so that probabilities are calibrated on free answers (docs/reader.md)."""
_CLS, _SEP = 101, 102


@dataclass(frozen=True, slots=True)
class Encoded:
    """A pair as the network reads it."""

    ids: list[int]
    begin: int
    """Index of the passage's first token."""
    places: list[int]
    """For each token of the passage the index of its word."""


class Encoder:
    """Statement and passage as tokens, numbers in digits (core/numbers.py). Training uses the same."""

    def __init__(self) -> None:
        self._tokenizer = Tokenizer.from_file(str(TOKENIZER))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def encode(self, statement: str, words: Sequence[str]) -> Encoded:
        first = self._tokenizer.encode(text_in_digits(statement).lower(), add_special_tokens=False).ids[:MAX_STATEMENT]
        texts, places = in_digits(words)
        second = self._tokenizer.encode([text.lower() for text in texts], is_pretokenized=True, add_special_tokens=False)
        of_token = [places[index] for index in second.word_ids[:MAX_PASSAGE] if index is not None]
        return Encoded([_CLS, *first, _SEP, *second.ids[:MAX_PASSAGE], _SEP], len(first) + 2, of_token)


class OnnxReader:
    """Implements ``Reader``. One pair takes some 20 ms of one core; safe to use from several threads."""

    def __init__(self, model: Path, temperature: float = TEMPERATURE) -> None:
        self._session = open_session(model)
        self._encoder = Encoder()
        self._temperature = temperature
        self._cached = lru_cache(CACHED)(self._read)

    def read(self, statement: str, words: Sequence[str]) -> Reading:
        return self._cached(statement, tuple(words))

    def _read(self, statement: str, words: tuple[str, ...]) -> Reading:
        pair = self._encoder.encode(statement, words)
        by_word = np.zeros((len(words), 2), np.float32)
        if not pair.places:
            return Reading(0.0, 0.0, by_word[:, 0], by_word[:, 1])
        ids = np.array([pair.ids], np.int64)
        sides = (np.arange(len(pair.ids)) >= pair.begin).astype(np.int64)[None]
        # One pair at a time: int8 activations are scaled per batch, so a batch's other pairs would change the result.
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": sides}
        verdict, evidence = self._session.run(["verdict", "evidence"], feed)
        _, says, denies = _softmax(verdict[0].astype(np.float64) / self._temperature)
        marked = 1 / (1 + np.exp(-evidence[0, pair.begin : -1].astype(np.float64)))
        np.maximum.at(by_word, pair.places, marked)
        return Reading(float(says), float(denies), by_word[:, 0], by_word[:, 1])


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    odds = np.exp(logits - np.max(logits))
    return np.asarray(odds / np.sum(odds))
