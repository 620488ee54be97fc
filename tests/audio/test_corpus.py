"""The synthetic answers say every key term often enough, and the words counted as right or wrong are right or wrong."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hotseat.domain.model import KeyTerm
from hotseat.questions.content import load_bank
from hotseat.settings import PROJECT

from benchmarks import accuracy
from tests.audio import corpus
from tests.audio.speech import NON_SPEECH

BANK = load_bank(PROJECT / "rubrics")
ITEMS = [*corpus.model_answers(BANK), *corpus.spoken_answers(BANK)]
LORA, CACHE = KeyTerm("LoRA"), KeyTerm("KV cache")


def test_every_key_term_is_said_three_times_in_different_ways() -> None:
    """Each in at least three answers to questions that have the term, at two speeds or pitches or more."""
    answers = defaultdict(set)
    manners = defaultdict(set)
    for item in ITEMS:
        for term in item.question.key_terms:
            if corpus.count(term, item.text):
                answers[term.term.lower()].add(item.id)
                manners[term.term.lower()].add((item.manner.speed, item.manner.pitch))
    names = {term.term.lower() for question in BANK.questions for term in question.key_terms}
    assert len(ITEMS) >= 60
    assert [name for name in names if len(answers[name]) < corpus.LEAST] == []
    assert [name for name in names if len(manners[name]) < 2] == []


def test_the_corpus_is_the_same_every_time() -> None:
    """Texts, manners and draws depend on the bank and the seed alone."""
    first, again, other = (accuracy.drawn(BANK, "report", 20, seed) for seed in (1, 1, 2))
    assert first == again != other


def test_development_and_report_questions_are_disjoint() -> None:
    """No question is in both parts, and the report part is the larger one."""
    develop, report = ({question.id for question in accuracy.questions_of(BANK, part)} for part in ("develop", "report"))
    assert develop.isdisjoint(report) and len(develop | report) == len(BANK.questions)
    assert len(report) > len(develop)
    assert {item.question.id for item in accuracy.drawn(BANK, "report", 0, 1)} <= report


def test_near_misses_do_not_say_the_terms_they_are_near() -> None:
    """Whatever term is then heard more often than it occurs was not said."""
    question = BANK.question("inference/core")
    sounds = {"page": "peɪdʒ", "retention": "ritɛnʃən", "PagedAttention": "peɪdʒdətɛnʃən"}
    item = corpus.near_misses(BANK, question, lambda text: sounds.get(text, text.lower()))
    assert item is not None
    assert item == corpus.near_misses(BANK, question, lambda text: sounds.get(text, text.lower()))
    assert len(item.text.split(". ")) >= 3


@pytest.mark.parametrize(
    ("said", "heard", "expected"),
    [
        ("we use LoRA here", "we use LoRA here", (4, 0, 3, 0)),
        ("we use LoRA here", "we use low array here", (4, 2, 3, 0)),
        ("we use LoRA here", "we used LoRA hear", (4, 2, 3, 2)),
        ("we use LoRA here", "we use LoRA right here", (4, 1, 3, 1)),
        ("the KV cache is full", "the KV cash is", (5, 2, 3, 1)),
        ("we use LoRA here", "", (4, 4, 3, 3)),
        ("seven billion weights", "7 billion weights", (3, 0, 3, 0)),
    ],
)
def test_errors_are_told_apart_by_whose_words_they_are(said: str, heard: str, expected: tuple[int, int, int, int]) -> None:
    """Words, errors, words outside terms, errors outside terms."""
    assert accuracy.errors(said, heard, [LORA, CACHE]) == expected


def test_intervals_of_rare_events_are_exact() -> None:
    """None seen leaves up to 3.7 possible; of ten seen, 4.8 to 18.4 (Poisson, 95%)."""
    assert accuracy.poisson(0) == pytest.approx((0, 3.689), abs=0.001)
    assert accuracy.poisson(10) == pytest.approx((4.795, 18.390), abs=0.001)


def test_made_sounds_are_sounds_and_the_same_every_time() -> None:
    """As long as asked for, within full scale, not silent (but for silence)."""
    for name, make in NON_SPEECH.items():
        if "far" not in name and "next room" not in name:  # voices take seconds to make
            samples = make(48_000)
            assert (len(samples), samples.dtype) == (48_000, "float32")
            assert abs(samples).max() <= 1 and (abs(samples).max() > 0.005 or name == "silence"), name
            assert (samples == make(48_000)).all(), name
