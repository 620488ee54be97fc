"""Everything `hotseat bank --check` asks of the bank beyond its schema, one line a problem: file, field, what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import pyphen
from rapidfuzz import fuzz

from hotseat.domain.followups import MAX_WORDS, says
from hotseat.domain.model import Answer, Bank, Kind, Level, Point, PointStatus, PointTier, Question, Topic, Transcript
from hotseat.grading.scoring import criterion_level, with_made
from hotseat.questions.script import aloud
from hotseat.text.normal import tokenize

if TYPE_CHECKING:  # they bring numpy in
    from hotseat.grading.reading import Reader

SPOKEN_WORDS_PER_S = 2.75
"""165 words a minute: brisk but clear."""
MIN_READING_EASE = 30.0
"""Flesch; spoken prompts have to be understood at one hearing, terms of art included."""
MAX_PROMPT_WORDS = 60
MAX_MOVE_WORDS = 30
SAME = 93.0
"""rapidfuzz token ratio above which two prompts are one question."""
NEEDED_KINDS = (Kind.CORE, Kind.ESTIMATE, Kind.DEBUGGING, Kind.TRADEOFF)
MIN_QUESTIONS = 10
MIN_CAPSTONE_QUESTIONS = 20
HINTED_KINDS = (Kind.PROBLEM, Kind.CANDIDATE_EVALUATION)

SAYABLE = re.compile(
    r"(?!\w+ (?:it|its|they|them|this)\b|(?:what|how|why|when|where|whether)\b.*\b(?:it|them)$)"
    r"(?:(?:the|an?|your|what|which|who|how|why|when|where|whether)\b|\w+ing\b)",
    re.I,
)
"""How a criterion's name begins if it can be said after "you were strongest on" and "work on"; without a pronoun that refers to
nothing."""

_syllables = pyphen.Pyphen(lang="en_US")


def problems_of(bank: Bank) -> list[str]:
    """All problems, in the order of the files."""
    found = [
        f"{question.id}.toml: {problem}" for question in bank.questions for check in _CHECKS for problem in check(question)
    ]
    found.extend(f"topics.toml: topic {topic.id}: {problem}" for topic in bank.topics for problem in _of_topic(topic, bank))
    found.extend(_duplicates(bank))
    return found


def warnings_of(bank: Bank, reader: Reader) -> list[str]:
    """Points that the reader does not find in the model answers: it, the statement or the answer may be at fault."""
    return [f"{question.id}.toml: {warning}" for question in bank.questions for warning in _unmade(question, reader)]


def _lengths(question: Question) -> Iterator[str]:
    words = len(question.model_answer.split())
    allowed = int(question.time_limit_s * SPOKEN_WORDS_PER_S)
    if words > allowed:
        yield f"model_answer: {words} words take longer than {question.time_limit_s:.0f} s to say; at most {allowed}"
    if len(question.prompt.split()) > MAX_PROMPT_WORDS:
        yield f"prompt: {len(question.prompt.split())} words; at most {MAX_PROMPT_WORDS} can be taken in by ear"
    ease = reading_ease(question.prompt)
    if ease < MIN_READING_EASE:
        yield f"prompt: reading ease {ease:.0f}; at least {MIN_READING_EASE:.0f} (shorter sentences, plainer words)"


def _hints(question: Question) -> Iterator[str]:
    if question.kind in HINTED_KINDS and len(question.hints) != 3:
        yield f"hints: {len(question.hints)}, expected 3 for a {question.kind}"
    if question.kind is Kind.CANDIDATE_EVALUATION and not question.exhibit:
        yield "exhibit: is missing; the answer to be assessed belongs there"


def _follow_ups(question: Question) -> Iterator[str]:
    for follow_up in question.follow_ups:
        yield from _asks(f"follow_ups[{follow_up.id}].text", follow_up.text, question.points, MAX_WORDS)


def _moves(question: Question) -> Iterator[str]:
    for name, text in (("rephrase", question.rephrase), ("simpler", question.simpler)):
        if text:
            yield from _asks(name, text, question.points, MAX_MOVE_WORDS)
    if "?" in question.scope:
        yield "scope: asks; it has to say what to assume"
    yield from _leaks("scope", question.scope, question.points)
    for point in question.points:
        where = f"points[{point.id}]"
        others = [other for other in question.points if other != point]
        if point.challenge:
            yield from _asks(f"{where}.challenge", point.challenge, question.points, MAX_MOVE_WORDS)
        if point.deepen:  # the candidate has made the point itself
            yield from _asks(f"{where}.deepen", point.deepen, others, MAX_MOVE_WORDS)


def _asks(where: str, text: str, points: Sequence[Point], most: int) -> Iterator[str]:
    if text.count("?") != 1:
        yield f"{where}: has {text.count('?')} question marks, expected exactly one question"
    if len(text.split()) > most:
        yield f"{where}: {len(text.split())} words, at most {most}"
    yield from _leaks(where, text, points)


def _leaks(where: str, text: str, points: Sequence[Point]) -> Iterator[str]:
    yield from (f"{where}: gives away point {point.id}" for point in points if says(text, point))


def _levels(question: Question) -> Iterator[str]:
    """Criteria on which nobody can be a Lean Hire, because any point made is a Strong Hire."""
    for criterion in question.criteria:
        alone = (criterion_level(criterion, with_made({}, point.id)) for point in criterion.points)
        if Level.LEAN not in alone:
            yield f"criteria[{criterion.id}].points: none makes a Lean Hire and no more; add a lean or another strong point"


def _names(question: Question) -> Iterator[str]:
    for part in question.criteria:
        if not SAYABLE.match(aloud(part)):
            where = f"criteria[{part.id}].{'aloud' if part.aloud else 'name'}"
            begins = "aloud has to begin with the, what, how, ... or a word in -ing"
            yield f'{where}: "work on {aloud(part)}" isn\'t English; {begins}'


def _terms(question: Question) -> Iterator[str]:
    owner: dict[str, str] = {}
    for entry in question.key_terms:
        for spelling in {" ".join(token.text for token in tokenize(text)) for text in (entry.term, *entry.spoken)}:
            if spelling in owner:
                yield f"key_terms[{entry.term}]: {spelling!r} also stands for {owner[spelling]}"
            owner[spelling] = entry.term


_CHECKS: tuple[Callable[[Question], Iterator[str]], ...] = (_lengths, _hints, _follow_ups, _moves, _levels, _names, _terms)


def _of_topic(topic: Topic, bank: Bank) -> Iterator[str]:
    questions = [question for question in bank.questions if question.topic == topic.id]
    minimum = MIN_CAPSTONE_QUESTIONS if topic.id == "capstone" else MIN_QUESTIONS
    if len(questions) < minimum:
        yield f"has {len(questions)} questions, at least {minimum}"
    if topic.id != "capstone":
        kinds = {question.kind for question in questions}
        yield from (f"has no question of kind {kind}" for kind in NEEDED_KINDS if kind not in kinds)
    covered = {concept for question in questions for concept in question.concepts}
    yield from (f"concepts: {concept!r} is covered by no question" for concept in topic.concepts if concept not in covered)
    for question in questions:
        for concept in question.concepts:
            if concept not in topic.concepts:
                yield f"concepts: {question.id} names {concept!r}, which is not a concept of the topic"


def _duplicates(bank: Bank) -> Iterator[str]:
    for question, other in combinations(bank.questions, 2):
        if fuzz.token_sort_ratio(question.prompt, other.prompt) >= SAME:
            yield f"{other.id}.toml: prompt: nearly the same as that of {question.id}"


def _unmade(question: Question, reader: Reader) -> Iterator[str]:
    from hotseat.grading.embedded import EmbeddedGrader

    answer = Answer.alone(question, Transcript.of_typed(question.model_answer))
    findings = EmbeddedGrader(reader).findings(question, [answer])
    strong = [point.id for point in question.points if point.tier is PointTier.STRONG]
    missed = [name for name in strong if findings[name].status is not PointStatus.MET]
    if missed:
        yield f"model_answer: the reader does not find {', '.join(missed)} in it"


def reading_ease(text: str) -> float:
    """Flesch reading ease of English text: 100 is very easy, 30 is for graduates."""
    words = re.findall(r"[A-Za-z']+", text)
    sentences = max(1, len(re.findall(r"[.?!]+", text)))
    syllables: int = sum(_syllables.inserted(word).count("-") + 1 for word in words)
    return 206.835 - 1.015 * len(words) / sentences - 84.6 * syllables / max(1, len(words))
