"""An answer's delivery as JSON for the review page."""

from __future__ import annotations

from typing import Any

from hotseat.domain.endpointing import AudioSpan
from hotseat.domain.model import Answer
from hotseat.review.delivery import delivery
from hotseat.review.delivery_advice import FAST, SLOW, advice
from hotseat.session.phases import RoundPlan
from hotseat.speech.microphone import PREROLL_S


def delivery_json(plan: RoundPlan, answer: Answer) -> dict[str, Any] | None:
    """The delivery, in seconds and words per minute, with advice; None if the answer was typed or has no words."""
    limit_s = plan.limit_s if answer.follow_up_id is None else plan.follow_up_limit_s
    measured = delivery(answer, limit_s, PREROLL_S)
    if measured is None:
        return None
    return {
        "words": measured.words,
        "start": round(measured.start, 2),
        "end": round(measured.end, 2),
        "pace": round(measured.pace),
        "easy_pace": [SLOW, FAST],
        "stretches": [
            {"start": round(part.start, 2), "end": round(part.end, 2), "pace": round(part.pace)} for part in measured.stretches
        ],
        "pauses": [_gap(pause) for pause in measured.pauses],
        "fillers": [{"text": filler.text, "start": round(filler.start, 2)} for filler in measured.fillers],
        "first_word_s": round(measured.first_word_s, 1),
        "limit_share": round(measured.limit_share, 2),
        "monologue": _gap(measured.monologue),
        "advice": advice(measured),
    }


def _gap(gap: AudioSpan) -> dict[str, float]:
    return {"start": round(gap.start, 2), "end": round(gap.end, 2)}
