"""Parts of a review: quotes in whole clauses, sentences of the model answer, waveforms, explanations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hotseat.domain.corrections import Change, Correction
from hotseat.domain.evidence import evidence_between
from hotseat.domain.model import (
    MAY_DENY,
    Answer,
    CriterionResult,
    EndedBy,
    Grade,
    Level,
    PointFinding,
    PointStatus,
    Transcript,
    Verdict,
    Word,
)
from hotseat.grading.clauses import LONG_CLAUSE, clauses, in_whole_clauses
from hotseat.grading.disputes import CANDIDATE
from hotseat.grading.scoring import RULE, criterion_results, verdict_of
from hotseat.review.explanation import THE_RULE, why
from hotseat.review.grade_view import UNCLEAR_NOTE, grade_json
from hotseat.review.model_sentences import model_sentences
from hotseat.review.view import ungraded
from hotseat.review.waveform import MAX_PEAKS, peaks
from hotseat.session.phases import RoundPlan
from hotseat.session.records import LOCAL, Regrade, RegradeKind
from hotseat.speech.audio import SAMPLE_RATE
from hypothesis import given
from hypothesis import strategies as st

from tests.support.fakes import BANK

SAID = (
    "Um, so you keep the pretrained weights frozen. The update is a product of two thin matrices, which have rank r, and "
    "that is far fewer parameters than the full matrix would have because r is so much smaller than the width of the model "
    "in practice. Uh, yes."
)


def spoken(text: str) -> Answer:
    words = tuple(Word(word, i * 0.4, i * 0.4 + 0.3) for i, word in enumerate(text.split()))
    return Answer(1, 0, "finetuning/lora", "How?", None, Transcript(words), 60.0, EndedBy.DONE)


def quoted(answer: Answer, phrase: str) -> str:
    words = answer.transcript.text.split()
    wanted = phrase.split()
    start = next(i for i in range(len(words)) if words[i : i + len(wanted)] == wanted)
    return in_whole_clauses(answer, evidence_between(answer.transcript, start, start + len(wanted), 1)).quote


@pytest.mark.parametrize(
    ("match", "shown_as"),
    [
        ("weights frozen.", "Um, so you keep the pretrained weights frozen."),
        ("product of", "The update is a product of two thin matrices, which have rank r, and that is far fewer parameters"),
        ("yes.", "Uh, yes."),
    ],
)
def test_quotes_are_shown_as_whole_clauses(match: str, shown_as: str) -> None:
    """A match of two words is shown with the sentence it was said in, or with the clause where the sentence is long."""
    assert quoted(spoken(SAID), match).startswith(shown_as)


@given(st.data())
def test_a_shown_quote_holds_the_match_and_occurs(data: st.DataObject) -> None:
    """However odd the words: the quote contains what was matched, occurs verbatim, and is long only if the match is."""
    words = data.draw(
        st.lists(st.sampled_from(["um", "and", "the", "rank", "r,", "matrix.", "so", "low"]), min_size=1, max_size=80)
    )
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, min(len(words), start + 40)))
    answer = spoken(" ".join(words))
    found = in_whole_clauses(answer, evidence_between(answer.transcript, start, end, 1))
    assert 0 <= found.word_start <= start < end <= found.word_end <= len(words)
    assert found.word_end - found.word_start < end - start + 2 * LONG_CLAUSE
    assert found.quote == " ".join(words[found.word_start : found.word_end])


def test_passages_are_the_whole_answer() -> None:
    """The stretches to choose from follow each other without gaps."""
    found = clauses(spoken(SAID))
    assert len(found) >= 3
    assert [start for start, _ in found[1:]] == [end for _, end in found[:-1]]
    assert (found[0][0], found[-1][1]) == (0, len(SAID.split()))


def test_a_missing_point_has_its_sentence() -> None:
    """The sentence of the model answer that makes a point is chosen by what it says, not by where it stands."""
    found = model_sentences(BANK.question("finetuning/lora"))
    assert found["factorisation"].startswith("LoRA freezes the pretrained weights")
    assert "delta W equals B times A" in found["factorisation"]
    assert "merged into the base weights" in found["merging"]


def test_nearly_every_point_of_the_bank_has_a_sentence() -> None:
    """Model answers make the points they are models of, and what is chosen of them is a sentence or two of theirs."""
    found = [(question, model_sentences(question)) for question in BANK.questions]
    points = [sentence for _, sentences in found for sentence in sentences.values()]
    assert sum(map(bool, points)) / len(points) > 0.98
    for question, sentences in found:
        whole = " ".join(question.model_answer.split())
        assert all(sentence in whole for sentence in sentences.values())


def test_a_question_that_says_nothing_has_no_sentences() -> None:
    """Where the model answer does not make a point, none of its sentences is passed off as doing so."""
    question = replace(BANK.question("finetuning/lora"), model_answer="I like trains. They are on time.")
    assert set(model_sentences(question).values()) == {""}


def test_peaks_follow_the_loudness() -> None:
    """Silence is flat, the loudest stretch is 100, and half an amplitude is its square root."""
    second = np.ones(SAMPLE_RATE)
    tone = np.concatenate([0 * second, 4000 * second, 8000 * second])
    found = peaks(tone.astype("<i2").tobytes())
    assert len(found) == 60
    assert found[:20] == [0] * 20 and found[40:] == [100] * 20 and set(found[20:40]) == {71}


@pytest.mark.parametrize(("seconds", "count"), [(0.0, 0), (0.02, 1), (1.0, 20), (90.0, MAX_PEAKS)])
def test_an_outline_has_a_bounded_number_of_bars(seconds: float, count: int) -> None:
    """An outline has no more bars than can be drawn, whatever the length; a torn last byte does not matter."""
    assert len(peaks(bytes(2 * int(seconds * SAMPLE_RATE) + 1))) == count


def test_a_question_that_left_the_bank_is_remembered() -> None:
    """What the plan kept of it is shown; old plans without a title get one from its id."""
    plan = RoundPlan("finetuning/gone-for-good", "What was it?", 60.0)
    assert plan.question_in(BANK).title == "Gone for good"
    assert replace(plan, title="What it was").question_in(BANK).title == "What it was"
    assert plan.question_in(BANK).prompt == "What was it?"
    assert not plan.question_in(BANK).has_rubric


def test_a_dispute_grades_no_correction() -> None:
    """Corrections made before a dispute are still to be graded; the button stays."""
    correction = Correction(1, 0, Change.EDIT, "freeze", "froze", 1.0, LOCAL)
    disputed = Regrade(0, RegradeKind.DISPUTED, "", {}, {}, 2.0, LOCAL)
    assert ungraded([correction], [disputed]) == 1
    assert ungraded([correction], [disputed, replace(disputed, kind=RegradeKind.CORRECTED, made=3.0)]) == 0


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        (Verdict.STRONG_HIRE, PointStatus.MET),
        (Verdict.NOT_ASSESSABLE, PointStatus.NOT_MET),
        (Verdict.NO_HIRE, PointStatus.NOT_MET),
        (Verdict.LEAN_NO_HIRE, PointStatus.NOT_SURE),
    ],
)
def test_advice_only_where_there_is_something_to_gain(verdict: Verdict, status: PointStatus) -> None:
    """No way to Strong from Strong, nor from what was not heard; model sentences only beside points that were missed."""
    question = BANK.question("finetuning/lora")
    results = tuple(
        CriterionResult(criterion.id, Level.LEAN, tuple(PointFinding(point.id, status) for point in criterion.points))
        for criterion in question.criteria
    )
    view = grade_json(Grade(question.id, verdict, results, "embedded"), question, [], {})
    sentences = [finding["model_sentence"] for criterion in view["criteria"] for finding in criterion["findings"]]
    assert bool(view["to_strong"]) is (verdict is Verdict.NO_HIRE)
    assert any(sentences) is (status is not PointStatus.MET)


LORA = BANK.question("finetuning/lora")
MET, UNSURE, CON = PointStatus.MET, PointStatus.NOT_SURE, PointStatus.CONTRADICTED


def graded(statuses: dict[str, PointStatus], note: str = "") -> Grade:
    findings = {point_id: PointFinding(point_id, status, note=note) for point_id, status in statuses.items()}
    return Grade(LORA.id, verdict_of(LORA, findings), criterion_results(LORA, findings), "embedded")


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        ({}, "Four criteria at No Hire make 0 of 2; Lean No Hire starts at 0.3."),
        (
            {"low-rank": MET, "fewer-parameters": MET, "benefit": MET},
            "Three criteria at Lean Hire and one at No Hire make 0.77 of 2; "
            "Lean No Hire starts at 0.3 and Lean Hire starts at 1.",
        ),
        (
            {"factorisation": MET, "figures": MET, "limits": MET, "merging": MET, "target-modules": MET},
            "Four criteria at Strong Hire make 2 of 2; Strong Hire starts at 1.5.",
        ),
        (
            {"factorisation": MET, "figures": CON, "limits": CON},
            "One criterion at Strong Hire and three at No Hire, less 0.6 for what contradicts points, make 0.06 of 2; "
            "Lean No Hire starts at 0.3.",
        ),
        (
            {
                "low-rank": MET,
                "factorisation": MET,
                "fewer-parameters": MET,
                "figures": UNSURE,
                "benefit": MET,
                "limits": UNSURE,
                "settings": MET,
                "target-modules": UNSURE,
            },
            "One criterion at Strong Hire and three at Lean Hire make 1.72 of 2; a Strong Hire needs half of the criteria at "
            "Strong Hire.",
        ),
    ],
)
def test_a_verdict_says_how_it_came_about(statuses: dict[str, PointStatus], said: str) -> None:
    """From levels to the score to the thresholds around it, in one sentence."""
    if type(RULE)() == RULE:
        assert why(LORA, graded(statuses)) == said


@given(st.dictionaries(st.sampled_from([point.id for point in LORA.points]), st.sampled_from(PointStatus)))
def test_a_verdict_s_reason_is_true(statuses: dict[str, PointStatus]) -> None:
    """Whatever was found: the score that is named lies at or above what its verdict starts at, and below the next one."""
    grade = graded(statuses)
    text = why(LORA, grade)
    score = float(text.split(" of 2")[0].rsplit(" ", 1)[1])
    starts = {part.split(" starts at ")[0].strip(): float(part.split(" starts at ")[1]) for part in _bounds(text)}
    for verdict, start in starts.items():
        assert (score >= start) is (verdict == grade.verdict.value)
    assert starts or (grade.verdict is Verdict.LEAN_HIRE and score >= RULE.strong_hire)


@pytest.mark.parametrize(
    ("doubted", "contradicted", "said"),
    [
        (["merging"], [], "less 0.15 for what may contradict a point,"),
        (["merging", "limits"], [], "less 0.3 for what may contradict a point,"),
        (["merging"], ["limits"], "less 0.45 for what contradicts points,"),
    ],
)
def test_doubts_are_named(doubted: list[str], contradicted: list[str], said: str) -> None:
    """What points that may be contradicted take off is said."""
    made = dict.fromkeys(["low-rank", "factorisation", "figures", "fewer-parameters"], MET)
    assert said in why(LORA, graded({**made, **dict.fromkeys(doubted, UNSURE), **dict.fromkeys(contradicted, CON)}, MAY_DENY))


def _bounds(text: str) -> list[str]:
    return [part for part in text.split(";")[1].rstrip(".").split(" and ") if " starts at " in part]


def test_the_rule_names_its_numbers() -> None:
    """What the page says of the rule is the rule."""
    numbers = (RULE.strong_hire, RULE.lean_hire, RULE.lean_no_hire, RULE.contradiction)
    assert all(f" {number:g}" in THE_RULE for number in numbers)


def test_an_older_rule_s_verdict_is_not_explained() -> None:
    """Where today's rule would make another verdict, or the rubric has other points, nothing is said of how it came about."""
    grade = replace(graded({"low-rank": MET}), verdict=Verdict.STRONG_HIRE)
    view = grade_json(grade, LORA, [], {})
    assert (view["why"], view["range"]) == ("", None)
    other = replace(LORA, criteria=LORA.criteria[1:])
    assert grade_json(graded({"low-rank": MET}), other, [], {})["range"] is None


def test_a_range_is_open_while_points_are_not_sure() -> None:
    """It goes from the verdict as it is to that with all of them, and closes with the last of them."""
    points = [point.id for point in LORA.points]
    assert grade_json(graded(dict.fromkeys(points, UNSURE)), LORA, [], {})["range"] == ["Lean Hire", "Strong Hire"]
    assert grade_json(graded(dict.fromkeys(points, MET)), LORA, [], {})["range"] == ["Strong Hire", "Strong Hire"]
    unheard = replace(graded({}), verdict=Verdict.NOT_ASSESSABLE)
    assert grade_json(unheard, LORA, [], {})["range"] is None


@pytest.mark.parametrize(("denies", "note"), [(0.95, MAY_DENY), (0.7, UNCLEAR_NOTE), (None, MAY_DENY)])
def test_a_weak_doubt_accuses_nobody(denies: float | None, note: str) -> None:
    """Only a passage that most likely contradicts a point is said to; graders without probabilities are taken at their word."""
    results = tuple(
        replace(result, findings=tuple(replace(finding, denies=denies) for finding in result.findings))
        for result in graded(dict.fromkeys([point.id for point in LORA.points], UNSURE), MAY_DENY).criteria
    )
    view = grade_json(Grade(LORA.id, Verdict.NO_HIRE, results, "embedded"), LORA, [], {})
    assert {finding["note"] for criterion in view["criteria"] for finding in criterion["findings"]} == {note}


@pytest.mark.parametrize(("status", "said"), [(MET, True), (PointStatus.NOT_MET, False)])
def test_the_candidate_s_word_is_marked(status: PointStatus, said: bool) -> None:
    """A point that counts, or doesn't, by the candidate's word says which word it was."""
    view = grade_json(graded({"low-rank": status}, CANDIDATE), LORA, [], {})
    assert view["criteria"][0]["findings"][0]["said"] is said
