"""The spoken corpus: the bank's model answers, each in its own manner, and sentences for terms they say too rarely."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from server.core.domain import Bank, KeyTerm, Question
from server.core.normal import tokenize
from tests.audio.speech import Manner

MANNERS = tuple(
    Manner(speed=speed, pitch=pitch)
    for speed, pitch in (
        (1.0, 1.0), (1.15, 1.0), (0.9, 1.0), (1.0, 1.12), (1.1, 0.92), (0.9, 1.12), (1.2, 1.0), (1.0, 0.92)
    )
)  # fmt: skip
_BRITISH = re.compile(r"is(e|es|ed|er|ing|ation|ations)\b")
LEAST = 3
"""Times each key term is to be said."""
_CARRIERS = (
    "Let me begin with {0} and then come to {1}.",
    "In my last project we relied on {0}, and later also on {1}.",
    "People often mention {0} here. I would rather look at {1} first.",
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


def rare_terms(bank: Bank) -> list[Item]:
    """Carrier sentences saying each key term as often as the model answers leave it short of ``LEAST``."""
    items: list[Item] = []
    for question in bank.questions:
        counts = {term.term: count(term, question.model_answer) for term in question.key_terms}
        lacking = [term for term, said in counts.items() for _ in range(LEAST - said)]
        # Pairs of different terms sound more like talk than the same term twice.
        order = sorted(lacking, key=lambda term: digest(term + question.id))
        pairs = list(zip(order, [*order[1:], *order[:1]], strict=True))[::2] if len(order) > 1 else [(t, t) for t in order]
        text = " ".join(_CARRIERS[i % 3].format(*pair) for i, pair in enumerate(pairs))
        if text:
            items.append(Item(f"{question.id}+terms", text, question, Manner(), 0))
    return _with_manners(items)


def count(term: KeyTerm | str, text: str) -> int:
    """How often a text says the term as it is written, whatever the case, spaces, hyphens and plurals."""
    wanted = _squashed(term if isinstance(term, str) else term.term)
    tokens = [token.text for token in tokenize(apart(text))]
    found, at = 0, 0
    while at < len(tokens):
        length = next((n for n in range(1, 9) if "".join(tokens[at : at + n]) == wanted), 0)
        found, at = found + bool(length), at + max(1, length)
    return found


def counts(terms: Sequence[KeyTerm], text: str) -> Counter[str]:
    return Counter({term.term: count(term, text) for term in terms})


def _squashed(text: str) -> str:
    return "".join(token.text for token in tokenize(apart(text)))


def apart(text: str) -> str:
    """Hyphens and slashes as spaces, American spelling: what makes no difference to the ear."""
    text = text.replace("@", " at ").replace("-", " ").replace("_", " ").replace("/", " ")
    return _BRITISH.sub(r"iz\1", text)


def _with_manners(items: list[Item]) -> list[Item]:
    return [Item(i.id, i.text, i.question, MANNERS[n % len(MANNERS)], n) for n, i in enumerate(items)]


def digest(text: str) -> str:
    """Also an order that is the same everywhere and mixes topics."""
    return hashlib.sha256(text.encode()).hexdigest()
