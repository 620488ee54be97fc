"""An interview as JSON for the review page and lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from hotseat.attributes import attributes
from hotseat.clock import iso
from hotseat.domain.corrections import Correction, Corrections, corrected, corrections_in_force
from hotseat.domain.endpointing import AudioSpan
from hotseat.domain.model import Answer, Bank, Choice, Question
from hotseat.grading.clauses import clauses
from hotseat.review.best_answer import best_answer
from hotseat.review.delivery import delivery
from hotseat.review.delivery_advice import FAST, SLOW, advice
from hotseat.review.grade_view import grade_json
from hotseat.review.rounds import Round
from hotseat.review.word_starts import with_corrected_starts
from hotseat.session.phases import Finished, RoundPlan, State
from hotseat.session.records import Amendments, InterviewRecord, Regrade, RegradeKind
from hotseat.session.summary import phase_name
from hotseat.speech.microphone import PREROLL_S
from hotseat.speech.recordings import AudioArchive


def list_entry(record: InterviewRecord) -> dict[str, Any]:
    """One line of the list of past interviews."""
    return {
        **attributes(record, "id", "format", "title"),
        "created": iso(record.created),
        **record.summary,
    }


def review(record: InterviewRecord, state: State, amendments: Amendments, bank: Bank, archive: AudioArchive) -> dict[str, Any]:
    """The whole interview, finished or not. Reads the archive, so it blocks. Raises StorageError."""
    progress = state.progress
    rounds = [
        Round(index, record.owner, plan.question_in(bank), progress, amendments)
        for index, plan in enumerate(progress.plan.rounds)
    ]
    return {
        **attributes(record, "id", "format", "title", "options"),
        **attributes(progress.plan, "think_s", "silence_s"),
        "created": iso(record.created),
        "finished": isinstance(state, Finished),
        "phase": phase_name(state),
        "audio_deleted": None if record.audio_deleted is None else iso(record.audio_deleted),
        "rounds": [_round(record.id, entry, archive) for entry in rounds if entry.answers or not isinstance(state, Finished)],
    }


def _round(interview_id: str, entry: Round, archive: AudioArchive) -> dict[str, Any]:
    plan, progress, question, index = entry.plan, entry.progress, entry.question, entry.index
    answers = [replace(answer, transcript=with_corrected_starts(answer.transcript, answer.speech)) for answer in entry.answers]
    graded, grade, regrades = entry.first_grade, entry.grade, entry.regrades
    in_force = corrections_in_force(entry.corrections)
    note = next((note for note in entry.amendments.notes if note.round == index), None)
    # The first grade quotes the words as recognised, later ones as corrected.
    graded_as = ([corrected(answer, in_force) for answer in answers], in_force) if regrades else (answers, {})
    return {
        "round": index + 1,
        "question": _question(question),
        **attributes(plan, "limit_s", "follow_ups", "follow_up_limit_s"),
        "answers": [answer_json(interview_id, plan, answer, archive, in_force) for answer in answers],
        "acts": [
            {**attributes(said, "turn_id", "act", "text", "asked"), "choice": choice_json(said.choice)}
            for said in progress.acts
            if said.round == index
        ],
        "used_s": round(sum(answer.duration_s for answer in answers), 3),
        "hints_used": progress.hints_used[index] if index < len(progress.hints_used) else 0,
        "grade": None if grade is None else grade_json(grade, question, *graded_as),
        "best": [] if grade is None else [asdict(piece) for piece in best_answer(question, grade, graded_as[0])],
        "grade_state": "graded" if grade is not None else "pending" if graded is None else "not graded",
        "grade_reason": graded.reason if graded is not None and grade is None else "",
        "first_verdict": graded.grade.verdict.value if regrades and graded and graded.grade else None,
        "ungraded_corrections": ungraded(entry.corrections, regrades),
        "history": [_regrade(regrade, question) for regrade in regrades],
        "note": {"text": note.text, "changed": iso(note.changed)} if note else None,
    }


def ungraded(corrections: Sequence[Correction], regrades: Sequence[Regrade]) -> int:
    """How many of a round's corrections are newer than its last grade for corrections."""
    seen = max((entry.made for entry in regrades if entry.kind is RegradeKind.CORRECTED), default=0.0)
    return sum(entry.made > seen for entry in corrections)


def _regrade(entry: Regrade, question: Question) -> dict[str, Any]:
    """A line of the round's history: what was corrected, disputed or answered, and the verdict after it."""
    statements = {point.id: point.statement for point in question.points}
    return {
        **attributes(entry, "kind", "reason", "by"),
        "verdict": entry.grade["verdict"],
        "statement": statements.get(entry.ruling["point_id"], "") if entry.ruling else "",
        "said": entry.ruling.get("said"),
        "ruling": entry.ruling or None,
        "made": iso(entry.made),
    }


def _question(question: Question) -> dict[str, Any]:
    return {
        **attributes(question, "id", "topic", "title", "prompt", "kind", "model_answer", "hints"),
        "in_bank": question.has_rubric,
        "criteria": [
            {
                **attributes(criterion, "id", "name", "weight", "strong", "lean", "no"),
                "points": [attributes(point, "id", "statement", "tier") for point in criterion.points],
            }
            for criterion in question.criteria
        ],
    }


def answer_json(
    interview_id: str, plan: RoundPlan, answer: Answer, archive: AudioArchive, corrections: Corrections
) -> dict[str, Any]:
    """One turn: question, answer and recording. Raises StorageError.

    ``words`` are as recognised; a corrected one has its new text in ``now``.
    """
    limit_s = plan.limit_s if answer.follow_up_id is None else plan.follow_up_limit_s
    address = f"/api/interviews/{interview_id}/turns/{answer.turn_id}"
    stored = archive.seconds(interview_id, answer.turn_id) > 0
    words = [asdict(word) for word in answer.transcript.words]
    for (turn_id, place), correction in corrections.items():
        if turn_id == answer.turn_id and place < len(words):
            words[place]["now"] = {"text": correction.text, "change": correction.change.value}
    return {
        **attributes(answer, "turn_id", "asked", "ended_by", "note"),
        **attributes(answer.transcript, "text", "raw_text", "typed"),
        "asked_audio": f"{address}/asked.wav",
        "follow_up": answer.follow_up_id is not None,
        "words": words,
        "passages": clauses(answer),
        "duration_s": round(answer.duration_s, 3),
        "limit_s": limit_s,
        "choice": choice_json(answer.choice),
        "audio": f"{address}/audio.wav" if stored else None,
        "peaks": f"{address}/peaks.json" if stored else None,
        "delivery": delivery_json(answer, limit_s),
    }


def choice_json(choice: Choice | None) -> dict[str, Any] | None:
    """Why a follow-up was asked."""
    return None if choice is None else asdict(choice) | {"known": dict(choice.known)}


def delivery_json(answer: Answer, limit_s: float) -> dict[str, Any] | None:
    """The delivery, in seconds and words per minute, with advice; None if the answer was typed or has no words."""
    measured = delivery(answer, limit_s, PREROLL_S)
    if measured is None:
        return None
    return {
        "words": measured.words,
        **_span(measured),
        "pace": round(measured.pace),
        "easy_pace": [SLOW, FAST],
        "stretches": [{**_span(part), "pace": round(part.pace)} for part in measured.stretches],
        "pauses": [_span(pause) for pause in measured.pauses],
        "fillers": [{"text": filler.text, "start": round(filler.start, 2)} for filler in measured.fillers],
        "first_word_s": round(measured.first_word_s, 1),
        "limit_share": round(measured.limit_share, 2),
        "monologue": _span(measured.monologue),
        "advice": advice(measured),
    }


def _span(span: AudioSpan) -> dict[str, float]:
    return {"start": round(span.start, 2), "end": round(span.end, 2)}
