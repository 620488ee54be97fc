"""The HTTP routes of the study page and of progress."""

from __future__ import annotations

import datetime
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from hotseat.http.identity import Who
from hotseat.practice.agenda import Agenda
from hotseat.practice.ics import MEDIA_TYPE
from hotseat.practice.planning import MAX_WEEKS
from hotseat.practice.preparation import Preparation
from hotseat.questions.library import Library
from hotseat.questions.study import study_view
from hotseat.strict_model import StrictModel


class NewAssessment(StrictModel):
    """A score for each topic."""

    scores: dict[str, Annotated[int, Field(strict=True, ge=1, le=5)]]


class NewPlan(StrictModel):
    """What to prepare for, and by when: one of weeks and date."""

    path: str
    weeks: Annotated[int, Field(strict=True, ge=1, le=MAX_WEEKS)] | None = None
    date: datetime.date | None = None


class Tick(StrictModel):
    """Whether a task is done."""

    done: bool


def study_routes(
    library: Library,
    preparation_of: Callable[[str], Preparation],
    agenda_of: Callable[[str], Agenda],
    progress_of: Callable[[str], Awaitable[dict[str, Any]]],
) -> APIRouter:
    """Everything below /api that has to do with preparing. The three functions take the id of a person."""

    router = APIRouter()
    study = study_view(library.study, library.catalogue.paths)

    @router.get("/api/study")
    async def get_study() -> dict[str, Any]:
        return study

    @router.get("/api/assessments")
    async def assessments(who: Who) -> dict[str, Any]:
        return await preparation_of(who.person).assessments()

    @router.post("/api/assessments", status_code=201)
    async def assess(wanted: NewAssessment, who: Who) -> dict[str, Any]:
        preparation = preparation_of(who.person)
        await preparation.assess(wanted.scores)
        return await preparation.assessments()

    @router.get("/api/plan")
    async def plan(who: Who) -> dict[str, Any]:
        return await preparation_of(who.person).plan()

    @router.put("/api/plan")
    async def choose(wanted: NewPlan, who: Who) -> dict[str, Any]:
        preparation = preparation_of(who.person)
        await preparation.choose(wanted.path, wanted.weeks, wanted.date)
        return await preparation.plan()

    @router.get("/api/checkpoints")
    async def checkpoints(who: Who) -> dict[str, Any]:
        return await preparation_of(who.person).checkpoints()

    @router.put("/api/checkpoints/{task_id}")
    async def tick(task_id: str, wanted: Tick, who: Who) -> dict[str, Any]:
        preparation = preparation_of(who.person)
        await preparation.tick(task_id, wanted.done)
        return await preparation.checkpoints()

    @router.get("/api/today")
    async def today(who: Who) -> dict[str, Any]:
        return await agenda_of(who.person).today()

    @router.get("/api/hotseat.ics")
    async def calendar(who: Who) -> Response:
        return Response(await agenda_of(who.person).calendar(), media_type=MEDIA_TYPE)

    @router.get("/api/progress")
    async def progress(who: Who) -> dict[str, Any]:
        return await progress_of(who.person)

    return router
