"""The bank's follow-ups, with a quote of the candidate's words where one fits."""

from __future__ import annotations

from dataclasses import replace

from hotseat.domain.evidence import evidence_between
from hotseat.domain.model import (
    MAY_DENY,
    Answer,
    EndedBy,
    FollowUp,
    Move,
    PointFinding,
    PointStatus,
    Transcript,
)
from hotseat.interview.bank_interviewer import Interviewer

from tests.support.fakes import BANK

LORA = BANK.question("finetuning/lora")


def typed(text: str, turn_id: int = 1, asked: str = LORA.prompt) -> Answer:
    return Answer(turn_id, 0, LORA.id, asked, None, Transcript.of_typed(text), 0.0, EndedBy.DONE)


def found(point_id: str, status: PointStatus, answer: Answer, start: int, end: int) -> PointFinding:
    return PointFinding(point_id, status, evidence_between(answer.transcript, start, end, answer.turn_id))


def move(kind: Move, point_id: str) -> FollowUp:
    return next(move for move in LORA.moves if move.move is kind and point_id in move.probes)


BANKS = Interviewer()
SLOW = typed("The adapters stay beside the weights and slow things down.")
CLAIM = found("merging", PointStatus.CONTRADICTED, SLOW, 0, 10)


def test_a_claim_is_quoted_before_it_is_challenged() -> None:
    """In the candidate's own words, and they are named as what is taken up."""
    chosen = BANKS.in_the_banks_words(LORA, move(Move.CHALLENGE, "merging"), [SLOW], [CLAIM])
    assert chosen.anchor == "the adapters stay beside the weights and slow things down"
    assert chosen.text == f"You said \u201c{chosen.anchor}\u201d. {move(Move.CHALLENGE, 'merging').text}"


def test_no_passage_is_quoted_twice() -> None:
    """What has been said back in the round is not said back again."""
    before = BANKS.in_the_banks_words(LORA, move(Move.CHALLENGE, "merging"), [SLOW], [CLAIM]).text
    answers = [SLOW, typed("They do.", 2, asked=before)]
    chosen = BANKS.in_the_banks_words(LORA, move(Move.CHALLENGE, "merging"), answers, [CLAIM])
    assert chosen.anchor is None and chosen.text == move(Move.CHALLENGE, "merging").text


def test_words_of_an_earlier_answer_are_named_as_such() -> None:
    """A quote that was not said just now is not passed off as the last answer."""
    answers = [SLOW, typed("That depends on the rank.", 2, asked="What then?")]
    assert BANKS.in_the_banks_words(LORA, move(Move.CHALLENGE, "merging"), answers, [CLAIM]).text.startswith("Earlier you said")


def test_words_that_have_nothing_to_do_with_the_question_are_not_quoted() -> None:
    """Evidence can lie beside the claim it stands for."""
    aside = typed("Well, that's the first thing, and more I'd have to look up.")
    chosen = BANKS.in_the_banks_words(
        LORA, move(Move.DEEPEN, "merging"), [aside], [found("merging", PointStatus.MET, aside, 1, 5)]
    )
    assert chosen.anchor is None


def test_a_deepening_quotes_only_what_its_question_speaks_of() -> None:
    """It leads on from its point, so words about the point alone would seem to have nothing to do with it."""
    deeper = move(Move.DEEPEN, "merging")
    about_latency = typed("It adds no extra latency at all.")
    about_serving = typed("It costs nothing once the server stores one merged matrix.")
    for answer, quoted in ((about_latency, False), (about_serving, True)):
        findings = [found("merging", PointStatus.MET, answer, 0, len(answer.transcript.words))]
        assert (BANKS.in_the_banks_words(LORA, deeper, [answer], findings).anchor is not None) == quoted


def test_of_two_doubtful_claims_the_likelier_is_taken_up() -> None:
    """Wherever it was said, and whether or not it can be quoted."""
    answer = typed("The adapters stay beside the weights and slow things down. Um, low rank, hmm, a full matrix.")
    merging, rank = (
        found("merging", PointStatus.NOT_SURE, answer, 0, 10),
        found("low-rank", PointStatus.NOT_SURE, answer, 11, 17),
    )
    for likely, doubted in (("merging", "low-rank"), ("low-rank", "merging")):
        denies = {likely: 0.97, doubted: 0.8}
        findings = [replace(one, note=MAY_DENY, denies=denies[one.point_id]) for one in (merging, rank)]
        assert BANKS.rank(LORA, [answer], findings, 3)[0] == move(Move.CHALLENGE, likely)


def test_a_claim_that_may_be_right_is_not_said_back() -> None:
    """The question alone lets the candidate explain themselves."""
    for denies, is_quoted in ((0.97, True), (0.8, False)):
        doubted = replace(CLAIM, status=PointStatus.NOT_SURE, note=MAY_DENY, denies=denies)
        chosen = BANKS.in_the_banks_words(LORA, move(Move.CHALLENGE, "merging"), [SLOW], [doubted])
        assert (chosen.anchor is not None) is is_quoted
