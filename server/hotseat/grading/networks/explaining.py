"""Whether a match of a pattern explains something: not a list of terms, not denied, not only repaired words."""

from __future__ import annotations

from collections.abc import Sequence, Set
from functools import lru_cache

from hotseat.domain.evidence import GLUE, is_term_list
from hotseat.domain.model import Question
from hotseat.grading.networks.hearing import Heard, Span, around
from hotseat.grading.networks.known import KnownPoint as Point
from hotseat.grading.networks.wording import NEGATORS, right_stems, stems
from hotseat.text.matching import Match
from hotseat.text.normal import stem

LONG_SENTENCE = 30
CONTEXT = 10
"""In sentences of more words, the words on each side of a match looked at to tell an explanation from a list."""
NEGATOR_REACH = 4
"""Tokens between a negator and what it denies, all of them as light as those below."""
_BETWEEN_WORDS = "really actually even just have to need be any a the use using do care about worry bother with of"
_BETWEEN = frozenset(_BETWEEN_WORDS.split())


_PLAIN_WORDS = """
important really always use used good need help improve know work look start think better make measure get want thing way lot
matter model data system answer user training train llm then first like also one
"""
_PLAIN_STEMS = frozenset(stem(word) for word in (*_PLAIN_WORDS.split(), *GLUE))
"""Words that any answer to any question has."""
MIN_EXPLAINING = 2
"""Of a pattern's match. Whoever says a point in other words may share but one with the rubric."""


def looks_listed(heard: Heard, span: Span) -> bool:
    """Whether the sentence of a match only names things, or, in a long sentence, the words around the match."""
    start, end = next(((a, b) for a, b in heard.sentences if a <= span[0] < b), span)
    end = max(end, span[1])
    return is_term_list(heard.text((start, end))) or (
        end - start > LONG_SENTENCE and is_term_list(heard.text(around(heard, span, CONTEXT)))
    )


@lru_cache(maxsize=4096)
def own_words(point: Point) -> frozenset[str]:
    """Stems of everything the rubric says of a point, its patterns included."""
    phrases = (phrase.replace("*", "") for pattern in point.patterns for group in pattern for phrase in group)
    return right_stems(point) | stems(" ".join(phrases))


@lru_cache(maxsize=512)
def names(question: Question) -> frozenset[str]:
    """Stems of the question's key terms, as written and as said, and of the question itself."""
    terms = (text for term in question.key_terms for text in (term.term, *term.spoken))
    return stems(" ".join([*terms, question.prompt, question.title])) | _PLAIN_STEMS


def share_named(question: Question, round_: Sequence[Heard]) -> float:
    """Share of the words of a round that are key terms of the question."""
    forms = [form for term in question.key_terms for form in (term.term, *term.spoken)]
    said = naming = 0
    for heard in round_:
        places = {place for form in forms for start, end in heard.index.phrase(form) for place in range(start, end)}
        said += sum(bool(token.stem) for token in heard.tokens)
        naming += len(places)
    return naming / max(1, said)


def explaining(heard: Heard, span: Span, own: Set[str], names_: Set[str]) -> int:
    """How many words around a match say more of the point than names of things: sentences can be made of key terms, too."""
    start, end = around(heard, span)
    said = {token.stem for token in heard.tokens if start <= token.word < end}
    return len((said & own) - names_)


def only_repaired(heard: Heard, match: Match) -> bool:
    """Whether every part of the match rests on words the recogniser did not write itself."""
    words = heard.answer.transcript.words
    return all(any(words[heard.tokens[i].word].raw is not None for i in range(*part)) for part in match.parts)


def is_negated(heard: Heard, match: Match) -> bool:
    """Whether a negator governs the first word of one of the parts: "not freeze", "never really merge", "no need to rerank".

    A negator that the pattern itself asks for does not count.
    """
    asked = {i for part in match.parts for i in range(*part)}
    for start, end in match.parts:
        if any(heard.tokens[i].text in NEGATORS for i in range(start, end)):
            continue
        place = start - 1
        while place >= 0 and place >= start - NEGATOR_REACH and heard.tokens[place].text in _BETWEEN:
            place -= 1
        if place >= 0 and place not in asked and heard.tokens[place].text in NEGATORS and _same_clause(heard, place, start):
            return True
    return False


def _same_clause(heard: Heard, earlier: int, later: int) -> bool:
    words = heard.words[heard.tokens[earlier].word : heard.tokens[later].word]
    return not any(word.endswith((".", ",", ";", "?", "!", ":")) for word in words)
