"""Which segments are recognised again, and when the result is accepted."""

from __future__ import annotations

import pytest
from hotseat.domain.endpointing import AudioSpan
from hotseat.speech.second_pass import is_accepted, to_join


def spans(*edges: tuple[float, float]) -> list[AudioSpan]:
    return [AudioSpan(start, end) for start, end in edges]


@pytest.mark.parametrize(
    ("heard", "which"),
    [
        ([], None),
        ([(0, 6), (6, 12)], None),
        ([(0, 17)], None),
        ([(0, 6), (6, 12), (12, 18)], slice(0, 3)),
        ([(0, 8), (8, 15), (15, 23)], slice(0, 2)),
        ([(0, 9), (9, 22)], slice(0, 2)),
        ([(0, 5), (5, 10), (14, 19)], slice(0, 2)),
        ([(0, 5), (9, 14), (14, 19)], None),
        ([(0, 5), (9, 15), (15, 20), (20, 26)], slice(1, 4)),
    ],
    ids=[
        "nothing",
        "too little",
        "one",
        "enough",
        "one too many",
        "two long ones",
        "a pause ends it",
        "a lone one",
        "after it",
    ],
)
def test_sixteen_seconds_without_a_long_pause_are_heard_together(heard: list[tuple[float, float]], which: slice | None) -> None:
    """From 16 to 20 s where the stretches allow it, never one alone, never across a silence of more than 1.5 s."""
    assert to_join(spans(*heard)) == which


@pytest.mark.parametrize(
    ("words", "before", "taken"), [(40, 40, True), (34, 40, True), (33, 40, False), (0, 0, True), (0, 3, False)]
)
def test_hearing_far_fewer_words_is_not_hearing_better(words: int, before: int, taken: bool) -> None:
    """A recogniser that stopped listening half way must not take words away."""
    assert is_accepted(words, before) is taken
