"""The HTTP routes of what past interviews say together: progress, and attempts at a question."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter

from hotseat.http.identity import Who
from hotseat.review.reviews import Reviews


def history_routes(progress_of: Callable[[str], Awaitable[dict[str, Any]]], reviews: Reviews) -> APIRouter:
    """``progress_of`` takes the id of a person."""
    router = APIRouter()

    @router.get("/api/progress")
    async def progress(who: Who) -> dict[str, Any]:
        return await progress_of(who.person)

    @router.get("/api/attempts/{topic}/{slug}")
    async def attempts(topic: str, slug: str, who: Who) -> dict[str, Any]:
        return await reviews.attempts(who.person, f"{topic}/{slug}")

    @router.get("/api/attempts/{topic}/{slug}/compared")
    async def compared(topic: str, slug: str, earlier: str, later: str, who: Who) -> dict[str, Any]:
        """Each attempt as ``<interview>.<round>``."""
        return await reviews.compare(who.person, f"{topic}/{slug}", earlier, later)

    return router
