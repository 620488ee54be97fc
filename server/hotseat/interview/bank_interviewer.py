"""Chooses the bank's move that fits an answer best, and puts the candidate's own words before it where it picks them up."""

from __future__ import annotations

from collections.abc import Sequence

from hotseat.domain import followups
from hotseat.domain.model import Answer, FollowUp, Move, PointFinding, Question, Source
from hotseat.interview.chosen import Chosen
from hotseat.interview.exam import Exam
from hotseat.interview.llm_interviewer import Endpoint
from hotseat.interview.quotes import clause_of, said_back

_QUOTED_FROM = 0.9
"""Probability of a contradiction from which a challenge quotes the claim. Below it two of three such claims are right (develop
parts of the free answers), and hearing a right one said back sounds like a reproach."""


def _quote_for(question: Question, move: FollowUp, answers: Sequence[Answer], findings: Sequence[PointFinding]) -> str | None:
    """The words that a challenge or deepening picks up. None if they make no clause, have nothing to do with what is asked, are
    challenged but may well be right, or were quoted before in this round."""
    if move.move not in (Move.CHALLENGE, Move.DEEPEN):
        return None
    finding = next((finding for finding in findings if finding.point_id == move.probes[0]), None)
    if finding is None or finding.evidence is None:
        return None
    if move.move is Move.CHALLENGE and finding.denies is not None and finding.denies < _QUOTED_FROM:
        return None
    quote = clause_of(answers, finding.evidence)
    if quote is None or not followups.is_about(quote, question, move):
        return None
    return None if any(said_back(quote) in answer.asked for answer in answers) else quote


def _lead_in(quote: str, answers: Sequence[Answer]) -> str:
    """The sentence that quotes the candidate before a question; worded differently each time in a round."""
    said = said_back(quote)
    if quote.lower() not in answers[-1].transcript.text.lower():
        return f"Earlier you said {said}."
    if not any("ou said " in answer.asked for answer in answers):
        return f"You said {said}."
    return f"{said[:2].upper()}{said[2:]}, you said." if said.startswith("\u201c") else f"And you said {said}."


class Interviewer:
    """Ranks the bank's moves and words them; holds the language model that may ask instead."""

    def __init__(self) -> None:
        self.endpoint: Endpoint | None = None
        """The language model that asks follow-ups; None if the bank's moves are asked."""
        self.exam: Exam | None = None
        """That model's exam."""

    def rank(
        self, question: Question, answers: Sequence[Answer], findings: Sequence[PointFinding], tier: int
    ) -> tuple[FollowUp, ...]:
        """The bank's moves that fit these answers of one round, the best first."""
        used = {answer.follow_up_id for answer in answers if answer.follow_up_id}
        said = " ".join(answer.transcript.text for answer in answers)
        return followups.rank(question, findings, used, tier, said)

    def in_the_banks_words(
        self, question: Question, move: FollowUp, answers: Sequence[Answer], findings: Sequence[PointFinding]
    ) -> Chosen:
        """The move in the bank's words, after a quote of the answer where it picks one up."""
        quote = _quote_for(question, move, answers, findings)
        text = f"{_lead_in(quote, answers)} {move.text}" if quote else move.text
        return Chosen(move.id, text, Source.BANK, anchor=quote)
