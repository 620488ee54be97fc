"""Playback of a word starts at the word, not in the pause before it."""

import pytest
from hotseat.domain.endpointing import AudioSpan
from hotseat.domain.model import Transcript, Word
from hotseat.review.word_starts import with_corrected_starts

SPEECH = (AudioSpan(1.0, 2.0), AudioSpan(3.0, 4.0))


@pytest.mark.parametrize(
    ("start", "end", "moved"),
    [
        (0.2, 1.3, 1.0),
        (2.1, 3.3, 3.0),
        (1.2, 1.6, 1.2),
        (1.9, 3.2, 3.0),
        (1.4, 3.2, 1.4),
        (2.1, 2.8, 2.1),
        (4.5, 5.0, 4.5),
    ],
    ids=[
        "before all",
        "in a pause",
        "in speech",
        "from the last word on",
        "mostly before",
        "all in silence",
        "after all",
    ],
)
def test_words_begin_where_sound_does(start: float, end: float, moved: float) -> None:
    """A word starts where the stretch begins in which most of it sounds, and only its start is moved."""
    [word] = with_corrected_starts(Transcript((Word("it", start, end),)), SPEECH).words
    assert word == Word("it", moved, end)


def test_without_sound_nothing_moves() -> None:
    """Where it was not heard what is speech, the recogniser's times stand."""
    transcript = Transcript((Word("it", 0.5, 1.0),))
    assert with_corrected_starts(transcript, ()) == transcript
