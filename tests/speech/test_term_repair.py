"""Misheard terms are repaired, the recogniser's words are kept, and no unsaid term is inserted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hotseat.domain.model import KeyTerm, Transcript, Vocabulary, Word
from hotseat.speech.term_repair import Lexicon, difference, repair
from hypothesis import given
from hypothesis import strategies as st

SOUNDS = {
    "lora": "lɔrə", "lore": "lɔr", "low": "loʊ", "array": "əreɪ", "paged": "peɪdʒd", "page": "peɪdʒ", "attention": "ətɛnʃən",
    "detention": "dɪtɛnʃən", "latent": "leɪtənt", "pagedattention": "peɪdʒdətɛnʃən", "kv": "keɪvi", "cache": "kæʃ",
    "cash": "kæʃ", "bert": "bət", "bird": "bəd", "classify": "klæsɪfaɪ", "classifier": "klæsɪfaɪə", "and": "ænd", "is": "ɪz",
    "on": "ɔn", "mmlu": "ɛmɛmɛlju", "mmou": "ɛmɛmoʊju", "the": "ðə", "a": "ə", "models": "mɑdəlz", "softmax": "sɔftmæks",
    "softnecks": "sɔftnɛks", "softlocks": "sɔftlɑks", "dora": "dɔrə", "recall": "rikɔl", "k": "keɪ", "at": "æt", "a k": "əkeɪ",
    "recall@k": "rikɔlætkeɪ", "synthetic": "sɪnθɛtɪk", "data": "deɪtə", "later": "leɪtə", "p": "pi", "95": "naɪntifaɪv",
    "aim": "eɪm", "aime": "eɪmi", "fp8": "ɛfpieɪt", "re-softmax": "risɔftmæks",
    "fd8": "ɛfdieɪt", "h100": "eɪʧhʌndrəd", "a100": "eɪhʌndrəd", "bpe": "bipii", "ppo": "pipioʊ", "shard": "ʃɑrd",
    "chard": "ʧɑrd", "so": "soʊ", "sosoftmax": "soʊsɔftmæks", "sobird": "soʊbəd", "some": "sʌm",
    "irreducible": "ɪrɪdusɪbəl", "irreducable": "ɪrɪdukəbəl", "shardy": "ʃɑrdi", "loss": "lɔs", "floor": "flɔr", "lost": "lɔst",
}  # fmt: skip


def sounds(text: str) -> str:
    """A small pronouncing dictionary; other words sound as they are written."""
    return "".join(SOUNDS.get(word.lower().strip(".,"), word.lower()) for word in text.split())


TERMS = (
    KeyTerm("LoRA", ("lora", "low array")),
    KeyTerm("PagedAttention", ("paged attention",)),
    KeyTerm("KV cache", ("k v cache",)),
    KeyTerm("BERT", ("bird",)),
    KeyTerm("classifier"),
    KeyTerm("MMLU"),
    KeyTerm("softmax"),
    KeyTerm("SSO", ("single sign on",)),
    KeyTerm("DoRA"),
    KeyTerm("recall@k"),
    KeyTerm("synthetic data"),
    KeyTerm("p95"),
    KeyTerm("AIME"),
    KeyTerm("fp8"),
    KeyTerm("H100"),
    KeyTerm("PPO"),
    KeyTerm("shard"),
    KeyTerm("irreducible loss", ("irreducable loss",)),
)
LEXICON = Lexicon(TERMS, (), sounds, Vocabulary())


def words(text: str, probability: float = 0.4) -> tuple[Word, ...]:
    """Words half a second long; ``word:0.9`` sets a probability."""
    split = [(part.partition(":")[0], part.partition(":")[2]) for part in text.split()]
    return tuple(Word(w, i / 2, i / 2 + 0.5, float(p) if p else probability) for i, (w, p) in enumerate(split))


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("Low array is", "LoRA is"),
        ("the page detention.", "the PagedAttention."),
        ("the KV cash, and", "the KV cache, and"),
        ("a bird is", "a BERT is"),
        ("on MMOU and", "on MMLU and"),
        ("softnecks:0.7 is", "softmax is"),
        ("the softmax and KV cache", "the softmax and KV cache"),
        ("the latent attention is", "the latent attention is"),
        ("classify the models", "classify the models"),
        ("the re-softmax is", "the re-softmax is"),
        ("single sign on is", "single sign on is"),
        ("Low:0.97 array:0.98 is", "Low array is"),
        ("the KV:0.95 cash:0.95", "the KV cash"),
        ("and is on the a", "and is on the a"),
        ("the DoRA:0.03 is", "the DoRA is"),
        ("recall a K", "recall@k"),
        ("the synthetic:0.8 later:0.65", "the synthetic later"),
        ("The 95%", "The 95%"),
        ("fd8 and", "fp8 and"),
        ("the A100 is", "the A100 is"),
        ("6H100s:0.95 and", "6 H100 and"),
        ("Sosoftmax is", "So softmax is"),
        ("then. Sobird is", "then. So BERT is"),
        ("a Sosoftmax is", "a Sosoftmax is"),
        ("Sosoftmax:0.95 is", "Sosoftmax is"),
        ("Some is", "Some is"),
        ("NPPO is", "And PPO is"),
        ("on NPPO, is", "on and PPO, is"),
        ("DMMLU and SOPPO", "The MMLU and so PPO"),
        ("NPPO:0.95 is", "NPPO is"),
        ("XPPO and nppo", "XPPO and nppo"),
        ("BPE is", "BPE is"),
        ("I chard", "I shard"),
        ("page, detention", "page, detention"),
        ("irreducible lost", "irreducible loss"),
        ("irreducible floor", "irreducible floor"),
        ("", ""),
    ],
)
def test_doubtful_words_that_sound_like_a_term_are_read_as_it(heard: str, meant: str) -> None:
    """Sure words, terms already right, other forms of a word, other names of a term and half-matches stay as they are."""
    assert Transcript(repair(words(heard), LEXICON)).text == meant


def test_a_repaired_stretch_is_one_word_with_the_raw_words_and_their_time() -> None:
    """What was recognised can be shown and restored, and the term plays from its first sound to its last."""
    heard = words("use page:0.5 detention,:0.3 and")
    _, repaired, _ = repair(heard, LEXICON)
    assert repaired == Word("PagedAttention,", 0.5, 1.5, 0.3, "page detention,")


def test_common_words_need_a_closer_match() -> None:
    """What people say anyway is not a term for sounding a little like one."""
    assert Transcript(repair(words("aim"), LEXICON)).text == "AIME"
    assert Transcript(repair(words("aim"), replace(LEXICON, vocabulary=Vocabulary(frozenset({"aim"}))))).text == "aim"


def test_topic_terms_need_a_closer_match() -> None:
    """A term of the topic that the question is not about is not as likely to have been said."""
    heard = words("softlocks")
    assert repair(heard, LEXICON)[0].text == "softmax"
    assert repair(heard, Lexicon((), TERMS, sounds, Vocabulary()))[0].text == "softlocks"


def test_a_vowel_after_a_term_is_how_some_pronounce_it() -> None:
    """Unless the field has such a word, or nobody knows its words."""
    for known, meant in (({"model"}, "shard"), ({"shardi"}, "shardy"), ((), "shardy")):
        lexicon = replace(LEXICON, vocabulary=Vocabulary(known=frozenset(known)))
        assert Transcript(repair(words("shardy"), lexicon)).text == meant


VOCABULARY = st.sampled_from([*SOUNDS, "Low", "KV", "Bird.", "MMOU,", "prefix", "RoPE"])


@given(st.lists(st.tuples(VOCABULARY, st.floats(0, 1)), max_size=12))
def test_the_raw_text_is_always_what_was_recognised(heard: list[tuple[str, float]]) -> None:
    """Whatever is repaired: the raw text is kept word for word, and times stay in order."""
    before = tuple(Word(text, float(i), i + 1.0, p) for i, (text, p) in enumerate(heard))
    after = repair(before, LEXICON)
    assert Transcript(after).raw_text == Transcript(before).text
    assert [word.start for word in after] == sorted(word.start for word in after)
    led = [word for word in after if word.text.startswith("So ")]
    assert all((word.raw or "").lower().startswith("so") for word in led)
    written = {word.text.removeprefix("So ").strip(".,") for word in after}
    assert written - {word.text.strip(".,") for word in before} <= {t.term for t in TERMS}


@given(st.text("abdeptɛʃə", max_size=8), st.text("abdeptɛʃə", max_size=8))
def test_difference_is_a_distance(a: str, b: str) -> None:
    """Symmetric, zero only for equal sounds."""
    assert difference(a, b) == pytest.approx(difference(b, a))
    assert (difference(a, b) == 0) == (a == b)
