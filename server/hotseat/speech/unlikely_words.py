"""Words that hardly anybody says in this field, read as the term of any topic that they sound like: "portraying" is
"pretraining", "guard grills" are "guardrails".

A word that the bank never uses and of which the recogniser wasn't sure is likelier a misheard term than the words of the
field are, so terms of all topics are compared with it, and only long ones: short words sound alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hotseat.domain.model import KeyTerm, Word
from hotseat.speech.term_repair import LITTLE, SURE, Sounds, bare, difference, merged, same_stem, squeezed, where_they_differ
from hotseat.text.normal import stem
from hotseat.text.sentences import spoken

_FEWEST_SOUNDS = 7
_NEAR = 0.23
"""Greatest difference of sound. Chosen on 80 answers whose words are known (training/data/spoken/tune.jsonl)."""
_APART = (0.6, 0.42)
"""The same for what is between the common beginning and end, of one word and of two: "flash attention" shares a word with
"cross-attention"."""
_FEWEST_LETTERS = 4


@dataclass(frozen=True, slots=True)
class FieldTerm:
    term: str
    letters: str
    sounds: str
    counts: Counter[str]
    """How often each sound occurs."""


def field_terms(terms: Sequence[KeyTerm], sounds: Sounds) -> tuple[FieldTerm, ...]:
    """Those long enough to be told from other words."""
    said = [(term.term, sounds(spoken(term.term))) for term in terms]
    return tuple(FieldTerm(term, squeezed(term), sound, Counter(sound)) for term, sound in said if len(sound) >= _FEWEST_SOUNDS)


def likelier(words: Sequence[Word], terms: Sequence[FieldTerm], known: frozenset[str], sounds: Sounds) -> tuple[Word, ...]:
    """The words, with unlikely ones replaced by terms that they sound like. Nothing is replaced where ``known`` is empty."""
    stems = frozenset(map(stem, known)) if known else frozenset()
    out: list[Word] = []
    at = 0
    while at < len(words):
        best: tuple[float, int, str] | None = None
        for end in range(at + 1, min(at + len(_APART), len(words)) + 1) if known else ():
            span = words[at:end]
            if _unlikely(span, known, stems) and (found := _nearest(span, terms, sounds)) is not None:
                best = min(best or (1.0, 0, ""), (found[0], end, found[1]))
        out.append(words[at] if best is None else merged(words[at : best[1]], best[2]))
        at = at + 1 if best is None else best[1]
    return tuple(out)


def _unlikely(span: Sequence[Word], known: frozenset[str], stems: frozenset[str]) -> bool:
    """Whether the recogniser was unsure of a word that isn't the field's, with no little word or mark at an inner edge."""
    said = [bare(word.text).lower() for word in span]
    if any(word in LITTLE or not word.isalpha() for word in said) or any(not word.text[-1:].isalnum() for word in span[:-1]):
        return False
    strange = [
        word.probability
        for word, text in zip(span, said, strict=True)
        if word.raw is None
        and len(text) >= _FEWEST_LETTERS
        and text not in known
        and stem(text) not in stems
        and not _run_together(text, known)
    ]
    return bool(strange) and min(strange) < SURE and all(word.raw is None for word in span)


def _run_together(word: str, known: frozenset[str]) -> bool:
    """Two words in one, "fulltuning", are no mishearing."""
    return any(word[:at] in known and word[at:] in known for at in range(3, len(word) - 2))


def _nearest(span: Sequence[Word], terms: Sequence[FieldTerm], sounds: Sounds) -> tuple[float, str] | None:
    heard = "".join(sounds(bare(word.text)) for word in span)
    letters, counts = squeezed(" ".join(word.text for word in span)), Counter(heard)
    near: list[tuple[float, str]] = []
    for term in terms:
        longest = max(len(heard), len(term.sounds))
        if (
            longest - (counts & term.counts).total() > longest * 2.4 * _NEAR
            or letters in term.letters
            or term.letters in letters
        ):
            continue
        distance = difference(heard, term.sounds)
        if (
            distance <= _NEAR
            and where_they_differ(heard, term.sounds) <= _APART[len(span) - 1]
            and not same_stem(letters, term.letters)
        ):
            near.append((distance, term.term))
    return min(near, default=None)
