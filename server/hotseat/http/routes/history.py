"""The HTTP routes of what past interviews say together: progress, and attempts at a question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter

from hotseat.http.identity import Who
from hotseat.practice.history import History
from hotseat.review.attempts import Attempts


def history_routes(history_of: Callable[[str], History], attempts_of: Callable[[str], Attempts]) -> APIRouter:
    """Both by the id of the person they are of."""
    router = APIRouter()

    @router.get("/api/progress")
    async def progress(who: Who) -> dict[str, Any]:
        return await history_of(who.person).progress()

    @router.get("/api/attempts/{topic}/{slug}")
    async def attempts(topic: str, slug: str, who: Who) -> dict[str, Any]:
        return await attempts_of(who.person).at(f"{topic}/{slug}")

    @router.get("/api/attempts/{topic}/{slug}/compared")
    async def compared(topic: str, slug: str, earlier: str, later: str, who: Who) -> dict[str, Any]:
        """Each attempt as ``<interview>.<round>``."""
        return await attempts_of(who.person).compare(f"{topic}/{slug}", earlier, later)

    return router
