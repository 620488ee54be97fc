"""Speech, silence, pauses and cuts, in audio seconds."""

from __future__ import annotations

from functools import reduce

import pytest
from hotseat.domain.endpointing import LULL_S, WINDOW_S, CutRules, Hearing, commit_point, hear
from hypothesis import given
from hypothesis import strategies as st

SPEECH, SILENCE, DOUBT = 0.9, 0.05, 0.42


def heard(*parts: tuple[float, float]) -> Hearing:
    """From (probability, seconds) parts."""
    windows = [probability for probability, seconds in parts for _ in range(round(seconds / WINDOW_S))]
    return reduce(hear, windows, Hearing())


def near(value: float) -> object:
    return pytest.approx(value, abs=2 * WINDOW_S)  # parts are rounded to whole windows


def test_speech_begins_where_its_first_window_was() -> None:
    """The onset is the start of the run that proved to be speech, not the moment of proof."""
    hearing = heard((SILENCE, 2.0), (SPEECH, 0.5))
    assert hearing.onset == near(2.0)
    assert hearing.speaking


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("nothing", ()),
        ("silence", ((SILENCE, 5.0),)),
        ("a click", ((SILENCE, 1.0), (SPEECH, 0.064), (SILENCE, 1.0))),
        ("key presses", ((SPEECH, 0.096), (SILENCE, 0.2)) * 20),
        ("doubtful all along", ((DOUBT, 10.0),)),
    ],
)
def test_short_or_doubtful_sound_leaves_a_silence_unbroken(name: str, parts: tuple[tuple[float, float], ...]) -> None:
    """Short bursts and doubtful sound leave the silence unbroken."""
    hearing = heard(*parts)
    assert not hearing.heard_speech, name
    assert hearing.silence_s == hearing.now


def test_doubt_prolongs_speech_but_does_not_begin_it() -> None:
    """Between the thresholds, what went before goes on."""
    assert heard((SPEECH, 0.5), (DOUBT, 3.0)).speaking
    assert heard((SPEECH, 0.5), (DOUBT, 3.0)).silence_s == 0.0


def test_a_lull_is_a_gap_between_speech() -> None:
    """Silence before, after and in short gaps is not a lull; the gap runs from speech to speech."""
    hearing = heard((SILENCE, 1.0), (SPEECH, 2.0), (SILENCE, 0.8), (SPEECH, 2.0), (SILENCE, 0.1), (SPEECH, 1.0), (SILENCE, 3.0))
    (lull,) = hearing.lulls
    assert (lull.start, lull.end) == (near(3.0), near(3.8))
    assert hearing.silence_s == near(3.0)
    assert not hearing.speaking


def test_a_click_does_not_interrupt_a_silence() -> None:
    """Long silence ends an answer even if a key is pressed meanwhile."""
    hearing = heard((SPEECH, 2.0), (SILENCE, 2.0), (SPEECH, 0.064), (SILENCE, 2.0))
    assert hearing.silence_s == near(4.064)
    assert hearing.lulls == ()


def test_a_short_word_right_after_speech_counts() -> None:
    """Within the hang no debounce is needed: "is a" keeps its "a"."""
    hearing = heard((SPEECH, 1.0), (SILENCE, 0.16), (SPEECH, 0.032), (SILENCE, 0.32))
    assert hearing.speech_end == near(1.192)


RULES = CutRules(shortest_s=5.0, longest_s=10.0, pause_s=0.25)


@pytest.mark.parametrize(
    ("name", "parts", "expected"),
    [
        ("too short", ((SPEECH, 4.0), (SILENCE, 1.0)), None),
        ("in a pause", ((SPEECH, 6.0), (SILENCE, 0.3)), 6.125),
        ("after a pause passed by", ((SPEECH, 5.5), (SILENCE, 0.28), (SPEECH, 1.0)), 5.64),
        ("a short gap does not do yet", ((SPEECH, 6.0), (SILENCE, 0.13), (SPEECH, 2.0)), None),
        ("but it does when time is up", ((SPEECH, 6.0), (SILENCE, 0.13), (SPEECH, 4.0)), 6.065),
        ("no gap at all", ((SPEECH, 10.1),), 10.1),
        ("silence only", ((SILENCE, 30.0),), None),
    ],
)
def test_the_audio_is_cut_in_silence(name: str, parts: tuple[tuple[float, float], ...], expected: float | None) -> None:
    """A stretch is cut at a gap once it is long enough, and anywhere only when it gets too long."""
    cut = commit_point(heard(*parts), 0.0, RULES)
    assert cut == (None if expected is None else pytest.approx(expected, abs=2 * WINDOW_S)), name


def test_silence_after_the_last_cut_is_not_cut_again() -> None:
    """There is nothing to recognise in it."""
    hearing = heard((SPEECH, 6.0), (SILENCE, 20.0))
    cut = commit_point(hearing, 0.0, RULES)
    assert cut is not None
    assert commit_point(hearing, cut, RULES) is None


PROBABILITIES = st.lists(st.sampled_from([SPEECH, SILENCE, DOUBT]).flatmap(lambda p: st.integers(1, 60).map(lambda n: [p] * n)))


@given(PROBABILITIES)
def test_times_stay_in_order(runs: list[list[float]]) -> None:
    """Whatever is heard: no time lies in the future, lulls are ordered, apart and long enough, onset comes first."""
    hearing = Hearing()
    last = hearing
    for probability in (probability for run in runs for probability in run):
        last, hearing = hearing, hear(hearing, probability)
        assert hearing.now == pytest.approx(last.now + WINDOW_S)
        assert hearing.speech_end >= last.speech_end
        assert hearing.onset == last.onset or last.onset is None
        assert 0 <= hearing.silence_s <= hearing.now
    edges = [edge for lull in hearing.lulls for edge in (lull.start, lull.end)]
    assert edges == sorted(edges)
    assert all(lull.seconds >= LULL_S - 1e-9 for lull in hearing.lulls)
    assert hearing.onset is None or all(hearing.onset <= edge <= hearing.speech_end for edge in edges)


@given(PROBABILITIES)
def test_cuts_move_forward_and_stretches_stay_short(runs: list[list[float]]) -> None:
    """Following every cut as it comes: each lies after the last and not in the future, and no speech goes uncut too long."""
    hearing, since = Hearing(), 0.0
    for probability in (probability for run in runs for probability in run):
        hearing = hear(hearing, probability)
        cut = commit_point(hearing, since, RULES)
        if cut is not None:
            assert since < cut <= hearing.now
            since = cut
        assert hearing.speech_end - since <= RULES.longest_s + WINDOW_S or hearing.speech_end <= since


def test_speech_is_what_lies_between_lulls() -> None:
    """From the onset to the last speech, its lulls taken out; nothing where nobody spoke."""
    windows = [0.0] * 10 + [1.0] * 40 + [0.0] * 30 + [1.0] * 20 + [0.0] * 4 + [1.0] * 26 + [0.0] * 40
    first, second = reduce(hear, windows, Hearing()).speech
    assert (first.start, first.end) == pytest.approx((10 * WINDOW_S, 50 * WINDOW_S))
    assert (second.start, second.end) == pytest.approx((80 * WINDOW_S, 130 * WINDOW_S))
    assert reduce(hear, [0.1] * 100, Hearing()).speech == ()
