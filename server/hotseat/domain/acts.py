"""Acts: what an utterance does."""

from __future__ import annotations

from enum import StrEnum


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
