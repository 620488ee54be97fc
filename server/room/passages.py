"""What of the candidate's words a follow-up can be tied to: the passage that is most about what it asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from server.core.domain import Answer, FollowUp, Question
from server.core.followups import overlap
from server.grading.embedding import Embedder
from server.grading.hearing import is_echo
from server.grading.quoting import passages

_LONGEST, _SHORTEST = 14, 5
"""Words of a passage: enough to be understood, few enough to be said back in one breath."""
_LEAST_LIKE, _LEAST_SHARED = 0.2, 0.05
"""Cosine, and share of words, under which nothing that was said has to do with the follow-up."""


class Passages:
    """Compares by meaning where there is an embedder, else by words."""

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._embedder = embedder

    def nearest(self, question: Question, follow_up: FollowUp, answers: Sequence[Answer]) -> str | None:
        """The passage most like the follow-up and what it is after; None when none has to do with it."""
        found = [text for answer in answers for text in _pieces(answer) if not is_echo(text, question.prompt)]
        if not found:
            return None
        wanted = [follow_up.text, " ".join(point.statement for point in question.points if point.id in follow_up.probes)]
        likeness, text = max(zip(self._likeness(wanted, found), found, strict=True))
        return text if likeness >= (_LEAST_SHARED if self._embedder is None else _LEAST_LIKE) else None

    def _likeness(self, wanted: Sequence[str], found: Sequence[str]) -> list[float]:
        if self._embedder is None:
            return [sum(overlap(text, other) for other in wanted) / len(wanted) for text in found]
        scores: list[float] = (self._embedder.embed(found) @ self._embedder.embed(wanted).mean(axis=0)).tolist()
        return scores


def _pieces(answer: Answer) -> Iterator[str]:
    """The answer's sentences and clauses; longer ones cut at commas."""
    words = [word.text for word in answer.transcript.words]
    for start, end in passages(answer):
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
