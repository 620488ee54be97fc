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
    anchor: str | None = None
    """The candidate's words that it picks up."""
    move: Move | None = None
    """None if it is the bank's move, which says so itself."""
    act: Act = Act.ANSWER
    """What the candidate did instead of answering, as the model sees it; otherwise ANSWER."""
    choice: Choice | None = None
    """Why it is asked; None until that is known, and where choosing failed."""
