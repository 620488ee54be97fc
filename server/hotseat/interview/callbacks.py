"""Callbacks: follow-ups that quote an earlier claim of the candidate's which contradicts what they have just said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from hotseat.domain.model import Answer, Choice, Move, PointFinding, PointStatus, Question, Source
from hotseat.interview.chosen import Chosen
from hotseat.interview.quotes import clause_of, said_back
from hotseat.session.phases import Progress

Find = Callable[[Question, Sequence[Answer]], Awaitable[Sequence[PointFinding]]]
"""What the answers say about the question's points."""


async def contradiction(question: Question, progress: Progress, choice: Choice, find: Find) -> Chosen | None:
    """The callback to ask; None if no quotable claim on the same topic contradicts the answer that wasn't asked about before.

    ``choice`` says which points the answer has made.
    """
    asked = {answer.follow_up_id for answer in progress.answers}
    earlier = [
        answer
        for answer in progress.answers
        if answer.round < progress.round
        and answer.transcript.words
        and answer.question_id != question.id
        and answer.question_id.split("/")[0] == question.topic
    ]
    made = {name for name, status in choice.known if status is PointStatus.MET and _id(name) not in asked}
    if not earlier or not made:
        return None
    for finding in await find(_only(question, made), earlier):
        if finding.status is not PointStatus.CONTRADICTED or finding.evidence is None:
            continue
        quote, turn_id = clause_of(earlier, finding.evidence), finding.evidence.turn_id
        if quote is not None:
            said_in = next(answer.round for answer in earlier if answer.turn_id == turn_id)
            text = progress.plan.lines.callback.format(question=progress.plan.rounds[said_in].title, quote=said_back(quote))
            callback = replace(choice, move=Move.CALLBACK, source=Source.BANK, anchor=quote)
            return Chosen(_id(finding.point_id), text, Source.BANK, anchor=quote, choice=callback)
    return None


def _id(point_id: str) -> str:
    return f"earlier-{point_id}"


def _only(question: Question, points: set[str]) -> Question:
    """The question with only these points."""
    criteria = (
        replace(criterion, points=tuple(point for point in criterion.points if point.id in points))
        for criterion in question.criteria
    )
    return replace(question, criteria=tuple(criterion for criterion in criteria if criterion.points))
