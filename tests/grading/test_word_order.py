"""Words in random order are no answer."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hotseat.domain.model import Answer, Transcript, Verdict
from hotseat.grading.embedded import EmbeddedGrader
from hotseat.grading.word_order import FEWEST, SHUFFLED, is_list, order

from benchmarks.guards.items import as_answer, load_items, load_spoken
from tests.grading.conftest import BANK, spoken, typed
from tests.grading.scripted_reader import ScriptedReader
from training.examples import DATA, rows

SPLITS = ("tune", "hard", "unread", "studied", "told", "recited", "short")


def shuffled(said: Answer, seed: int = 0) -> Answer:
    words = list(said.transcript.words)
    random.Random(seed).shuffle(words)
    return replace(said, transcript=replace(said.transcript, words=tuple(words)))


@pytest.mark.parametrize("split", SPLITS)
def test_nobody_who_speaks_is_taken_for_one_who_shuffles(split: str) -> None:
    """Learners, disfluent and terse candidates, false claims, and what was heard of them: all are in order."""
    heard = load_spoken(DATA, split)
    for item in load_items(DATA, split):
        question = BANK.question(item.question)
        for transcript in (None, heard.get(item.id)):
            assert order([as_answer(item, question, transcript)]) >= SHUFFLED, item.id


def test_the_bank_s_own_words_shuffled_are_nothing() -> None:
    """All of its terms, none of its sense: never above No Hire, by words alone."""
    grader = EmbeddedGrader(ScriptedReader({}))
    long_enough = [question for question in BANK.questions if len(question.model_answer.split()) > 60]
    assert len(long_enough) > 130
    for question in long_enough:
        said = spoken(question.model_answer, question=question)
        assert order([said]) >= SHUFFLED
        for mixed in (shuffled(said), replace(said, transcript=Transcript(said.transcript.words[::-1]))):
            grade = grader.grade_now(question, [mixed])
            assert grade.verdict is Verdict.NO_HIRE, question.id
            assert {finding.note for finding in grade.findings} == {"the words don’t form sentences"}


@pytest.mark.parametrize("part", ["learn", "develop", "test"])
def test_free_answers_are_in_order(part: str) -> None:
    """As they were said and as they were heard."""
    for row in rows("free", part):
        for text in (row["text"], row.get("heard")):
            assert text is None or order([typed(text)]) >= SHUFFLED, row["id"]


def test_a_few_words_are_not_judged() -> None:
    """Terms and a verb or two have no order to speak of."""
    few = shuffled(
        typed("LoRA freezes the base model and adds small trainable matrices, fewer parameters, QLoRA also quantizes")
    )
    assert order([few]) == 1.0
    assert FEWEST > 8


def test_code_is_not_shuffled_speech() -> None:
    """Letters stand side by side in it."""
    code = "for i in range(n): for j in range(i): if a[i] > a[j]: a[i], a[j] = a[j], a[i] and if a[j] > a[i]: swap a[i] a[j]"
    assert order([typed(code)]) >= SHUFFLED


def test_a_list_of_terms_is_no_answer() -> None:
    """Terms with nothing said of them are not read; no free answer is taken for such a list, however terse."""
    listed = "prompt injection, jailbreak, red teaming, guardrail, classifier, over-refusal, least privilege, PII, Llama Guard"
    assert is_list([typed(listed)])
    assert not is_list([typed("KV cache, paged attention, prefix caching.")])
    texts = [row["text"] for row in rows("free")]
    assert len(texts) > 2000
    assert not [text for text in texts if is_list([typed(text)])]
