"""Quotes in follow-ups are the candidate's own words, and make sense alone."""

from __future__ import annotations

import pytest
from hotseat.domain.evidence import evidence_between
from hotseat.domain.model import Answer, EndedBy, Transcript, Word
from hotseat.interview.quotes import clause_of, said_back


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
        ("The size, it grows with the square of it, so we cut.", "with the square", "it grows with the square of it"),
        ("The first word is slow, so that's decoding.", "slow, so", "the first word is slow, so that's decoding"),
        ("It's compute bound, so with two each gets half.", "compute bound,", "it's compute bound"),
        ("MT-Bench is machine translation, I believe.", "machine translation,", "MT-Bench is machine translation"),
        ("When a GPU dies, the other ones go on, right?  Yes, all of them do.", "of them", "all of them do"),
        ("The more tools it has the more it can do.", "tools it has", "the more tools it has the more it can do"),
        (
            "I'd split them: one agent reads the emails without any tools, and another one which never sees them pays.",
            "without any tools,",
            "one agent reads the emails without any tools",
        ),
        ("I look for the index which still fits.", "look for", "I look for the index which still fits"),
    ],
)  # fmt: skip
def test_a_clause_is_cut(text: str, part: str, quote: str) -> None:
    """Around the evidence, without what leads into it."""
    assert quoted(text, part) == quote


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Some people say adapters slow inference down.", "slow inference"),
        ("I mixed that up, the cache is shared between users.", "shared between"),
        ("I'm not sure, the cache is shared between users.", "shared between"),
        ("Is it limited by FLOPs?", "limited by"),
        ("I'd want you to say that the attacker would encode it.", "attacker would"),
        ("Because of the third matrix people make the hidden size bigger.", "hidden size"),
        ("There the multiplications run in four bits.", "run in"),
        ("Say it's prefill that takes so long.", "takes so"),
        ("'What are the themes', that is what you summarize beforehand.", "you summarize"),
        ("The bigger rank and more memory and alpha.", "rank and more"),
        (
            "It would only be shared between all users of the server if every prompt began in exactly the same words.",
            "shared between",
        ),
        (
            "If you never merge them into the base weights, then each of the adapters adds latency to every request.",
            "adds latency",
        ),
        ("You return the JSON, or with a lot less compute, about a quarter.", "less compute,"),
        ("Fifty to a hundred thousand dollars for ten million documents.", "thousand dollars"),
        ("Describe it well, and return the complete JSON.", "complete JSON."),
        ("It's, um, um, the bigger the beta, I'd say.", "the beta,"),
        ("Somebody who can actually override the thing, robustness testing.", "override the"),
        ("How do you measure it, that's not there.", "How do"),
        (
            "It keeps one copy, and another one, because the optimizer that people use today has moments beside the weights.",
            "one copy,",
        ),
        ("You'd want me to say that the attacker encodes it.", "attacker encodes"),
    ],
)  # fmt: skip
def test_incomplete_or_altered_claims_are_not_quoted(text: str, part: str) -> None:
    """No claim of theirs, no clause, or a clause that means something else when it is cut."""
    assert quoted(text, part) is None


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("it is limited by FLOPs", "\u201cit is limited by FLOPs\u201d"),
        ("I'd merge it into our weights", "you'd merge it into your weights"),
        ("the prompt says what we were asked", "the prompt says what you were asked"),
        ("I am sure it grows", "you are sure it grows"),
        ("I was on call and I am tired", "you were on call and you are tired"),
        ("LoRA is what we use, I'd say", "LoRA is what you use, you'd say"),
    ],
)
def test_quotes_in_the_first_person_are_turned_to_the_second(quote: str, said: str) -> None:
    """In speech "you said I'd merge it" would be about the interviewer."""
    assert said_back(quote) == said


@pytest.mark.parametrize(
    ("probability", "raw", "is_quoted"),
    [(0.9, None, True), (0.2, None, False), (0.2, "laura", True)],
    ids=["heard", "misheard", "repaired"],
)
def test_words_that_may_be_misheard_are_not_said_back(probability: float, raw: str | None, is_quoted: bool) -> None:
    """A garbled quote puzzles the candidate; a key term that was repaired is what they said."""
    plain = (Word(word, 0.0, 0.0) for word in "slows every single request down.".split())
    transcript = Transcript((Word("LoRA", 0.0, 0.0, probability, raw), *plain))
    answer = Answer(1, 0, "q", "?", None, transcript, 0.0, EndedBy.DONE)
    quote = clause_of([answer], evidence_between(transcript, 1, 3, 1))
    assert quote == ("LoRA slows every single request down" if is_quoted else None)


def test_evidence_of_another_answer_is_not_quoted() -> None:
    """The words have to be there."""
    answer = Answer(1, 0, "q", "?", None, Transcript.of_typed("It is limited by FLOPs."), 0.0, EndedBy.DONE)
    assert clause_of([answer], evidence_between(answer.transcript, 0, 3, turn_id=2)) is None
