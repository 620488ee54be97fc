"""Where words begin to be heard: a recogniser gives a pause to the word after it, which then starts too early."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from server.core.domain import Transcript, Word
from server.core.endpoint import Gap


def from_onsets(transcript: Transcript, speech: Sequence[Gap]) -> Transcript:
    """The transcript with words that start in silence moved to where sound begins, if that is before they end.

    ``speech`` are the stretches of the recording with speech, in order; without any, nothing is moved.
    """
    return replace(transcript, words=tuple(_moved(word, speech) for word in transcript.words))


def _moved(word: Word, speech: Sequence[Gap]) -> Word:
    onset = next((stretch.start for stretch in speech if stretch.end > word.start), word.start)
    return replace(word, start=onset) if word.start < onset < word.end else word
