"""What the interviews of one process share."""

from __future__ import annotations

from dataclasses import dataclass

from hotseat.clock import Clock
from hotseat.grading.graders import Graders
from hotseat.interview.bank_interviewer import Interviewer
from hotseat.load_shedding import LiveTurns
from hotseat.practice.due import Practice
from hotseat.questions.library import Library
from hotseat.speech.models import SpeechModels
from hotseat.storage.storage import Storage
from hotseat.telemetry.metrics import Metrics


@dataclass(frozen=True, slots=True)
class InterviewContext:
    """Used by hotseat.interview only; everything else is handed the parts that it needs."""

    library: Library
    storage: Storage
    clock: Clock
    practice: Practice
    speech: SpeechModels
    interviewer: Interviewer
    graders: Graders
    turns: LiveTurns
    metrics: Metrics
