"""Synthetic spoken answers: the bank's model answers, and answers made of its phrasings, in various speaking styles.

Every key term is said at least three times. There are also answers that come near a term without saying it.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from hotseat.domain.model import Bank, KeyTerm, Question
from hotseat.speech.term_repair import Sounds, difference
from hotseat.text.normal import tokenize
from hotseat.text.sentences import spoken
from hotseat.text.stems import stem

from tests.audio.speech import Manner

MANNERS = tuple(
    Manner(speed=speed, pitch=pitch)
    for speed, pitch in (
        (1.0, 1.0), (1.15, 1.0), (0.9, 1.0), (1.0, 1.12), (1.1, 0.92), (0.9, 1.12), (1.2, 1.0), (1.0, 0.92)
    )
)  # fmt: skip
_BRITISH = re.compile(r"is(e|es|ed|er|ing|ation|ations)\b")
LEAST = 3
"""Times each key term is to be said, each time in another answer."""
SAME_SOUND, NEAR = 0.02, 0.5
"""Between these differences of sound, words are near a term: not the same to the ear, not unlike."""
SPOKEN_WORDS = 75
"""Of a spoken answer, about: half a minute."""
_LEADS = ("", "So ", "And ", "", "Well, ", "Also, ", "Then ", "")
_CARRIERS = (
    "Let me begin with {0}, because that's where it usually goes wrong",
    "In my last project we relied on {0} for exactly this",
    "People often mention {0} here, and they have a point",
    "I'd want to know more about {0} before I decide",
    "What we looked at next was {0}",
    "The part that took us longest was {0}, to be honest",
    "You can't really talk about this without {0}",
    "If you ask me, {0} is where most of the work is",
)


@dataclass(frozen=True, slots=True)
class Item:
    """One answer to be voiced."""

    id: str
    text: str
    question: Question
    manner: Manner
    seed: int


def model_answers(bank: Bank) -> list[Item]:
    """One item for each question that has a model answer, topics mixed."""
    items = [
        Item(question.id, " ".join(question.model_answer.split()), question, Manner(), 0)
        for question in bank.questions
        if question.model_answer.strip()
    ]
    return _with_manners(sorted(items, key=lambda item: digest(item.id)))


def spoken_answers(bank: Bank) -> list[Item]:
    """Answers in the bank's own phrasings, as they might be said, so that with the model answers every key term is said in at
    least ``LEAST`` answers to questions that have the term.

    Terms that no phrasing of the topic says come in carrier sentences. Each answer is filled up with phrasings of its question.
    """
    items: list[Item] = []
    pools = {topic: _phrasings(bank, topic) for topic in sorted({question.topic for question in bank.questions})}
    used: set[str] = set()
    for round_number, wanted in enumerate(_shares(bank)):
        for question in sorted(bank.questions, key=lambda question: digest(question.id)):
            terms = wanted.get(question.id, [])
            if terms:
                text = _spoken(question, terms, pools[question.topic], used, round_number)
                seed = int(digest(question.id), 16) % len(MANNERS) + 5 * round_number
                items.append(Item(f"{question.id}+{round_number + 1}", text, question, MANNERS[seed % len(MANNERS)], seed))
    return sorted(items, key=lambda item: digest(item.id))


def _shares(bank: Bank) -> list[dict[str, list[KeyTerm]]]:
    """Which terms each question's spoken answers have to say: ``LEAST`` rounds, a term at most once in each."""
    having: dict[str, list[tuple[str, KeyTerm]]] = {}
    said: Counter[str] = Counter()
    for question in sorted(bank.questions, key=lambda question: digest(question.id)):
        for term in question.key_terms:
            name = term.term.lower()
            having.setdefault(name, []).append((question.id, term))
            said[name] += count(term, question.model_answer) > 0
    rounds: list[dict[str, list[KeyTerm]]] = [{} for _ in range(LEAST)]
    for name, places in having.items():
        for number in range(max(0, LEAST - said[name])):
            question_id, term = places[number % len(places)]
            rounds[number].setdefault(question_id, []).append(term)
    return rounds


def _phrasings(bank: Bank, topic: str) -> list[str]:
    points = [point for question in bank.questions if question.topic == topic for point in question.points]
    return sorted({phrasing for point in points for phrasing in point.phrasings}, key=digest)


def _spoken(question: Question, terms: Sequence[KeyTerm], pool: Sequence[str], used: set[str], seed: int) -> str:
    sentences: list[str] = []
    lacking = sorted(terms, key=lambda term: digest(f"{term.term} {question.id} {seed}"))
    while lacking:
        term = lacking.pop(0)
        sentence = next((text for text in pool if text not in used and count(term, text)), None)
        if sentence is None:
            number = int(digest(f"{term.term} {seed}"), 16) + len(sentences)
            sentence = _CARRIERS[number % len(_CARRIERS)].format(term.term)
        used.add(sentence)
        sentences.append(sentence)
        lacking = [other for other in lacking if not count(other, sentence)]
    filling = [text for text in pool if any(text in point.phrasings for point in question.points)]
    for text in filling:
        if sum(len(sentence.split()) for sentence in sentences) >= SPOKEN_WORDS:
            break
        if text not in used:
            used.add(text)
            sentences.insert(len(sentences) // 2, text)
    return " ".join(_sentence(text, _LEADS[(i + seed) % len(_LEADS)] if i else "") for i, text in enumerate(sentences))


def _sentence(text: str, lead: str) -> str:
    if lead and text[1:2].islower():  # not "I'd" or "QK norm"
        text = text[0].lower() + text[1:]
    return f"{lead}{text[0] if lead else text[0].upper()}{text[1:].rstrip('.')}."


def near_misses(bank: Bank, question: Question, sounds: Sounds, most: int = 8) -> Item | None:
    """Sentences that each hold the one to three words which, of all in the topic's phrasings, sound most like some key term of
    the question, and that do not say the term or a listed form of it. False terms are far likelier here than in talk.
    """
    pool = _phrasings(bank, question.topic)
    found: list[tuple[float, str]] = []
    for term in question.key_terms:
        names = {"".join(_tokens(name)) for name in (term.term, *term.spoken)}
        stems = {stem(token) for name in (term.term, *term.spoken) for token in _tokens(name) if len(token) > 3}
        wanted = sounds(spoken(term.term))
        best = min(
            (
                (difference(heard, wanted), text)
                for text in pool
                for heard, said in _runs(text, sounds)
                if abs(len(heard) - len(wanted)) <= 2
                and "".join(said) not in names
                and not any(stem(word) in stems for word in said)
                and not any(count(name, text) for name in (term.term, *term.spoken))
            ),
            default=(1.0, ""),
        )
        if SAME_SOUND < best[0] < NEAR:
            found.append(best)
    chosen = list(dict.fromkeys(text for _, text in sorted(found)))[:most]
    if not chosen:
        return None
    seed = int(digest(question.id), 16) % len(MANNERS)
    return Item(f"{question.id}~", " ".join(_sentence(text, "") for text in chosen), question, MANNERS[seed], seed)


@lru_cache(maxsize=20_000)
def _runs(text: str, sounds: Sounds) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every one to three words in a row: their sounds, and the words."""
    words = _tokens(text)
    heard = [sounds(word) for word in words]
    return tuple(("".join(heard[at : at + n]), words[at : at + n]) for n in (1, 2, 3) for at in range(len(words) - n + 1))


def count(term: KeyTerm | str, text: str) -> int:
    """How often a text says the term as it is written, whatever the case, spaces, hyphens and plurals."""
    wanted = "".join(_tokens(term if isinstance(term, str) else term.term))
    tokens = _tokens(text)
    if wanted not in "".join(tokens):
        return 0
    found, at = 0, 0
    while at < len(tokens):
        length = next((n for n in range(1, 9) if "".join(tokens[at : at + n]) == wanted), 0)
        found, at = found + bool(length), at + max(1, length)
    return found


def counts(terms: Sequence[KeyTerm], text: str) -> Counter[str]:
    return Counter({term.term: count(term, text) for term in terms})


@lru_cache(maxsize=20_000)
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(token.text for token in tokenize(apart(text)))


def apart(text: str) -> str:
    """Hyphens and slashes as spaces, American spelling: what makes no difference to the ear."""
    text = text.replace("@", " at ").replace("-", " ").replace("_", " ").replace("/", " ")
    return _BRITISH.sub(r"iz\1", text)


def _with_manners(items: list[Item]) -> list[Item]:
    return [Item(i.id, i.text, i.question, MANNERS[n % len(MANNERS)], n) for n, i in enumerate(items)]


def digest(text: str) -> str:
    """Also an order that is the same everywhere and mixes topics."""
    return hashlib.sha256(text.encode()).hexdigest()
