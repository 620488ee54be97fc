"""What the interviewer has decided to ask."""

from __future__ import annotations

from dataclasses import dataclass

from hotseat.domain.acts import Act
from hotseat.domain.model import Choice, Move, Source


@dataclass(frozen=True, slots=True)
class Chosen:
    """What to ask next."""

    follow_up_id: str
    text: str
    source: Source
    reason: str = ""
    """Why the bank's words stand alone."""
    anchor: str | None = None
    """The candidate's words that it picks up."""
    move: Move | None = None
    """What it does; None for what its move in the bank does."""
    act: Act = Act.ANSWER
    """What the candidate has done instead of answering, as the model sees it; then the question stays as it was."""
    choice: Choice | None = None
    """Why it is asked; None until that is known, and where choosing failed."""
