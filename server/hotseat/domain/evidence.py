"""Quotations of what was said: found in the timed words, never taken on trust.

Whatever a grader claims to quote, the evidence shown is cut out of the transcript itself, so it always occurs there.
"""

from __future__ import annotations

import re
from functools import lru_cache

from hotseat.domain.model import Evidence, Transcript
from hotseat.text.normal import fold

_ELLIPSIS = re.compile(r"\s*(?:\.\.\.|…|\[\.\.\.\])\s*")
_EDGES = re.compile(r"^[^\w%]+|[^\w%]+$")
MAX_ELLIPSIS_SPAN = 60
"""Words that a quotation with an ellipsis may stretch over."""


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

    Parts joined by an ellipsis must all occur, in order and near each other. None where it does not occur or is empty.
    """
    said = [bare(word.text) for word in transcript.words]
    kept = [place for place, word in enumerate(said) if word]
    texts = [said[place] for place in kept]
    first = last = -1
    for part in _ELLIPSIS.split(quote.strip().strip("\"'“”")):
        wanted = [word for word in map(bare, part.split()) if word]
        if not wanted:
            continue
        places = range(last + 1, len(texts) - len(wanted) + 1)
        at = next((at for at in places if texts[at : at + len(wanted)] == wanted), None)
        if at is None:
            return None
        first = at if first < 0 else first
        last = at + len(wanted) - 1
    if first < 0 or last - first > MAX_ELLIPSIS_SPAN:
        return None
    return evidence_between(transcript, kept[first], kept[last] + 1, turn_id)


@lru_cache(maxsize=65536)
def bare(word: str) -> str:
    """A word as compared: folded, without the punctuation around it."""
    return _EDGES.sub("", fold(word))
