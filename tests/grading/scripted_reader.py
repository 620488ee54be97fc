"""A reader that finds what it is told to: for tests of logic, not of judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from hotseat.grading.reading import Reading


class ScriptedReader:
    """Says and denies by phrase: a statement is said where one of its phrases occurs in the passage."""

    def __init__(self, says: Mapping[str, tuple[str, float]], denies: Mapping[str, tuple[str, float]] | None = None) -> None:
        """Each maps a statement to a phrase and the probability given where the phrase occurs."""
        self._says = says
        self._denies = denies or {}
        self.read_words: list[tuple[str, ...]] = []

    def read(self, statement: str, words: Sequence[str]) -> Reading:
        self.read_words.append(tuple(words))
        says, supports = self._found(self._says, statement, words)
        denies, opposes = self._found(self._denies, statement, words)
        return Reading(says, denies, supports, opposes)

    @staticmethod
    def _found(script: Mapping[str, tuple[str, float]], statement: str, words: Sequence[str]) -> tuple[float, np.ndarray]:
        phrase, likely = script.get(statement, ("", 0.0))
        marks = np.zeros(len(words), np.float32)
        wanted = phrase.split()
        for at in range(len(words) - len(wanted) + 1):
            if wanted and list(words[at : at + len(wanted)]) == wanted:
                marks[at : at + len(wanted)] = likely
                return likely, marks
        return 0.0, marks
