"""The HTTP routes of the study page."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from hotseat.http.identity import Who
from hotseat.practice.agenda import Agenda
from hotseat.practice.ics import MEDIA_TYPE
from hotseat.practice.planning import MAX_WEEKS
from hotseat.practice.preparation import Preparation
from hotseat.questions.library import Library
from hotseat.questions.study import study_view
from hotseat.strict import Strict


class NewAssessment(Strict):
    """A score for each topic."""

    scores: dict[str, Annotated[int, Field(strict=True, ge=1, le=5)]]


class NewPlan(Strict):
    """What to prepare for, and by when: one of weeks and date."""

    path: str
    weeks: Annotated[int, Field(strict=True, ge=1, le=MAX_WEEKS)] | None = None
    date: datetime.date | None = None


class Tick(Strict):
    """Whether a task is done."""

    done: bool


def study_routes(
    library: Library, preparation_of: Callable[[str], Preparation], agenda_of: Callable[[str], Agenda]
) -> APIRouter:
    """Everything below /api that has to do with preparing; both by the id of the person they are of."""

    def of_candidate(who: Who) -> Preparation:
        return preparation_of(who.person)

    def agenda_of_candidate(who: Who) -> Agenda:
        return agenda_of(who.person)

    mine, my_agenda = Depends(of_candidate), Depends(agenda_of_candidate)
    router = APIRouter()
    study = study_view(library.study, library.catalogue.paths)

    @router.get("/api/study")
    async def get_study() -> dict[str, Any]:
        return study

    @router.get("/api/assessments")
    async def assessments(preparation: Preparation = mine) -> dict[str, Any]:
        return await preparation.assessments()

    @router.post("/api/assessments", status_code=201)
    async def assess(wanted: NewAssessment, preparation: Preparation = mine) -> dict[str, Any]:
        await preparation.assess(wanted.scores)
        return await preparation.assessments()

    @router.get("/api/plan")
    async def plan(preparation: Preparation = mine) -> dict[str, Any]:
        return await preparation.plan()

    @router.put("/api/plan")
    async def choose(wanted: NewPlan, preparation: Preparation = mine) -> dict[str, Any]:
        await preparation.choose(wanted.path, wanted.weeks, wanted.date)
        return await preparation.plan()

    @router.get("/api/checkpoints")
    async def checkpoints(preparation: Preparation = mine) -> dict[str, Any]:
        return await preparation.checkpoints()

    @router.put("/api/checkpoints/{task_id}")
    async def tick(task_id: str, wanted: Tick, preparation: Preparation = mine) -> dict[str, Any]:
        await preparation.tick(task_id, wanted.done)
        return await preparation.checkpoints()

    @router.get("/api/today")
    async def today(agenda: Agenda = my_agenda) -> dict[str, Any]:
        return await agenda.today()

    @router.get("/api/hotseat.ics")
    async def calendar(agenda: Agenda = my_agenda) -> Response:
        return Response(await agenda.calendar(), media_type=MEDIA_TYPE)

    return router
