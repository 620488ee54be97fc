"""Second-pass decoding: which segments to recognise again as one, when to accept the result, and which terms it keeps."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from hotseat.domain.endpointing import AudioSpan
from hotseat.domain.model import Word
from hotseat.speech.term_repair import LONGEST, Lexicon, allowed, difference, spellings, squeezed
from hotseat.text.sentences import spoken

ENOUGH_S = 16.0
"""Seconds decoded as one; 10 to 14 s was hardly better than the parts (docs/decisions/0017-second-pass-decoding.md)."""
_LONGEST_S = 20.0
"""No more than this is decoded as one, unless it is only two segments."""
_LEAST_S = 9.5
"""Before a long silence, this much is enough."""
_PAUSE_S = 1.5
"""Segments on either side of so long a silence are not joined: the recogniser tends to stop there."""
_LEAST_WORDS = 0.85
"""A second pass with fewer than this share of the words before has lost some."""
_FURTHER = 2.0
"""Words of the second pass support a term of the first up to this multiple of ``allowed``."""


def to_join(spans: Sequence[AudioSpan]) -> slice | None:
    """Which segments to recognise again as one; None to wait for more.

    ``spans`` are the segments' audio in order, without long silence around them.
    """
    first = 0
    for at, span in enumerate(spans):
        if at > first and span.start - spans[at - 1].end > _PAUSE_S:
            if at - first > 1 and spans[at - 1].end - spans[first].start >= _LEAST_S:
                return slice(first, at)
            first = at
        if span.end - spans[first].start >= ENOUGH_S and at > first:
            last = at + 1 if span.end - spans[first].start <= _LONGEST_S or at - first == 1 else at
            return slice(first, last)
    return None


def is_accepted(words: int, before: int) -> bool:
    """Whether a second pass with this many words replaces the first: with far fewer, the recogniser stopped too early."""
    return words >= _LEAST_WORDS * before


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


def _supported(term: Sequence[Word], again: Sequence[Word], lexicon: Lexicon) -> bool:
    """Whether some of the words of the second pass sound like the term."""
    sounds, common = lexicon.sounds, lexicon.vocabulary.common
    wanted = sounds(spoken(" ".join(word.text for word in term)))
    for start in range(len(again)):
        for end in range(start + 1, min(start + LONGEST, len(again)) + 1):
            said = [word.text for word in again[start:end]]
            if difference(sounds(spoken(" ".join(said))), wanted) <= _FURTHER * allowed(wanted, said, common):
                return True
    return False


def _letters(words: Sequence[Word]) -> list[str]:
    return [squeezed(word.text) for word in words]
