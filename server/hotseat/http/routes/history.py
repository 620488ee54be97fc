"""The HTTP routes of what past interviews say together: progress, and attempts at a question."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from hotseat.http.identity import Who
from hotseat.interview.interviews import Interviews
from hotseat.practice.history import History
from hotseat.review.attempts import Attempts
from hotseat.services import Services


def history_routes(services: Services, interviews: Interviews) -> APIRouter:
    router = APIRouter()

    @router.get("/api/progress")
    async def progress(who: Who) -> dict[str, Any]:
        return await History(services, who.person).progress()

    @router.get("/api/attempts/{topic}/{slug}")
    async def attempts(topic: str, slug: str, who: Who) -> dict[str, Any]:
        return await Attempts(services, interviews, who.person).at(f"{topic}/{slug}")

    @router.get("/api/attempts/{topic}/{slug}/compared")
    async def compared(topic: str, slug: str, earlier: str, later: str, who: Who) -> dict[str, Any]:
        """Each attempt as ``<interview>.<round>``."""
        return await Attempts(services, interviews, who.person).compare(f"{topic}/{slug}", earlier, later)

    return router
