"""Chooses questions for a document, which is a job posting or a CV, with the words of its text that call for each.

Topics are found by the phrases that postings use for them (``posting_terms`` in topics.toml) and by their key concepts. Within
a topic, questions whose own concepts and key terms are in the text come first. Pure; the text is not kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import log
from typing import NamedTuple

from hotseat.domain.model import Bank, Kind, Question, Topic
from hotseat.errors import InputError
from hotseat.text.stems import singular, stem

MOST_CHARS = 40_000
"""Longest text that is read; a long posting has 8,000, a CV of four pages 15,000."""
ROUNDS = 8
_MOST_OF_A_TOPIC = 5
_LEAST_WEIGHT = 0.6
"""A topic gets a question for each such share of its weight: mentioned once, it gets one."""
_MOST_REASONS = 3
_CORE = 0.5
"""Bonus of a topic's core question, in matches."""
_WORD = re.compile(r"[^\W_]+(?:[+#]+)?")
_PARTS = re.compile(r"[(),]|(?<=\w\w)/(?=\w\w)")
"""What separates the alternatives in a concept; "A/B testing" is one."""

Phrase = tuple[str, ...]
"""Stems of its words."""


class _Found(NamedTuple):
    """A phrase of the bank in the text."""

    phrase: Phrase
    words: str
    """The phrase as it stands in the text."""


@dataclass(frozen=True, slots=True)
class Match:
    """A question that the text asks for."""

    question: Question
    reasons: tuple[str, ...]
    """The text's own words for it, the most telling first."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Topics and questions that fit a text; empty if the text mentions none of the bank's topics."""

    topics: tuple[tuple[Topic, tuple[str, ...]], ...]
    """Topics with the words that name them, the most wanted first."""
    matches: tuple[Match, ...]
    """The questions in the order to ask them."""


def fit(bank: Bank, text: str, kinds: Collection[Kind]) -> Fit:
    """The questions of these kinds that fit the text. Raises InputError for a text that is empty or too long."""
    text = checked(text)
    of_topics = {topic.id: _phrases((*topic.posting_terms, *topic.concepts)) for topic in bank.topics}
    questions = [question for question in bank.questions if question.kind in kinds]
    of_questions = {question.id: _own_phrases(question) for question in questions}
    found = list(_search(text, frozenset().union(*of_topics.values(), *of_questions.values())))
    by_topic = {topic: _named(found, phrases) for topic, phrases in of_topics.items()}
    weights = {topic: _weight(found, phrases) for topic, phrases in of_topics.items() if by_topic[topic]}
    rarity = Counter(phrase for phrases in of_questions.values() for phrase in phrases)
    present = {entry.phrase for entry in found}

    def score(question: Question) -> float:
        """How much it shares with the text; a phrase of many questions counts less."""
        shared = sum(1 / (1 + log(rarity[phrase])) for phrase in of_questions[question.id] & present)
        return shared + _CORE * (question.kind is Kind.CORE)

    questions.sort(key=score, reverse=True)
    drawn = _draw(weights, {topic: [question for question in questions if question.topic == topic] for topic in weights})
    order = sorted(weights, key=lambda topic: -weights[topic])
    return Fit(
        tuple((bank.topic(topic), by_topic[topic]) for topic in order),
        tuple(Match(question, _reasons(found, of_questions[question.id], of_topics[question.topic])) for question in drawn),
    )


def checked(text: str) -> str:
    """The text itself. Raises InputError where it is empty, too long, or no text."""
    if not text.strip():
        raise InputError("there is no text yet: paste a job posting or a CV")
    if len(text) > MOST_CHARS:
        raise InputError(
            f"this text has {len(text):,} characters, and at most {MOST_CHARS:,} are read: paste the part that matters"
        )
    if any("\ud800" <= letter <= "\udfff" for letter in text):  # lone surrogates, which JSON can write
        raise InputError("this text contains a broken character; copy it again")
    return text


def _phrases(texts: Iterable[str]) -> frozenset[Phrase]:
    """Each text without its brackets, and what stands in them, as stems: "Quantization (GPTQ, AWQ)" gives three."""
    parts = (part for text in texts for part in _PARTS.split(text))
    return frozenset(phrase for part in parts if (phrase := _stems(part)))


def _own_phrases(question: Question) -> frozenset[Phrase]:
    """Its concepts and key terms; without plain single words, which mean something else in a posting ("rank", "index")."""
    terms = [entry.term for entry in question.key_terms if len(_stems(entry.term)) > 1 or not entry.term.islower()]
    return _phrases((*question.concepts, *terms))


def _stems(text: str) -> Phrase:
    return tuple(_stem(word) for word in _WORD.findall(text))


def _stem(word: str) -> str:
    """A name written in capitals stands for itself, so that ReAct is no React and DPO no word."""
    if sum(letter.isupper() for letter in word) > 1:
        return singular(word)
    return stem(singular(word.lower()))


def _search(text: str, phrases: frozenset[Phrase]) -> Iterator[_Found]:
    """The longest phrase at each word of the text; phrases don't overlap."""
    words = list(_WORD.finditer(text))
    stems = [_stem(word.group()) for word in words]
    longest = max(map(len, phrases), default=0)
    at = 0
    while at < len(words):
        for length in range(min(longest, len(words) - at), 0, -1):
            phrase = tuple(stems[at : at + length])
            if phrase in phrases:
                yield _Found(phrase, " ".join(text[words[at].start() : words[at + length - 1].end()].split()))
                at += length
                break
        else:
            at += 1


def _named(found: Iterable[_Found], phrases: frozenset[Phrase]) -> tuple[str, ...]:
    """The text's words for these phrases, each phrase once."""
    return tuple({entry.phrase: entry.words for entry in found if entry.phrase in phrases}.values())


def _weight(found: Iterable[_Found], phrases: frozenset[Phrase]) -> float:
    """How much the text is about these phrases: each counts once, and a little more for each repetition."""
    times = Counter(entry.phrase for entry in found if entry.phrase in phrases)
    return sum(1 + log(count) / 2 for count in times.values())


def _draw(weights: Mapping[str, float], ranked: Mapping[str, list[Question]]) -> list[Question]:
    """Rounds shared out by the topics' weights, each topic's best questions first; at most a few of a topic."""
    taken: Counter[str] = Counter()
    drawn: list[Question] = []
    while len(drawn) < ROUNDS:
        open_topics = [topic for topic in weights if taken[topic] < min(_MOST_OF_A_TOPIC, len(ranked[topic]))]
        topic = max(open_topics, key=lambda topic: weights[topic] / (taken[topic] + 1), default=None)
        if topic is None or weights[topic] / (taken[topic] + 1) < _LEAST_WEIGHT:
            break
        drawn.append(ranked[topic][taken[topic]])
        taken[topic] += 1
    return drawn


def _reasons(found: Iterable[_Found], own: frozenset[Phrase], of_topic: frozenset[Phrase]) -> tuple[str, ...]:
    """What names the question and its topic comes first."""
    reasons: dict[str, str] = {}
    for words in (*_named(found, own & of_topic), *_named(found, own), *_named(found, of_topic)):
        reasons.setdefault(words.lower(), words)
    return tuple(reasons.values())[:_MOST_REASONS]


def fit_view(found: Fit) -> dict[str, object]:
    """The fit as JSON for the page."""
    return {
        "topics": [{"id": topic.id, "title": topic.title, "words": words} for topic, words in found.topics],
        "questions": [
            {"id": match.question.id, "title": match.question.title, "prompt": match.question.prompt, "words": match.reasons}
            for match in found.matches
        ],
    }
