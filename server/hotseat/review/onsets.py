"""Where words begin to be heard: a recogniser gives a pause to the word after it, which then starts too early."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hotseat.domain.endpointing import AudioSpan
from hotseat.domain.model import Transcript, Word


def from_onsets(transcript: Transcript, speech: Sequence[AudioSpan]) -> Transcript:
    """The transcript with words moved to where most of their sound begins, if that is later than they are said to start.

    ``speech`` are the stretches of the recording with speech, in order; without any, nothing is moved.
    """
    return replace(transcript, words=tuple(_moved(word, speech) for word in transcript.words))


def _moved(word: Word, speech: Sequence[AudioSpan]) -> Word:
    most = max(speech, key=lambda stretch: _shared(word, stretch), default=None)
    if most is None or _shared(word, most) <= 0 or most.start <= word.start:
        return word
    return replace(word, start=most.start)


def _shared(word: Word, stretch: AudioSpan) -> float:
    """Seconds of the word in the stretch; negative when it is elsewhere."""
    return min(word.end, stretch.end) - max(word.start, stretch.start)
