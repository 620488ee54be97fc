"""Speech and rubric text have one normal form."""

import pytest
from hotseat.text.normal import fold, tokenize
from hotseat.text.stems import stem


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("a 7B model", "a seven billion model"),
        ("a 7B model", "a seven B model"),
        ("fifty-six gigabytes", "56 GB"),
        ("four hundred", "400"),
        ("two point five times", "2.5x"),
        ("about $100", "about a hundred dollars"),
        ("$1.5M", "1.5 million dollars"),
        ("don't", "do not"),
        ("Q, K, V", "q k v"),
        ("the KV cache", "the k v cache"),
        ("fine-tuning", "finetuning"),
        ("pre-training", "pretraining"),
        ("int8", "int eight"),
        ("H100s", "h 100"),
        ("guard rails", "guardrails"),
        ("twenty percent", "20%"),
        ("four-bit weights", "4-bit weights"),
        ("a context of 128k", "a context of a hundred and twenty eight thousand"),
    ],
)
def test_written_and_spoken_forms_are_one(left: str, right: str) -> None:
    """What is written one way and said another gives the same stems."""
    assert [t.stem for t in tokenize(left)] == [t.stem for t in tokenize(right)]


@pytest.mark.parametrize(
    "forms",
    [
        ("merge", "merged", "merging", "merges"),
        ("optimise", "optimized", "optimising", "optimizes"),
        ("freeze", "froze", "frozen", "freezing"),
        ("batch", "batches", "batching", "batched"),
        ("cache", "caching", "cached", "caches"),
        ("matrix", "matrices"),
        ("run", "running", "ran"),
        ("embed", "embedding", "embeddings"),
    ],
)
def test_forms_of_a_word_share_a_stem(forms: tuple[str, ...]) -> None:
    """Endings, irregular forms and British spellings do not keep words apart."""
    assert len({tokenize(form)[0].stem for form in forms}) == 1


def test_words_that_only_look_alike_stay_apart() -> None:
    """Short words and -eed words are left alone."""
    assert stem("speed") == "speed"
    assert stem("string") != stem("str")
    assert stem("bring") == "bring"


def test_folding_unifies_quotes_dashes_and_spaces() -> None:
    """Quotation marks, dashes, case and spaces are the only things folding changes."""
    assert fold("It’s  “LOW–rank”") == 'it\'s "low-rank"'


@pytest.mark.parametrize("digits", ["፩", "²", "𐩀", "9" * 5000, "٣"])
def test_digits_of_any_script_and_length_are_words(digits: str) -> None:
    """Some are no numbers to Python, and some are too long for one."""
    assert tokenize(f"rank {digits} hundred of fifty {digits} times")
