"""The part of an answer that graders read: without hesitations, instructions to the grader and the question repeated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from hotseat.domain.evidence import bare
from hotseat.domain.model import Answer, Kind, Question
from hotseat.grading.clauses import sentence_spans
from hotseat.grading.prompt_injection import INJECTIONS
from hotseat.text.hesitations import HESITATIONS
from hotseat.text.normal import fold, tokenize

ECHO_OVERLAP = 0.8
"""A sentence with at least this share of its content words in the question is an echo of it."""
_ABOUT_HIRING = frozenset({Kind.CANDIDATE_EVALUATION, Kind.PROBLEM, Kind.STORY})
"""Kinds of question whose honest answers speak of candidates, verdicts and interviews."""
_COMMON = frozenset("how do does you the a an is are in of to it and what when why i would that this be".split())


@dataclass(frozen=True, slots=True)
class Passage:
    """The words of one answer that are read."""

    answer: Answer
    words: tuple[str, ...]
    places: tuple[int, ...]
    """The index of each word in the transcript."""


def passage_of(question: Question, answer: Answer) -> Passage:
    """The words of an answer that are read; none may be left."""
    words = tuple(word.text for word in answer.transcript.words)
    places: list[int] = []
    instruction_goes_on = False
    for start, end in sentence_spans(answer.transcript.words):
        text = " ".join(words[start:end])
        if _is_instruction(question, text) or instruction_goes_on:
            instruction_goes_on = words[end - 1].endswith((";", ":"))
        elif not (is_echo(text, question.prompt) or (answer.asked and is_echo(text, answer.asked))):
            places.extend(place for place in range(start, end) if bare(words[place]) not in HESITATIONS)
    return Passage(answer, tuple(words[place] for place in places), tuple(places))


def is_echo(sentence: str, question: str) -> bool:
    """Whether a sentence mostly repeats the question."""
    said = {token.stem for token in tokenize(sentence)} - _COMMON
    asked = {token.stem for token in tokenize(question)}
    return bool(said) and len(said & asked) / len(said) >= ECHO_OVERLAP


def _is_instruction(question: Question, sentence: str) -> bool:
    if question.kind in _ABOUT_HIRING:
        return False
    text = fold(sentence)
    return any(pattern.search(text) for pattern in _instructions(question))


@lru_cache(maxsize=512)
def _instructions(question: Question) -> tuple[re.Pattern[str], ...]:
    """The patterns to use for a question: without those that its rubric's own words match, as in questions about judges."""
    texts = [question.model_answer, *(text for point in question.points for text in (point.statement, *point.phrasings))]
    own = [fold(text) for text in texts]
    return tuple(pattern for pattern in INJECTIONS if not any(pattern.search(text) for text in own))
