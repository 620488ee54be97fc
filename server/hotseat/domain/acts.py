"""Acts: what an utterance does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol


class Act(StrEnum):
    """What the candidate does with an utterance. hotseat.interview.act_classifier tells which."""

    ANSWER = "answer"
    REPEAT = "repeat"
    CLARIFY = "clarify"
    THINK = "think"
    DONT_KNOW = "dont_know"
    SKIP = "skip"
    OBJECTION = "objection"
    OFF_TOPIC = "off_topic"
    DONE = "done"


class ActReader(Protocol):
    """Implemented by engines.reader.OnnxReader."""

    def acts(self, question: str, words: Sequence[str]) -> Mapping[Act, float]:
        """The probability of each act."""
