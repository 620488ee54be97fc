"""Which segments are recognised again, and when the result is accepted."""

from __future__ import annotations

import pytest
from hotseat.domain.endpointing import AudioSpan
from hotseat.domain.model import KeyTerm, Transcript, Vocabulary, Word
from hotseat.engines.phonemes import phonemes
from hotseat.speech.second_pass import is_accepted, to_join, with_earlier_terms
from hotseat.speech.term_repair import Lexicon

LEXICON = Lexicon(
    [KeyTerm(term) for term in ("LoRA", "KV cache", "tiktoken")],
    (),
    phonemes,
    Vocabulary(common=frozenset("well lower perplexity the".split())),
)


def spans(*edges: tuple[float, float]) -> list[AudioSpan]:
    return [AudioSpan(start, end) for start, end in edges]


def words(text: str) -> tuple[Word, ...]:
    return tuple(Word(part, at, at + 1.0, 0.9) for at, part in enumerate(text.split()))


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


@pytest.mark.parametrize(
    ("again", "before", "believed"),
    [
        ("spaces. Tiktokin is fast", "spaces. tiktoken is fast", "spaces. tiktoken is fast"),
        ("well lower perplexity", "well LoRA perplexity", "well lower perplexity"),
        ("a KV cash of keys", "a KV cache of keys", "a KV cache of keys"),
        ("the lore waits", "the LoRA weights", "the LoRA weights"),
        ("then tiktoken runs", "then TikTokin runs", "then tiktoken runs"),
        ("it is fast", "tiktoken it is fast", "it is fast"),
    ],
)
def test_a_term_heard_before_is_kept_where_the_second_hearing_sounds_like_it(again: str, before: str, believed: str) -> None:
    """The second pass's words are kept, but a term is not lost to a spelling that sounds the same."""
    assert Transcript(with_earlier_terms(words(again), words(before), LEXICON)).text == believed
