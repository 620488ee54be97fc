"""Second-pass decoding: which segments to recognise again as one, and when to accept the result."""

from __future__ import annotations

from collections.abc import Sequence

from hotseat.domain.endpointing import AudioSpan

ENOUGH_S = 16.0
"""Seconds decoded as one; 10 to 14 s was hardly better than the parts (docs/decisions/0017-second-pass-decoding.md)."""
_LONGEST_S = 20.0
_LEAST_S = 9.5
_PAUSE_S = 1.5
"""What lies on either side of such a silence is not heard together: the recogniser tends to stop there."""
_LOST = 0.85
"""A second hearing with fewer than this share of the words of the first is not better."""


def together(spans: Sequence[AudioSpan]) -> slice | None:
    """Which of the stretches, each recognised by itself before, to recognise as one; None to wait for more.

    A span is the audio of a stretch, long silence around it left out.
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


def better(words: int, before: int) -> bool:
    """Whether a second hearing with this many words is accepted: with far fewer the recogniser has stopped listening."""
    return words >= _LOST * before
