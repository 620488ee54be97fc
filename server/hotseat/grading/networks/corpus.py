"""Texts as their words, compared with what somebody says: rare words count more (tf-idf, cosine)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hotseat.grading.networks.wording import stems
from hotseat.text.normal import tokenize

Array = NDArray[np.float64]


class Corpus:
    """What is rare is what few of these texts have."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(token.stem for token in tokenize(text) if token.stem) for text in texts]
        holders = Counter(stem for count in counts for stem in count)
        self._places = {stem: place for place, stem in enumerate(holders)}
        self._rarity = np.log((len(texts) + 1) / np.array(list(holders.values()), dtype=float))
        self._weights = np.zeros((len(texts), len(holders)), np.float32)
        for row, count in zip(self._weights, counts, strict=True):
            for stem, times in count.items():
                row[self._places[stem]] = (1 + np.log(times)) * self._rarity[self._places[stem]]
        self._weights /= np.maximum(1e-9, np.linalg.norm(self._weights, axis=1, keepdims=True))

    def likeness(self, said: str) -> Array:
        """Cosine of each text to these words, however often said; shape (texts,)."""
        known = self._known(said)
        rarity = self._rarity[known]
        return np.asarray(self._weights[:, known] @ rarity / max(1e-9, float(np.linalg.norm(rarity))))

    def covered(self, said: str) -> Array:
        """Share of each text's words, by weight, that are said; shape (texts,)."""
        return np.asarray(self._weights[:, self._known(said)].sum(axis=1) / np.maximum(1e-9, self._weights.sum(axis=1)))

    def _known(self, said: str) -> list[int]:
        return sorted(self._places[stem] for stem in stems(said) if stem in self._places)
