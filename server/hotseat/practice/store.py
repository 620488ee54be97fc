"""Where practice is kept: self-assessments, choices, ratings and cards. hotseat.storage.store implements it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from hotseat.practice.records import Assessment, PointCard, Rated
from hotseat.session.store import InterviewReader


class PracticeStore(InterviewReader, Protocol):
    """Every method raises StorageError."""

    async def add_assessment(self, owner: str, assessment: Assessment) -> None: ...

    async def assessments(self, owner: str) -> tuple[Assessment, ...]:
        """Oldest first."""
        ...

    async def settings(self, owner: str) -> dict[str, Any]:
        """What this person has chosen, by name."""
        ...

    async def keep(self, owner: str, name: str, value: Any) -> None:
        """Keeps a JSON value; None forgets it."""
        ...

    async def rated_rounds(self) -> set[tuple[str, int]]:
        """(interview, round) of everybody's ratings."""
        ...

    async def ratings(self, owner: str, question_id: str) -> tuple[Rated, ...]:
        """Oldest first."""
        ...

    async def rate(self, owner: str, rated: Rated, cards: Sequence[PointCard]) -> None:
        """Replaces the ratings of a round and the cards of its question, in one transaction."""
        ...

    async def set_cards(self, owner: str, question_id: str, cards: Sequence[PointCard]) -> None:
        """Replaces the cards of a question."""
        ...

    async def cards(self, owner: str) -> tuple[PointCard, ...]:
        """The one due first comes first."""
        ...
