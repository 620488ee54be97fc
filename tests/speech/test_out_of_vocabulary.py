"""Words outside the vocabulary are replaced by terms that they sound like; words that may have been said stay."""

from __future__ import annotations

import pytest
from hotseat.domain.model import Transcript, Word
from hotseat.engines.phonemes import phonemes
from hotseat.speech.term_repair import Lexicon, repair

from tests.support.fakes import BANK

LEXICON = Lexicon((), (), phonemes, BANK.vocabulary)


def heard(text: str, probability: float = 0.6) -> str:
    words = [Word(word, i / 2, i / 2 + 0.5, probability) for i, word in enumerate(text.split())]
    repaired = repair(words, LEXICON)
    assert Transcript(repaired).raw_text == text, "what the recogniser wrote stays readable"
    return " ".join(word.text for word in repaired)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("in portraying the model", "in pretraining the model"),
        ("the proplexity goes down.", "the perplexity goes down."),
        ("add guard grills around it", "add guardrails around it"),
    ],
)
def test_a_strange_word_is_read_as_the_term_it_sounds_like(said: str, meant: str) -> None:
    """Terms of any topic, from one word or two."""
    assert heard(said) == meant


@pytest.mark.parametrize(
    "text",
    [
        "I reckon the foundation is solid",
        "a fulltuning run, for comparison",
        "it is nondeterministic by nature",
        "we train the model on more data",
        "lama and alpaca",
        "flash attention is exact",
    ],
)
def test_what_may_have_been_said_stays(text: str) -> None:
    """Other words, two words in one, other forms of a word, and short ones."""
    assert heard(text) == text


def test_a_sure_word_stays() -> None:
    """Somebody may well portray something."""
    assert heard("portraying the artist", probability=0.95) == "portraying the artist"
