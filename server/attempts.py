"""The attempts at one question, and two of them side by side."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from server.core.attempts import CriterionChange, PointChange, changes
from server.core.domain import Grade, PointFinding, PointStatus, Question
from server.errors import InputError
from server.interviews import Interviews
from server.ports import InterviewRecord
from server.progress import rounds_of
from server.review import answer_json, iso
from server.services import Services
from server.snapshot import aside


@dataclass(frozen=True, slots=True)
class AttemptId:
    """A round of an interview, written ``<interview>.<round>`` with rounds counted from 1."""

    interview_id: str
    round: int

    @classmethod
    def parse(cls, text: str) -> AttemptId:
        """Raises InputError."""
        interview_id, _, number = text.rpartition(".")
        if not interview_id or not (number.isascii() and number.isdigit()):
            raise InputError(f"{text!r} is not an attempt; write the interview's id, a dot and the round, such as abc.1")
        return cls(interview_id, int(number))

    def __str__(self) -> str:
        return f"{self.interview_id}.{self.round}"


class Attempts:
    """One person's. Every method raises StorageError."""

    def __init__(self, services: Services, interviews: Interviews, owner: str) -> None:
        self._services = services
        self._interviews = interviews
        self._owner = owner

    async def at(self, question_id: str) -> dict[str, Any]:
        """Every answered round with this question, oldest first. Raises InputError for an unknown question."""
        question = self._question(question_id)
        records = await self._services.store.list(self._owner)
        return {
            "question": {"id": question.id, "topic": question.topic, "title": question.title, "prompt": question.prompt},
            "attempts": [entry for record in reversed(records) for entry in _attempts_in(record, question_id)],
        }

    async def compare(self, question_id: str, earlier: AttemptId, later: AttemptId) -> dict[str, Any]:
        """What the later one gained and lost. Raises InputError if one is not an attempt at this question."""
        question = self._question(question_id)
        before, first = await self._side(question, earlier)
        after, second = await self._side(question, later)
        compared = changes(question, first, second) if first is not None and second is not None else ()
        points = [point for criterion in compared for point in criterion.points]
        return {
            "earlier": before,
            "later": after,
            "gained": sum(point.gained for point in points),
            "lost": sum(point.lost for point in points),
            "criteria": [_criterion(change) for change in compared],
        }

    async def _side(self, question: Question, attempt: AttemptId) -> tuple[dict[str, Any], Grade | None]:
        own = await self._services.store.owner_of(attempt.interview_id) == self._owner
        found = await self._interviews.load(attempt.interview_id) if own else None
        index = attempt.round - 1
        rounds = found[1].progress.plan.rounds if found is not None else ()
        if found is None or not 0 <= index < len(rounds) or rounds[index].question_id != question.id:
            raise InputError(f"{attempt} is not an attempt at {question.id}")
        record, state = found
        grade = next((item.grade for item in state.progress.grades if item.round == index), None)
        answers = state.progress.answers_of(index)
        return {
            "id": str(attempt),
            "interview_id": record.id,
            "round": attempt.round,
            "created": iso(record.created),
            "verdict": grade.verdict.value if grade is not None else None,
            "aside": aside(grade) if grade is not None else None,
            "rubric_version": grade.rubric_version if grade is not None else None,
            "met": sum(finding.status is PointStatus.MET for finding in grade.findings) if grade is not None else None,
            "points": len(question.points),
            "answers": await asyncio.to_thread(
                lambda: [answer_json(record.id, rounds[index], answer, self._services.archive, {}) for answer in answers]
            ),
        }, grade

    def _question(self, question_id: str) -> Question:
        try:
            return self._services.bank.question(question_id)
        except KeyError:
            raise InputError(f"unknown question {question_id!r}; `hotseat bank` lists them") from None


def _attempts_in(record: InterviewRecord, question_id: str) -> list[dict[str, Any]]:
    """Rounds that were reached; an interview may ask a question once only, but plans are data."""
    return [
        {
            "id": str(AttemptId(record.id, number)),
            "interview_id": record.id,
            "round": number,
            "created": iso(record.created),
            "interview": record.title,
            "verdict": verdict,
            "aside": aside,
        }
        for number, (asked, verdict, aside) in enumerate(rounds_of(record), start=1)
        if asked == question_id and number <= record.summary["answered"]
    ]


def _criterion(change: CriterionChange) -> dict[str, Any]:
    return {
        "id": change.criterion.id,
        "name": change.criterion.name,
        "earlier": change.earlier.value,
        "later": change.later.value,
        "points": [_point(point) for point in change.points],
    }


def _point(change: PointChange) -> dict[str, Any]:
    return {
        "id": change.point.id,
        "statement": change.point.statement,
        "tier": change.point.tier.value,
        "change": "gained" if change.gained else "lost" if change.lost else "same",
        "earlier": _finding(change.earlier),
        "later": _finding(change.later),
    }


def _finding(finding: PointFinding) -> dict[str, Any]:
    evidence = finding.evidence
    return {
        "status": finding.status.value,
        "quote": evidence.quote if evidence is not None else None,
        "turn_id": evidence.turn_id if evidence is not None else None,
        "start": evidence.start if evidence is not None else None,
    }
