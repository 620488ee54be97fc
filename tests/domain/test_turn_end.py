"""Which silence ends an answer."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

import pytest
from hotseat.domain.endpointing import Hearing, hear
from hotseat.domain.turn_end import COMPLETE, NOTICE_S, Judgement, Patience, breaks_off
from hypothesis import given
from hypothesis import strategies as st


def hear_all(hearing: Hearing, probabilities: Iterable[float]) -> Hearing:
    return reduce(hear, probabilities, hearing)


PATIENCE = Patience(silence_s=6.0, no_speech_s=20.0)
SPOKEN = hear_all(Hearing(), [0.9] * 500)
BEGUN = hear_all(Hearing(), [0.9] * 100)
probabilities = st.floats(0.0, 1.0)
silences = st.floats(0.0, 10.0)


def judged(finished: float, silence_s: float = 0.7) -> Judgement:
    return Judgement(SPOKEN.speech_end, finished, silence_s)


def test_before_the_first_word_there_is_more_time() -> None:
    """An answer in which nothing is said waits longer than one that pauses."""
    assert (PATIENCE.ends_at(Hearing()), PATIENCE.ends_at(SPOKEN)) == (20.0, 6.0)


def test_what_sounds_complete_ends_sooner() -> None:
    """Where the speaker seems done the end is announced after 1.8 s and final a second later."""
    assert PATIENCE.ends_at(SPOKEN, judged(1.0)) == 2.8
    assert PATIENCE.ends_at(SPOKEN, judged(COMPLETE - 0.01)) == 6.0


def test_a_brief_answer_is_given_longer() -> None:
    """A complete first sentence is more often a beginning than an end."""
    assert PATIENCE.ends_at(BEGUN, Judgement(BEGUN.speech_end, 1.0, 0.7)) == 4.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It freezes the base model.", False),
        ("It freezes the base model because", True),
        ("It freezes the base model, and the", True),
        ("The first thing I look at, um.", True),
        ("So we train the adapters,", True),
        ("Then I would...", True),
        ("I would do that", False),
        ("", False),
    ],
)
def test_a_text_that_breaks_off_has_more_to_come(text: str, expected: bool) -> None:
    """A conjunction, an article or a comma at the end, whatever the voice did."""
    assert breaks_off(text) is expected


def test_a_judgement_is_for_its_own_silence() -> None:
    """Once there was more speech, what was thought of the silence before says nothing."""
    later = hear_all(SPOKEN, [0.0] * 40 + [0.9] * 20)
    assert PATIENCE.ends_at(later, judged(1.0)) == 6.0


@given(silence_s=st.floats(1.0, 120.0), finished=probabilities, known_at=silences)
def test_an_early_end_is_announced_and_never_abrupt(silence_s: float, finished: float, known_at: float) -> None:
    """No silence shorter than 1.2 s announces an end; it is known a second before; it never comes later than without a
    judgement."""
    ends_at = Patience(silence_s, 20.0).ends_at(SPOKEN, judged(finished, known_at))
    assert ends_at <= silence_s
    assert ends_at == silence_s or ends_at - NOTICE_S >= max(1.2, known_at) - 1e-9


@given(st.lists(probabilities, max_size=120), probabilities)
def test_speech_takes_back_the_end(windows: list[float], finished: float) -> None:
    """Whatever was judged, right after a word the answer is as far from its end as ever."""
    before = hear_all(SPOKEN, [0.0] * 30)
    judgement = Judgement(before.speech_end, finished, 0.7)
    after = hear_all(hear_all(before, [0.9] * 6), windows)
    assert PATIENCE.ends_at(hear(after, 0.9), judgement) == 6.0
