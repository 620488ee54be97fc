"""The HTTP routes of what past interviews say together: progress, and attempts at a question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter

from hotseat.http.identity import Who
from hotseat.practice.history import History
from hotseat.review.reviews import Reviews


def history_routes(history_of: Callable[[str], History], reviews: Reviews) -> APIRouter:
    """``history_of`` takes the id of a person."""
    router = APIRouter()

    @router.get("/api/progress")
    async def progress(who: Who) -> dict[str, Any]:
        return await history_of(who.person).progress()

    @router.get("/api/attempts/{topic}/{slug}")
    async def attempts(topic: str, slug: str, who: Who) -> dict[str, Any]:
        return await reviews.attempts(who.person, f"{topic}/{slug}")

    @router.get("/api/attempts/{topic}/{slug}/compared")
    async def compared(topic: str, slug: str, earlier: str, later: str, who: Who) -> dict[str, Any]:
        """Each attempt as ``<interview>.<round>``."""
        return await reviews.compare(who.person, f"{topic}/{slug}", earlier, later)

    return router
