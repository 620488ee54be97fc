"""What the review page shows of an interview, as JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from server.core.domain import Answer, Bank, Grade, Question
from server.core.phases import Finished, Progress, RoundPlan, State
from server.ports import AudioArchive, InterviewRecord
from server.snapshot import phase_name
from server.speaking import delivery_json


def list_entry(record: InterviewRecord) -> dict[str, Any]:
    """One line of the list of past interviews."""
    return {
        "id": record.id,
        "format": record.format,
        "title": record.title,
        "created": iso(record.created),
        **record.summary,
    }


def review(record: InterviewRecord, state: State, bank: Bank, archive: AudioArchive) -> dict[str, Any]:
    """Everything about one interview, finished or not."""
    progress = state.progress
    return {
        "id": record.id,
        "format": record.format,
        "title": record.title,
        "created": iso(record.created),
        "options": record.options,
        "finished": isinstance(state, Finished),
        "phase": phase_name(state),
        "rounds": [
            _round(record.id, index, progress, bank, archive)
            for index in range(len(progress.plan.rounds))
            if progress.answers_of(index) or not isinstance(state, Finished)
        ],
    }


def _round(interview_id: str, index: int, progress: Progress, bank: Bank, archive: AudioArchive) -> dict[str, Any]:
    question = bank.question(progress.plan.rounds[index].question_id)
    answers = progress.answers_of(index)
    graded = next((item for item in progress.grades if item.round == index), None)
    grade = graded.grade if graded is not None else None
    return {
        "round": index + 1,
        "question": _question(question),
        "limit_s": progress.plan.rounds[index].limit_s,
        "answers": [answer_json(interview_id, progress.plan.rounds[index], answer, archive) for answer in answers],
        "hints_used": progress.hints_used[index] if index < len(progress.hints_used) else 0,
        "grade": None if grade is None else grade_json(grade, question),
        "grade_state": "graded" if grade is not None else "not graded" if graded is not None else "pending",
        "grade_reason": graded.reason if graded is not None and grade is None else "",
    }


def _question(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "topic": question.topic,
        "title": question.title,
        "prompt": question.prompt,
        "kind": question.kind,
        "model_answer": question.model_answer,
        "hints": list(question.hints),
        "criteria": [
            {
                "id": criterion.id,
                "name": criterion.name,
                "weight": criterion.weight,
                "strong": criterion.strong,
                "lean": criterion.lean,
                "no": criterion.no,
                "points": [
                    {"id": point.id, "statement": point.statement, "tier": point.tier.value} for point in criterion.points
                ],
            }
            for criterion in question.criteria
        ],
    }


def answer_json(interview_id: str, plan: RoundPlan, answer: Answer, archive: AudioArchive) -> dict[str, Any]:
    """One turn: what was asked, said and recorded. Raises StorageError."""
    stored = archive.seconds(interview_id, answer.turn_id) > 0
    return {
        "turn_id": answer.turn_id,
        "asked": answer.asked,
        "follow_up": answer.follow_up_id is not None,
        "text": answer.transcript.text,
        "raw_text": answer.transcript.raw_text,
        "words": [asdict(word) for word in answer.transcript.words],
        "typed": answer.transcript.typed,
        "duration_s": round(answer.duration_s, 3),
        "ended_by": answer.ended_by,
        "note": answer.note,
        "audio": f"/api/interviews/{interview_id}/turns/{answer.turn_id}/audio.wav" if stored else None,
        "delivery": delivery_json(interview_id, plan, answer, archive),
    }


def grade_json(grade: Grade, question: Question) -> dict[str, Any]:
    """A grade with the names and statements of what was graded."""
    criteria = {criterion.id: criterion for criterion in question.criteria}
    points = {point.id: point for point in question.points}
    plain = asdict(grade)
    del plain["question_id"], plain["criteria"]
    return {
        **plain,
        "verdict": grade.verdict.value,
        "criteria": [
            {
                "criterion_id": result.criterion_id,
                "name": criteria[result.criterion_id].name,
                "level": result.level.value,
                "findings": [
                    {
                        "point_id": finding.point_id,
                        "statement": points[finding.point_id].statement,
                        "tier": points[finding.point_id].tier.value,
                        "status": finding.status.value,
                        "note": finding.note,
                        "confidence": round(finding.confidence, 3),
                        "evidence": asdict(finding.evidence) if finding.evidence is not None else None,
                    }
                    for finding in result.findings
                ],
            }
            for result in grade.criteria
        ],
    }


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
