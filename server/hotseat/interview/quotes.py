"""Quotes of the candidate that can be said back to them: a clause of the answer that stands by itself, or none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hotseat.domain.evidence import bare
from hotseat.domain.model import Answer, Evidence
from hotseat.grading.clauses import split_sentences

SHORTEST, LONGEST = 3, 16
"""Words of a quote: enough to be understood, few enough to be said back in one breath."""

_CUTS = frozenset("and but so because since which while whereas though then".split())
"""Words before which a clause may begin."""
_OPENINGS = re.compile(
    r"^(?:(?:and|but|so|because|since|then|also|well|basically|actually|like|okay|ok|yeah|yes|um|uh|er|honestly|maybe|probably"
    r"|obviously|of course|you know|i mean|i think|i guess|i believe|i suppose|i would say|i'd say|for me|as far as i know"
    r"|in my opinion|to be honest)\b[,\s]*)+",
    re.I,
)
_HEDGED = re.compile(
    r"\b(?:some|many|most) people\b|\bmisconception\b|\bmyth\b|\byou (?:might|may|could) think\b|\bnot sure\b|\bdon't know\b"
    r"|\bthey say\b|\bpeople (?:say|think|believe)\b|\bit's (?:wrong|false|not true)\b|\bI used to\b|\bsorry\b|\bno wait\b",
    re.I,
)
"""Whoever says these doesn't claim what follows."""
_CONDITIONS = frozenset("if when unless until without except only although instead where whether not n't never".split())
"""Words whose sentence says something else when it is cut."""
_SUBJECTS = frozenset("it they you we i this that these those he she there everything nothing people".split())
_VERBS = frozenset(
    """
is are was were isn't aren't can can't cannot will won't would could should must may might has have had do does did doesn't
don't didn't be it's that's they're we're you're there's makes make uses takes take needs adds add trains train learns
learn reduces reduce increases increase keeps keep gives give gets get lets let means mean costs saves save runs stores
 reads writes works updates freezes freeze changes improves improve removes remove slows slow
speeds grows grow depends depend stays stay goes go comes come helps help happens happen predicts predict
generates generate computes compute loads fits fit requires require allows allow prevents prevent stops stop holds hold
contains contain returns splits shares sends send see knows know wants want becomes become
bounds bound guarantees guarantee solves solve fixes breaks measures compares compare picks pick replaces
replace quantizes quantize merges merge retrieves retrieve ranks
""".split()
)
_DANGLING = frozenset(
    "the a an and or but of to in on at for with from by as is are was were be that which because so than then if when i it's "
    "very really just like not um uh er your our their its my".split()
)


def clause_of(answers: Sequence[Answer], evidence: Evidence) -> str | None:
    """The clause that the evidence lies in, as it was said; None where it doesn't stand by itself."""
    answer = next((answer for answer in answers if answer.turn_id == evidence.turn_id), None)
    if answer is None:
        return None
    words = [word.text for word in answer.transcript.words]
    times = [(word.start, word.end) for word in answer.transcript.words]
    span = (evidence.word_start, evidence.word_end)
    sentence = max(split_sentences(words, times), key=lambda other: _shared(other, span), default=None)
    if sentence is None or _shared(sentence, span) <= 0:
        return None
    whole = words[sentence[0] : sentence[1]]
    if _HEDGED.search(" ".join(whole)) or whole[-1].endswith("?"):
        return None
    if (quote := _quote(whole)) is not None:
        return quote
    start, end = max(_clauses(words, sentence), key=lambda other: _shared(other, span))
    if any(_is_condition(word) for word in (*words[sentence[0] : start], *words[end : sentence[1]])):
        return None
    return _quote(words[start:end])


def _clauses(words: Sequence[str], sentence: tuple[int, int]) -> list[tuple[int, int]]:
    starts = [sentence[0]]
    for place in range(sentence[0] + SHORTEST, sentence[1]):
        if (bare(words[place]) in _CUTS or words[place - 1].endswith((",", ":", ";"))) and place - starts[-1] >= SHORTEST:
            starts.append(place)
    return list(zip(starts, [*starts[1:], sentence[1]], strict=True))


def _quote(words: Sequence[str]) -> str | None:
    """The words without what leads into them and out of them, if they are a clause."""
    text = _OPENINGS.sub("", " ".join(words)).strip(' ,;:.!—-"“”')
    kept = text.split()
    plain = [bare(word) for word in kept]
    if not SHORTEST <= len(kept) <= LONGEST or plain[-1] in _DANGLING or plain[0] in ("which", "who", "that", "whose", "to"):
        return None
    stands = any(word in _VERBS or word.endswith("ed") for word in plain[1:]) or (
        plain[0] in _SUBJECTS and len(plain) > SHORTEST
    )
    if not stands or '"' in text:
        return None
    first = kept[0]
    return text if first[:1].islower() or any(c.isupper() for c in first[1:]) or first in ("I", "I'd", "I'm") else _lower(text)


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def _is_condition(word: str) -> bool:
    return bare(word) in _CONDITIONS or bare(word).endswith(("n't", "n’t"))


def _shared(span: tuple[int, int], other: tuple[int, int]) -> int:
    return min(span[1], other[1]) - max(span[0], other[0])
