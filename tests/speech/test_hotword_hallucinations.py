"""Terms that were transcribed only because they were on the hotword list are removed."""

from __future__ import annotations

import pytest
from hotseat.domain.model import KeyTerm, Vocabulary, Word
from hotseat.engines.phonemes import phonemes
from hotseat.speech.hotword_hallucinations import suspects, with_earlier_terms, without_hallucinations
from hotseat.speech.term_repair import Lexicon

COMMON = frozenset("short examples are packed well lower perplexity the".split())


def lexicon(*terms: str) -> Lexicon:
    return Lexicon([KeyTerm(term) for term in terms], (), phonemes, Vocabulary(common=COMMON))


def words(text: str, **probabilities: float) -> tuple[Word, ...]:
    """Sure words, apart from those named."""
    return tuple(Word(part, at, at + 1.0, probabilities.get(part.strip(".,"), 0.9)) for at, part in enumerate(text.split()))


def text(of: tuple[Word, ...]) -> str:
    return " ".join(word.text for word in of)


def test_only_very_unlikely_terms_are_doubted() -> None:
    """A term that might well be written without help stands, and so does an unlikely word that is no term."""
    heard = words("Well, LoRA and KV cache at par", LoRA=0.01, cache=0.02, par=0.001)
    assert suspects(heard, ("LoRA", "KV cache", "RoPE")) == [range(1, 2), range(3, 5)]
    assert suspects(words("LoRA", LoRA=0.05), ("LoRA",)) == []
    assert suspects(heard, ()) == []


@pytest.mark.parametrize(
    ("heard", "plain", "term", "believed"),
    [
        ("Well, LoRA perplexity", "Well, lower perplexity", "LoRA", "Well, lower perplexity"),
        ("shard examples are packed", "short examples are packed", "shard", "short examples are packed"),
        ("RAG 100 candidates", "Rake 100 candidates", "RAG", "Rake 100 candidates"),
        ("the LoRA weights", "the lore weights", "LoRA", "the LoRA weights"),
        ("RoPE turns pairs", "Ropee turns pairs", "RoPE", "RoPE turns pairs"),
        ("ZeRO shards them", "0 shards them", "ZeRO", "ZeRO shards them"),
        ("LoRA freezes it", "low array freezes it", "LoRA", "low array freezes it"),
    ],
)
def test_a_term_nothing_sounds_like_gives_way(heard: str, plain: str, term: str, believed: str) -> None:
    """Words heard without the list are taken if they sound too unlike the term; common ones must be nearer to count for it."""
    doubted = words(heard, **{term: 0.01})
    assert text(without_hallucinations(doubted, words(plain), lexicon(term, "QLoRA"))) == believed


def test_everything_else_stays_as_it_was_heard_with_the_list() -> None:
    """Only the doubted place is exchanged, though the two differ elsewhere too; its words keep their own times."""
    heard = words("prefill first. Well, LoRA perplexity", LoRA=0.0)
    plain = words("pre fill first. Well, lower perplexity")
    believed = without_hallucinations(heard, plain, lexicon("LoRA", "prefill"))
    assert text(believed) == "prefill first. Well, lower perplexity"
    assert believed[3] is plain[4]


def test_a_term_stays_where_nothing_at_all_was_heard_without_the_list() -> None:
    """Silence is no evidence against it: without the list the recogniser leaves out words too."""
    heard = words("and LoRA works", LoRA=0.01)
    assert without_hallucinations(heard, words("and works"), lexicon("LoRA")) == heard


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
    """The second hearing's words stand, but a term is not lost to a spelling that sounds the same."""
    assert text(with_earlier_terms(words(again), words(before), lexicon("LoRA", "KV cache", "tiktoken"))) == believed
