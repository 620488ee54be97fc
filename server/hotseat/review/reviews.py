"""Past interviews as JSON: the review of one, the list of all, and the attempts at one question."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from hotseat.attributes import attributes
from hotseat.clock import iso
from hotseat.domain.model import Grade, Level, Point, PointFinding, PointStatus, Question
from hotseat.errors import InputError
from hotseat.grading.scoring import finding_of
from hotseat.practice.progress import rounds_of
from hotseat.questions.content import find_question
from hotseat.review import view
from hotseat.review.rounds import Rounds
from hotseat.session.records import InterviewRecord
from hotseat.speech.recordings import AudioArchive

_RANK = {PointStatus.CONTRADICTED: 0, PointStatus.NOT_MET: 1, PointStatus.MET: 2}
"""From the worst to the best that an attempt can do about a point."""


@dataclass(frozen=True, slots=True)
class Reviews:
    """Every method raises StorageError."""

    rounds: Rounds
    archive: AudioArchive

    async def review(self, interview_id: str) -> dict[str, Any] | None:
        """The review as JSON; None if there is no such interview."""
        found = await self.rounds.load(interview_id)
        if found is None:
            return None
        amendments = await self.rounds.store.amendments(interview_id)
        return await asyncio.to_thread(view.review, *found, amendments, self.rounds.bank, self.archive)

    async def page(self, owner: str, limit: int, offset: int) -> dict[str, Any]:
        """A page of the person's interviews with an answer, newest first, and the total number of them."""
        records = await self.rounds.store.list(owner, limit, offset, answered=True)
        return {"interviews": [view.list_entry(record) for record in records], "total": await self.rounds.store.count(owner)}

    async def attempts(self, owner: str, question_id: str) -> dict[str, Any]:
        """The person's answered rounds with this question, oldest first. Raises InputError for an unknown question."""
        question = find_question(self.rounds.bank, question_id)
        return {
            "question": attributes(question, "id", "topic", "title", "prompt"),
            "attempts": await self._attempts(owner, question_id),
        }

    async def compare(self, owner: str, question_id: str, earlier: str, later: str) -> dict[str, Any]:
        """What the later of two attempts (``<interview>.<round>``) gained and lost. Raises InputError if one isn't there."""
        question = find_question(self.rounds.bank, question_id)
        attempts = {entry["id"]: entry for entry in await self._attempts(owner, question_id)}
        for wanted in (earlier, later):
            if wanted not in attempts:
                raise InputError(f"{wanted!r} is not an attempt at {question_id}; /api/attempts/{question_id} lists them")
        before, first = await self._side(question, attempts[earlier])
        after, second = await self._side(question, attempts[later])
        compared = changes(question, first, second) if first is not None and second is not None else []
        found = [point["change"] for criterion in compared for point in criterion["points"]]
        return {
            "earlier": before,
            "later": after,
            "gained": found.count("gained"),
            "lost": found.count("lost"),
            "criteria": compared,
        }

    async def _attempts(self, owner: str, question_id: str) -> list[dict[str, Any]]:
        records = await self.rounds.store.list(owner)
        return [entry for record in reversed(records) for entry in attempts_in(record, question_id)]

    async def _side(self, question: Question, attempt: dict[str, Any]) -> tuple[dict[str, Any], Grade | None]:
        """One side of a comparison as JSON, and its grade."""
        interview_id = attempt["interview_id"]
        entry = await self.rounds.find(interview_id, attempt["round"])
        grade = entry.grade

        def answers() -> list[dict[str, Any]]:
            return [view.answer_json(interview_id, entry.plan, answer, self.archive, {}) for answer in entry.answers]

        return {
            **attempt,
            "rubric_version": grade.rubric_version if grade is not None else None,
            "met": sum(finding.status is PointStatus.MET for finding in grade.findings) if grade is not None else None,
            "points": len(question.points),
            "answers": await asyncio.to_thread(answers),
        }, grade


def attempts_in(record: InterviewRecord, question_id: str) -> list[dict[str, Any]]:
    """The answered rounds with this question; each has the id ``<interview>.<round>``, with rounds numbered from 1."""
    return [
        {
            "id": f"{record.id}.{entry.number}",
            "interview_id": record.id,
            "round": entry.number,
            "created": iso(record.created),
            "interview": record.title,
            **attributes(entry, "verdict", "aside"),
        }
        for entry in rounds_of(record)
        if entry.question_id == question_id
    ]


def changes(question: Question, earlier: Grade, later: Grade) -> list[dict[str, Any]]:
    """The changes in every criterion of the present rubric, as JSON. A point that a grade doesn't have counts as not met."""
    before, after = ({result.criterion_id: result.level for result in grade.criteria} for grade in (earlier, later))
    return [
        {
            **attributes(criterion, "id", "name"),
            "earlier": before.get(criterion.id, Level.NO).value,
            "later": after.get(criterion.id, Level.NO).value,
            "points": [
                _point(point, finding_of(point, earlier.by_point), finding_of(point, later.by_point))
                for point in criterion.points
            ],
        }
        for criterion in question.criteria
    ]


def change(before: PointStatus, after: PointStatus) -> str:
    """ "gained", "lost" or "same", from contradicted over not met to met; "not sure" if either status is."""
    if PointStatus.NOT_SURE in (before, after):
        return "not sure"
    return "gained" if _RANK[after] > _RANK[before] else "lost" if _RANK[after] < _RANK[before] else "same"


def _point(point: Point, earlier: PointFinding, later: PointFinding) -> dict[str, Any]:
    return {
        **attributes(point, "id", "statement", "tier"),
        "change": change(earlier.status, later.status),
        "earlier": _finding(earlier),
        "later": _finding(later),
    }


def _finding(finding: PointFinding) -> dict[str, Any]:
    evidence = finding.evidence
    return {
        "status": finding.status.value,
        "quote": evidence.quote if evidence is not None else None,
        "turn_id": evidence.turn_id if evidence is not None else None,
        "start": evidence.start if evidence is not None else None,
    }
