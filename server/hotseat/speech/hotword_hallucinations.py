"""Removes key terms that the recogniser wrote only because they are on its hotword list.

Word probabilities are computed without the list (engines.whisper), so a term that is very unlikely without it is suspect. The
audio is then recognised without the list, and if nothing there sounds like the term, those words are used instead
(docs/decisions/0018-hotword-hallucinations.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from hotseat.domain.model import Word
from hotseat.speech.term_repair import LONGEST, Lexicon, allowed, difference, spellings, squeezed
from hotseat.text.sentences import spoken

_SUSPECT = 0.03
"""A term less probable than this is suspect."""
_FURTHER = 2.0
"""Words recognised without the list support a term up to this multiple of ``allowed``."""


def suspects(words: Sequence[Word], terms: Sequence[str]) -> list[range]:
    """Index ranges of words that spell a term of the list and are very unlikely without it."""
    spans = _spans(words, terms)
    return [span for span in spans if min(word.probability for word in words[span.start : span.stop]) < _SUSPECT]


def without_hallucinations(words: Sequence[Word], plain: Sequence[Word], lexicon: Lexicon) -> tuple[Word, ...]:
    """The words, with those of ``plain`` in place of suspect terms that nothing in ``plain`` sounds like.

    ``plain`` is the same audio recognised without the list.
    """
    doubted = suspects(words, [term.term for term in lexicon.key_terms])
    changes = SequenceMatcher(None, _letters(words), _letters(plain), autojunk=False).get_opcodes()
    out: list[Word] = []
    for kind, first, last, plain_first, plain_last in changes:
        own, other = words[first:last], plain[plain_first:plain_last]
        spans = [span for span in doubted if first < span.stop and span.start < last]
        taken = kind == "replace" and any(not _supported(words[span.start : span.stop], other, lexicon) for span in spans)
        out += other if taken else own
    return tuple(out)


def with_earlier_terms(again: Sequence[Word], before: Sequence[Word], lexicon: Lexicon) -> tuple[Word, ...]:
    """The words of a second pass, with terms of the first pass (``before``) where the new words sound like them."""
    terms = [term.term for term in lexicon.key_terms]
    known = _spans(before, terms)
    changes = SequenceMatcher(None, _letters(again), _letters(before), autojunk=False).get_opcodes()
    out: list[Word] = []
    for kind, first, last, before_first, before_last in changes:
        own, other = again[first:last], before[before_first:before_last]
        differing = [
            before[max(span.start, before_first) : min(span.stop, before_last)]
            for span in known
            if before_first < span.stop and span.start < before_last
        ]
        kept = kind == "replace" and len(other) <= LONGEST and differing and not _spans(own, terms)
        out += other if kept and all(_supported(part, own, lexicon) for part in differing) else own
    return tuple(out)


def _spans(words: Sequence[Word], terms: Sequence[str]) -> list[range]:
    """Index ranges of words that spell a term."""
    return spellings(words, {squeezed(term) for term in terms})


def _supported(term: Sequence[Word], plain: Sequence[Word], lexicon: Lexicon) -> bool:
    """Whether some of the plain words sound like the term."""
    sounds, common = lexicon.sounds, lexicon.vocabulary.common
    wanted = sounds(spoken(" ".join(word.text for word in term)))
    for start in range(len(plain)):
        for end in range(start + 1, min(start + LONGEST, len(plain)) + 1):
            said = [word.text for word in plain[start:end]]
            if difference(sounds(spoken(" ".join(said))), wanted) <= _FURTHER * allowed(wanted, said, common):
                return True
    return False


def _letters(words: Sequence[Word]) -> list[str]:
    return [squeezed(word.text) for word in words]
