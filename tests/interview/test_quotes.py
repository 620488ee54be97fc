"""Quotes are the candidate's own words, and stand by themselves."""

from __future__ import annotations

import pytest
from hotseat.domain.evidence import evidence_between
from hotseat.domain.model import Answer, EndedBy, Transcript
from hotseat.interview.quotes import clause_of


def quoted(text: str, part: str) -> str | None:
    """The clause for evidence that covers ``part`` of a typed answer."""
    answer = Answer(1, 0, "q", "?", None, Transcript.of_typed(text), 0.0, EndedBy.DONE)
    words, wanted = text.split(), part.split()
    start = next(at for at in range(len(words)) if words[at : at + len(wanted)] == wanted)
    return clause_of([answer], evidence_between(answer.transcript, start, start + len(wanted), 1))


@pytest.mark.parametrize(
    ("text", "part", "quote"),
    [
        ("The adapters stay beside it and slow it down.", "slow it", "the adapters stay beside it and slow it down"),
        ("I think it is limited by FLOPs.", "limited by", "it is limited by FLOPs"),
        ("Well, um, so temperature makes it more accurate.", "more accurate.", "temperature makes it more accurate"),
        (
            "We start from the base model, which I have used before in two projects at work, and quantization does not change "
            "the speed for one user.",
            "not change the speed",
            "quantization does not change the speed for one user",
        ),
        ("I'd pick RAG. Because the average hides that it is broken.", "average hides", "the average hides that it is broken"),
        ("LoRA trains all the weights of the model.", "all the weights", "LoRA trains all the weights of the model"),
    ],
)  # fmt: skip
def test_a_clause_is_cut(text: str, part: str, quote: str) -> None:
    """Around the evidence, without what leads into it."""
    assert quoted(text, part) == quote


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Some people say adapters slow inference down.", "slow inference"),
        ("I'm not sure, the cache is shared between users.", "shared between"),
        ("Is it limited by FLOPs?", "limited by"),
        ("The bigger rank and more memory and alpha.", "rank and more"),
        (
            "It would only be shared between all users of the server if every prompt began in exactly the same words.",
            "shared between",
        ),
        (
            "If you never merge them into the base weights, then each of the adapters adds latency to every request.",
            "adds latency",
        ),
    ],
)  # fmt: skip
def test_what_does_not_stand_is_not_quoted(text: str, part: str) -> None:
    """No claim of theirs, no clause, or a clause that means something else when it is cut."""
    assert quoted(text, part) is None


def test_evidence_of_another_answer_is_not_quoted() -> None:
    """The words have to be there."""
    answer = Answer(1, 0, "q", "?", None, Transcript.of_typed("It is limited by FLOPs."), 0.0, EndedBy.DONE)
    assert clause_of([answer], evidence_between(answer.transcript, 0, 3, turn_id=2)) is None
