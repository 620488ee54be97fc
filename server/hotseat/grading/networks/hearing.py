"""What of an answer may earn credit: its words in clauses, without talk to the grader, echoes, disclaimers, hearsay and
announcements.

Words that may earn none keep their places as blank tokens, so that no match can reach across them unnoticed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from hotseat.domain.evidence import bare
from hotseat.domain.model import Answer, Question
from hotseat.grading.clauses import Span, split_clauses, split_sentences
from hotseat.grading.instructions import INSTRUCTIONS
from hotseat.grading.networks.disowned import ANNOUNCED, DISCLAIMER, HEARSAY
from hotseat.grading.networks.fluency import fillers
from hotseat.grading.networks.terms import fold_terms
from hotseat.text.matching import Index
from hotseat.text.normal import Token, fold, tokenize, tokenize_words

DISOWNED_WORDS = 14
"""Words after a disclaimer that it covers where nothing ends it sooner."""
ECHO_OVERLAP = 0.8
"""Share of a sentence's content words found in the question that makes it an echo."""

CLAUSE_WORDS = 3
"""A clause of fewer words says nothing by itself, and nothing can be said of it."""

REACH = 12
"""Words on each side of a match that are looked at."""

_HIRING = frozenset({"candidate-evaluation", "problem", "story"})
"""Kinds of question whose honest answers speak of candidates, verdicts and interviews."""


_CLAUSE_END = re.compile(r"[,.;:?!]$")
_TURN = frozenset({"but", "however", "though", "although", "yet", "actually", "instead"})
_COMMON = frozenset("how do does you the a an is are in of to it and what when why i would that this be".split())


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer ready for matching."""

    answer: Answer
    words: tuple[str, ...]
    sentences: tuple[Span, ...]
    """All sentences, credited or not."""
    credited: tuple[Span, ...]
    """Clauses of the sentences that may earn credit."""
    blocked: frozenset[int]
    """Words that may not."""
    tokens: tuple[Token, ...]
    """Tokens of all words; blocked ones blank, spoken variants of key terms replaced by the term."""
    index: Index
    talks_to_grader: bool
    fillers: frozenset[int]
    """Words passed over: sounds, repeats and restarts, which have no token, and asides."""

    def text(self, span: Span) -> str:
        """The words of a span without its fillers."""
        return " ".join(self.words[place] for place in range(*span) if place not in self.fillers)

    def credit(self, first: int = 0, last: int | None = None) -> str:
        """The clauses that may earn credit, all or some in a row."""
        return " ".join(self.text(span) for span in self.credited[first:last])

    @property
    def clauses(self) -> tuple[Span, ...]:
        """The clauses that may earn credit and are long enough to say anything."""
        return tuple(span for span in self.credited if span[1] - span[0] >= CLAUSE_WORDS)

    def word_span(self, start: int, end: int) -> Span:
        """The words of tokens start to end (exclusive)."""
        return self.tokens[start].word, self.tokens[end - 1].word + 1


def hear(question: Question, answer: Answer) -> Heard:
    words = tuple(word.text for word in answer.transcript.words)
    sentences = split_sentences(words, [(word.start, word.end) for word in answer.transcript.words])
    blocked: set[int] = set()
    disowning = (DISCLAIMER, HEARSAY) if question.kind in _HIRING else (DISCLAIMER, HEARSAY, ANNOUNCED)
    talk = _talk(question)
    meta = False
    goes_on = False
    for start, end in sentences:
        text = fold(" ".join(words[start:end]))
        if question.kind not in _HIRING and (goes_on or any(pattern.search(text) for pattern in talk)):
            meta = True
            blocked.update(range(start, end))
            goes_on = words[end - 1].endswith((";", ":"))
        elif is_echo(text, question.prompt) or (answer.asked and is_echo(text, answer.asked)):
            blocked.update(range(start, end))
        else:
            blocked.update(_disowned(words, start, end, disowning))
    left_out = fillers(words)
    kept = [place for place in range(len(words)) if place not in left_out]
    tokens = tuple(
        Token("", token.word) if token.word in blocked else token
        for token in fold_terms(
            tuple(replace(t, word=kept[t.word]) for t in tokenize_words([words[place] for place in kept])), question.key_terms
        )
    )
    credited = tuple(
        clause for span in sentences for clause in split_clauses(words, span) if not blocked.issuperset(range(*clause))
    )
    return Heard(answer, words, sentences, credited, frozenset(blocked), tokens, Index(tokens), meta, left_out)


@lru_cache(maxsize=512)
def _talk(question: Question) -> tuple[re.Pattern[str], ...]:
    """What is talk to the grader in an answer to this question: not what its rubric says itself, as of judges."""
    texts = [question.model_answer, *(text for point in question.points for text in (point.statement, *point.phrasings))]
    own = [fold(text) for text in texts]
    return tuple(pattern for pattern in INSTRUCTIONS if not any(pattern.search(text) for text in own))


def is_echo(sentence: str, question: str) -> bool:
    """Whether a sentence says little that the question did not."""
    said = {token.stem for token in tokenize(sentence)} - _COMMON
    asked = {token.stem for token in tokenize(question)}
    return bool(said) and len(said & asked) / len(said) >= ECHO_OVERLAP


def _disowned(words: Sequence[str], start: int, end: int, patterns: Sequence[re.Pattern[str]]) -> set[int]:
    """Words of clauses from what the candidate does not know, what others wrongly think, or what there would be to say."""
    out: set[int] = set()
    text, places = "", []
    for place in range(start, end):
        text += (" " if text else "") + fold(words[place])
        places.append((len(text), place))
    for pattern in patterns:
        for found in pattern.finditer(text):
            first = next(place for stop, place in places if stop > found.start())
            last = next(place for stop, place in places if stop >= found.end())
            place = last
            while place < min(end - 1, last + DISOWNED_WORDS) and not (place > last and _CLAUSE_END.search(words[place])):
                if _turns(words[place + 1 : place + 3]):
                    break
                place += 1
            out.update(range(first, place + 1))
    return out


def _turns(following: Sequence[str]) -> bool:
    """Whether the candidate speaks for themselves again."""
    first, *second = (bare(word) for word in following)
    return first in _TURN or (first == "so" and second in (["i"], ["we"]))


def around(heard: Heard, span: Span, reach: int = REACH) -> Span:
    """The match with so many words on each side, within its sentence."""
    start, end = next(((a, b) for a, b in heard.sentences if a <= span[0] < b), span)
    return max(start, span[0] - reach), min(max(end, span[1]), span[1] + reach)
