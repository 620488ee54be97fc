"""A reader whose findings are given by the test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from hotseat.grading.reading import Reading
from numpy.typing import NDArray

Script = Mapping[str, tuple[str, float]]
"""A statement, or a part of it, to a phrase and the probability where the passage holds it."""


class ScriptedReader:
    """Says and denies by phrase."""

    def __init__(self, says: Script, denies: Script | None = None) -> None:
        self.says = dict(says)
        self.denies = dict(denies or {})
        self.read_words: list[tuple[str, ...]] = []
        """What it was given to read."""

    def read(self, statements: Sequence[str], words: Sequence[str]) -> tuple[Reading, ...]:
        self.read_words.append(tuple(words))
        return tuple(self._read(statement, words) for statement in statements)

    def _read(self, statement: str, words: Sequence[str]) -> Reading:
        (says, supports), (denies, opposes) = (_find(script, statement, words) for script in (self.says, self.denies))
        return Reading(says, denies, supports, opposes)


def _find(script: Script, statement: str, words: Sequence[str]) -> tuple[float, NDArray[np.float32]]:
    marks = np.zeros(len(words), np.float32)
    for part, (phrase, likely) in script.items():
        wanted = phrase.split()
        for place in range(len(words) - len(wanted) + 1):
            if part in statement and list(words[place : place + len(wanted)]) == wanted:
                marks[place : place + len(wanted)] = likely
                return likely, marks
    return 0.0, marks
