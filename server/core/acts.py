"""What a short utterance does: whether it answers the question, or asks, declines, objects or stops."""

from __future__ import annotations

from enum import StrEnum


class Act(StrEnum):
    """What the candidate does with an utterance."""

    ANSWER = "answer"
    REPEAT = "repeat"
    CLARIFY = "clarify"
    THINK = "think"
    DONT_KNOW = "dont_know"
    SKIP = "skip"
    OBJECTION = "objection"
    OFF_TOPIC = "off_topic"
    DONE = "done"


def recognise(text: str, question: str) -> Act:
    return Act.ANSWER
