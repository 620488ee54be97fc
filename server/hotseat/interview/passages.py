"""What of the candidate's words a follow-up can be tied to: the passage that is most about what it asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from hotseat.domain.followups import overlap
from hotseat.domain.model import Answer, FollowUp, Question
from hotseat.grading.clauses import clauses
from hotseat.grading.passage import is_echo

_LONGEST, _SHORTEST = 14, 5
"""Words of a passage: enough to be understood, few enough to be said back in one breath."""
_LEAST_SHARED = 0.05
"""Share of words under which nothing that was said has to do with the follow-up."""


PassageFor = Callable[[Question, FollowUp, Sequence[Answer]], str | None]
"""What of the answers a follow-up picks up, if anything."""


def nearest(question: Question, follow_up: FollowUp, answers: Sequence[Answer]) -> str | None:
    """The passage that shares most words with the follow-up and the points it asks about; None when none has to do with it."""
    found = [text for answer in answers for text in _pieces(answer) if not is_echo(text, question.prompt)]
    if not found:
        return None
    wanted = [follow_up.text, " ".join(point.statement for point in question.points if point.id in follow_up.probes)]
    shared = [sum(overlap(text, other) for other in wanted) / len(wanted) for text in found]
    best, text = max(zip(shared, found, strict=True))
    return text if best >= _LEAST_SHARED else None


def _pieces(answer: Answer) -> Iterator[str]:
    """The answer's sentences and clauses; longer ones cut at commas."""
    words = [word.text for word in answer.transcript.words]
    for start, end in clauses(answer):
        piece: list[str] = []
        for clause in _clauses(words[start:end]):
            if len(piece) + len(clause) > _LONGEST:
                yield from _fit(piece)
                piece = []
            piece += clause
        yield from _fit(piece)


def _clauses(words: Sequence[str]) -> Iterator[list[str]]:
    clause: list[str] = []
    for word in words:
        clause.append(word)
        if word.endswith((",", ";", ":")):
            yield clause
            clause = []
    yield clause


def _fit(piece: Sequence[str]) -> Iterator[str]:
    if _SHORTEST <= len(piece) <= 2 * _LONGEST:
        yield " ".join(piece).rstrip(",;:")
