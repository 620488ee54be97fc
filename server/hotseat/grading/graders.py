"""The graders of one process."""

from __future__ import annotations

from dataclasses import dataclass

from hotseat.grading.embedded import EmbeddedGrader
from hotseat.grading.exam import Exam
from hotseat.grading.grader import Grader
from hotseat.grading.llm import LlmGrader


@dataclass(slots=True)
class Graders:
    """Filled in as models load; None until then, or where a part isn't installed."""

    in_use: Grader | None = None
    """The grader of answers: ``embedded``, or a ``FallbackGrader`` with the language model (hotseat.startup.exams decides)."""
    embedded: EmbeddedGrader | None = None
    llm: LlmGrader | None = None
    exam: Exam | None = None
