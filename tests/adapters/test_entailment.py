"""The network that tells what is said from what is denied."""

from __future__ import annotations

import pytest

from server.adapters.embedder import MiniLm, open_embedder

STATEMENT = "Far fewer parameters are trained than in full fine-tuning, so memory and cost fall."


@pytest.fixture(scope="module")
def reader() -> MiniLm:
    found = open_embedder()
    if found is None:
        pytest.skip("the local extra is not installed")
    return found


@pytest.mark.parametrize(
    ("passage", "meant"),
    [
        ("you only update a sliver of the weights, that's why it fits on one card", "says"),
        ("it isn't the whole network that gets gradients, just a tiny part, so it's cheap", "says"),
        ("it has to update more weights than the full thing, so you need a bigger card", "denies"),
        ("the memory goes up because there is the adapter on top of every weight that is trained anyway", "denies"),
        ("the retriever returns twenty chunks and a cross-encoder sorts them", "other"),
    ],
)
def test_a_statement_is_said_denied_or_left_alone(reader: MiniLm, passage: str, meant: str) -> None:
    """Sentences that share their words are told apart by what they claim; none of these was trained on."""
    (odds,) = reader.judge([(STATEMENT, passage)])
    assert ("denies", "says", "other")[int(odds.argmax())] == meant


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
