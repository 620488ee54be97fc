"""The network that tells what is said from what is denied."""

from __future__ import annotations

import pytest

from server.adapters.embedder import MiniLm, open_embedder
from server.bank.content import load_bank
from server.settings import PROJECT
from tests.bench.grading import sentences

STATEMENT = "Far fewer parameters are trained than in full fine-tuning, so memory and cost fall."


@pytest.fixture(scope="module")
def reader() -> MiniLm:
    found = open_embedder()
    if found is None:
        pytest.skip("the local extra is not installed")
    return found


def test_new_sentences_are_told_apart(reader: MiniLm) -> None:
    """Of sentences that the network has not read, right ones mostly have better odds than wrong ones of the same words.

    Not always: it errs on about one in ten (docs/decisions/0016-said-or-denied.md).
    """
    bank = load_bank(PROJECT / "rubrics")
    points = {f"{question.id}#{point.id}": point.statement for question in bank.questions for point in question.points}
    out = sentences.kept_out()
    rows = [row for row in sentences.rows() if row["point"].split("#")[0] in out]
    says, denies = (
        [
            float(odds[1] - odds[0])
            for odds in reader.judge([(points[row["point"]], row[kind][n % 3]) for n, row in enumerate(rows)])
        ]
        for kind in ("says", "denies")
    )
    better = [right > wrong for right in says for wrong in denies]
    assert len(says) > 100
    assert sum(better) / len(better) > 0.9


def test_another_subject_is_other(reader: MiniLm) -> None:
    """A sentence about something else neither says nor denies."""
    (odds,) = reader.judge([(STATEMENT, "the retriever returns twenty chunks and a cross-encoder sorts them")])
    assert int(odds.argmax()) == 2


def test_a_pair_is_judged_alike_in_any_company(reader: MiniLm) -> None:
    """Neither other pairs nor upper case nor what has been judged before changes a digit."""
    pairs = [(STATEMENT, "it trains less"), ("Batching raises throughput.", "One at a time is slower overall.")]
    together = reader.judge(pairs)
    alone = [reader.judge([(statement.upper(), passage)])[0] for statement, passage in reversed(pairs)]
    assert (together[::-1] == alone).all()


def test_nothing_and_too_much_are_judged_too(reader: MiniLm) -> None:
    """An empty passage and one of a thousand words have odds that add up."""
    for odds in reader.judge([(STATEMENT, ""), (STATEMENT, "word " * 1000), ("", "")]):
        assert odds.dtype == "float32"
        assert abs(sum(2.718281828 ** float(x) for x in odds) - 1) < 1e-3
    assert reader.judge([]).shape == (0, 3)


def test_two_networks_are_asked_but_for_speed(reader: MiniLm) -> None:
    """One reads what was written, the other its plain form. Only the first is moved by a comma; it can be asked alone."""
    passage = "the base model stays frozen and the adapters are small"
    comma = "the base model stays frozen, and the adapters are small"
    both, marked = reader.judge([(STATEMENT, passage), (STATEMENT, comma)])
    one, one_marked = reader.alone().judge([(STATEMENT, passage), (STATEMENT, comma)])
    assert abs(both - one).max() > 1e-4
    stance, stance_alone = (
        (odds[1] - odds[0]) - (before[1] - before[0]) for odds, before in ((marked, both), (one_marked, one))
    )
    assert stance == pytest.approx(stance_alone / 2, abs=1e-5)
    assert abs(stance_alone) > 1e-3
