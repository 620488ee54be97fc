"""Quotations of what was said: found in the timed words, never taken on trust.

Whatever a grader claims to quote, the evidence shown is cut out of the transcript itself, so it always occurs there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from hotseat.domain.model import Evidence, Transcript
from hotseat.text.normal import fold, singular, stem

_ELLIPSIS = re.compile(r"\s*(?:\.\.\.|…|\[\.\.\.\])\s*")
_EDGES = re.compile(r"^[^\w%]+|[^\w%]+$")
MAX_ELLIPSIS_SPAN = 60
"""Words that a quotation with an ellipsis may stretch over."""

_LIST_BREAK = re.compile(r"[,;:/&]|\band\b|\bor\b|\bplus\b|\n")
_GLUE_WORDS = """
is are was be been am do does did has have had can could will would should may might must to of in on at by for from
with into onto over under as than that which who what when where while because so since if then but not no we you they
it he she i me us them this these those there here its their your our my how why the a an before after first per each
all only more less most against between both out up down back off about roughly like through very too much many again
still just instead without during until once
"""
_VERBS = """
add use make let keep give get need want reduce increase allow help take learn store tell show see look come go work
mean depend become freeze update put run save cost cut avoid stop prevent grow shrink share turn change start begin end
happen say ask check measure compare choose pick try find fix fail break lose gain improve hurt force predict miss
expect answer replace reach hold move follow carry
"""
GLUE = frozenset(_GLUE_WORDS.split())
_VERB_STEMS = frozenset(stem(verb) for verb in _VERBS.split())
"""Words that sentences are made with and bare lists are not: function words, and verbs that name no technique."""
MIN_GLUE = 0.18
"""Share of glue words below which a stretch of five words or more is a list of terms."""


def evidence_between(transcript: Transcript, start: int, end: int, turn_id: int = 0) -> Evidence:
    """The words start to end (exclusive) as evidence. Seconds are None where the transcript is typed."""
    words = transcript.words[start:end]
    typed = transcript.typed or not words or words[-1].end <= 0
    return Evidence(
        quote=" ".join(word.text for word in words),
        start=None if typed else words[0].start,
        end=None if typed else words[-1].end,
        word_start=start,
        word_end=end,
        turn_id=turn_id,
    )


def locate(transcript: Transcript, quote: str, turn_id: int = 0) -> Evidence | None:
    """Where a claimed quotation occurs, after normalising quotes, dashes, case, spaces and the punctuation around words.

    Parts joined by an ellipsis must all occur, in order and near each other. None where it does not occur, is empty,
    or is a bare list of terms.
    """
    said = [bare(word.text) for word in transcript.words]
    kept = [place for place, word in enumerate(said) if word]
    texts = [said[place] for place in kept]
    first = last = -1
    for part in _ELLIPSIS.split(quote.strip().strip("\"'“”")):
        wanted = [word for word in map(bare, part.split()) if word]
        if not wanted:
            continue
        at = _find(texts, wanted, last + 1)
        if at is None:
            return None
        first = at if first < 0 else first
        last = at + len(wanted) - 1
    if first < 0 or last - first > MAX_ELLIPSIS_SPAN:
        return None
    found = evidence_between(transcript, kept[first], kept[last] + 1, turn_id)
    return None if is_term_list(found.quote) else found


def is_term_list(text: str) -> bool:
    """Whether the text only names things: items of a word or three, with next to none of the words sentences need."""
    words = [word for word in map(bare, text.split()) if word]
    if len(words) <= 2:
        return True
    connectives = {"and", "or", "plus", "also", "then"}
    # Numbers are written in digits or words by chance, so they say nothing either way.
    telling = [word for word in words if word not in connectives and not any(letter.isdigit() for letter in word)]
    glue = sum(word in GLUE or stem(singular(word)) in _VERB_STEMS for word in telling) / max(1, len(telling))
    items = [item for item in _LIST_BREAK.split(text.lower()) if item.strip()]
    mean_item = len(words) / max(1, len(items))
    if len(items) >= 4 and mean_item <= 3 and glue < 0.3:
        return True
    return len(telling) >= 6 and glue < MIN_GLUE


@lru_cache(maxsize=65536)
def bare(word: str) -> str:
    """A word as compared: folded, without the punctuation around it."""
    return _EDGES.sub("", fold(word))


def _find(said: Sequence[str], wanted: Sequence[str], start: int) -> int | None:
    for at in range(start, len(said) - len(wanted) + 1):
        if all(said[at + k] == word for k, word in enumerate(wanted)):
            return at
    return None
