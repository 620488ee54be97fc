"""Text is split into sentences, also while it is being written; written terms become speakable."""

from __future__ import annotations

import pytest
from hotseat.text.sentences import MAX_CHARS, complete_sentences, split_sentences, spoken
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Good. What breaks first?", ["Good.", "What breaks first?"]),
        ("It costs 2.5 cents. Why?", ["It costs 2.5 cents.", "Why?"]),
        ("Use a router, e.g. a small model. Then measure.", ["Use a router, e.g. a small model.", "Then measure."]),
        ("RAG vs. fine-tuning: pick one.", ["RAG vs. fine-tuning: pick one."]),
        ("Latency, cost, etc. matter. Go on.", ["Latency, cost, etc. matter.", "Go on."]),
        ("Latency, cost, etc. What else?", ["Latency, cost, etc.", "What else?"]),
        ('You said "it depends." On what?', ['You said "it depends."', "On what?"]),
        ("Really?! Go on…  Please!", ["Really?!", "Go on…", "Please!"]),
        ("1. Retrieval\n2. Ranking", ["1. Retrieval", "2. Ranking"]),
        ("No. That is not it.", ["No.", "That is not it."]),
        ("Dr. J. Smith asked. You answer.", ["Dr. J. Smith asked.", "You answer."]),
        ("So did I. And you?", ["So did I.", "And you?"]),
        ("** … \n", []),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_would_pause(text: str, expected: list[str]) -> None:
    """Abbreviations, decimals, initials and list numbers do not end a sentence."""
    assert split_sentences(text) == expected


def test_a_sentence_is_complete_as_soon_as_the_next_has_begun() -> None:
    """The first sentence can be spoken while the second is still being written."""
    assert complete_sentences("What about cost") == []
    assert complete_sentences("What about cost? ") == ["What about cost?"]
    assert complete_sentences("What about cost? And latency") == ["What about cost?"]


def test_long_sentences_are_cut_at_the_last_comma_that_fits() -> None:
    """No sentence keeps the listener waiting, and words stay whole."""
    text = ", ".join(["one more clause of a sentence that never ends"] * 12)
    parts = split_sentences(text)
    assert all(len(part) <= MAX_CHARS for part in parts)
    assert " ".join(parts) == text
    assert all(part.endswith(",") for part in parts[:-1])


TEXT = st.lists(st.sampled_from([*"abI .,?!\n\"'1", "e.g. ", "etc. ", "a long word " * 9]), max_size=80).map("".join)


@given(TEXT, st.integers(0, 700))
def test_what_follows_changes_no_complete_sentence(text: str, length: int) -> None:
    """However much of the text is there, its sentences are the first of the whole; none is too long and no letter lost."""
    parts = split_sentences(text)
    begun = complete_sentences(text[:length])
    assert begun == parts[: len(begun)]
    assert all(0 < len(part) <= MAX_CHARS for part in parts)
    assert [c for part in parts for c in part if c.isalnum()] == [c for c in text if c.isalnum()]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("RoPE or ALiBi?", "rope or alibi?"),
        ("vLLM serves a 7B model.", "v L L M serves a 7 B model."),
        ("vLLM's pages", "v L L M's pages"),
        ("LoRA, not QLoRA", "lora, not Q lora"),
        ("Attention is O(n²) in 128K tokens", "Attention is O of n squared in 128 K tokens"),
        ("15T tokens at 1e-4", "15 trillion tokens at 1 e minus 4"),
        ("~20 tokens → p95 ≤ 300 ms", "about 20 tokens to p95 at most 300 ms"),
        ("cost/latency, e.g. k=5", "cost latency, for example k equals 5"),
        ("**Bold** `d_model` — and 10-20%", "Bold d model, and 10 to 20%"),
        ("Sample in float 3.5.", "Sample in float 3.5."),
        ("implores", "implores"),
    ],
)
def test_terms_numbers_and_symbols_are_spelled_for_the_voice(written: str, said: str) -> None:
    """What espeak-ng would mispronounce is rewritten; ordinary text is left alone."""
    assert spoken(written) == said
