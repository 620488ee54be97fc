"""What a short utterance does: whether it answers the question, or asks, declines, objects or stops.

An utterance is an act when one of the act's phrases is in it and nearly all other words are those that people say around such a
phrase: "I don't know, sorry" is one; "I don't know the exact number, but it's two per parameter" is an answer. Taking an answer
for an act costs the candidate the answer, so whatever isn't clear is an answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from hotseat.domain import act_phrases as phrases

MAX_WORDS = 25
"""Anything longer is an answer."""
MAX_UNMARKED = 13
"""Words of a question without a question mark."""
_ECHO = 4
"""More words than these, taken from the question itself, are no act."""


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
    """The act of an utterance that was said to ``question``."""
    if len(text.split()) > 2 * MAX_WORDS:  # before anything is searched in it
        return Act.ANSWER
    plain, asked = _plain(text), _plain(question)
    words = _WORD.findall(plain)
    if not words:  # nothing but hesitation, or nothing at all
        return Act.THINK if _WORD.search(text.lower()) else Act.ANSWER
    if len(words) > MAX_WORDS or (len(words) > _ECHO and plain.rstrip("?. ") in asked):
        return Act.ANSWER
    if _is_off_topic(plain, words):
        return Act.OFF_TOPIC
    for rule in _RULES:
        if rule.fits(plain):
            return rule.act
    if _objects(plain):
        return Act.OBJECTION
    return Act.CLARIFY if _asks_what_is_meant(plain, len(words), asked) else Act.ANSWER


@dataclass(frozen=True, slots=True)
class _Rule:
    """An act's phrases, and what else may be said."""

    act: Act
    phrases: re.Pattern[str]
    others: int
    """Words beside the phrases and the common ones, at most."""
    technical: bool = False
    """Technical words are no sign of an answer."""

    def fits(self, plain: str) -> bool:
        rest, found = self.phrases.subn(" ; ", plain)
        if not found or phrases.REASONS.search(rest):
            return False
        if not self.technical and phrases.TECHNICAL.search(rest):
            return False
        return sum(word not in phrases.COMMON for word in _WORD.findall(rest)) <= self.others


_RULES = (
    _Rule(Act.DONE, phrases.DONE, 2),
    _Rule(Act.SKIP, phrases.SKIP, 3),
    _Rule(Act.REPEAT, phrases.REPEAT, 4),
    _Rule(Act.THINK, phrases.THINK, 4),
    _Rule(Act.DONT_KNOW, phrases.DONT_KNOW, 3),
)
"""In this order: "I think I'm done" is no request for time."""
_COMPLAINT = _Rule(Act.OBJECTION, phrases.COMPLAINTS, 4)
_UNCLEAR = _Rule(Act.CLARIFY, phrases.UNCLEAR, 4, technical=True)


def _is_off_topic(plain: str, words: list[str]) -> bool:
    """Whether it is about the room, the family or the employer. Only clear cases."""
    if phrases.TECHNICAL.search(plain) or phrases.REASONS.search(plain) or phrases.ANALOGY.search(plain):
        return False
    if phrases.OFF_TOPIC.search(plain):
        return True
    everyday = not phrases.EVERYDAY.isdisjoint(words) and phrases.PERSONAL.search(plain)
    return bool(everyday and not phrases.ABOUT_QUESTION.search(plain))


def _objects(plain: str) -> bool:
    """Whether it is about the question or the interview, and against it."""
    if phrases.REASONS.search(plain) or phrases.HEDGE.search(plain):
        return False
    if _COMPLAINT.fits(plain):
        return True
    against = phrases.INTERVIEW.search(plain) and phrases.AGAINST.search(plain)
    return bool(against and not phrases.TECHNICAL.search(plain))


def _asks_what_is_meant(plain: str, words: int, asked: str) -> bool:
    """Whether it is a question and nothing else: who asks and goes on answers."""
    if phrases.GUESSES.match(plain) or phrases.WANTS_QUESTIONS.search(asked):
        return False
    if _UNCLEAR.fits(plain) and not re.search(r"[?:;]\s", plain):
        return True
    if not phrases.ASKS.match(plain):
        return False
    if plain.endswith("?"):
        return not re.search(r"[.;:]\s", plain) and plain.count("?") <= 2
    return words <= MAX_UNMARKED and not re.search(r"[.,?:;]", plain.rstrip(".")) and not phrases.OWN_VIEW.search(plain)


_WORD = re.compile(r"[a-z0-9']+")
_SPELLINGS = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        (r"\b(?:u+m+|u+h+|e+h+m*|h+m+|m+h*m+|a+h|o+h|er+m*)\b[.,…]*", " "),
        (r"\bcan(?:'t|t|not)\b", "can not"),
        (r"\bwon't\b", "will not"),
        (r"\b(do|does|did|have|has|could|would|is|was|are|should)n'?t\b", r"\1 not"),
        (r"\bi'?m\b", "i am"),
        (r"\bi'?ve\b", "i have"),
        (r"\b(you|we|they)'ve\b", r"\1 have"),
        (r"\bi'd\b", "i would"),
        (r"\bi'll\b", "i will"),
        (r"\b(you|we|they)'re\b", r"\1 are"),
        (r"\b(that|what|let)'?s\b", r"\1 is"),
        (r"\bit's\b", "it is"),
        (r"\blet is\b", "let us"),
    )
)


def _plain(text: str) -> str:
    """Lower case, without hesitation and contractions; punctuation stays."""
    plain = text.lower().replace("’", "'")
    for pattern, written in _SPELLINGS:
        plain = pattern.sub(written, plain)
    return " ".join(plain.split())
