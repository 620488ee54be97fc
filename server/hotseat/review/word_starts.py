"""Corrects word starts: recognisers often count a pause as part of the next word, which then starts too early."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hotseat.domain.endpointing import AudioSpan
from hotseat.domain.model import Transcript, Word


def with_corrected_starts(transcript: Transcript, speech: Sequence[AudioSpan]) -> Transcript:
    """The transcript with each word starting where the stretch of speech with most of the word begins, if that is later.

    ``speech`` are the recording's stretches of speech in order; if empty, nothing changes.
    """
    return replace(transcript, words=tuple(_moved(word, speech) for word in transcript.words))


def _moved(word: Word, speech: Sequence[AudioSpan]) -> Word:
    most = max(speech, key=lambda stretch: _shared(word, stretch), default=None)
    if most is None or _shared(word, most) <= 0 or most.start <= word.start:
        return word
    return replace(word, start=most.start)


def _shared(word: Word, stretch: AudioSpan) -> float:
    """Seconds of the word within the stretch; negative if they don't overlap."""
    return min(word.end, stretch.end) - max(word.start, stretch.start)
