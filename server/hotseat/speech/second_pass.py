"""Second-pass decoding: which segments to recognise again as one, and when to accept the result."""

from __future__ import annotations

from collections.abc import Sequence

from hotseat.domain.endpointing import AudioSpan

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
