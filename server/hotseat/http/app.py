"""The application: its routes, error handlers and background tasks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect
from starlette.staticfiles import StaticFiles

from hotseat import errors
from hotseat.accounts.authentication import Authenticator
from hotseat.accounts.identity import LOCAL_PERSON, Identity
from hotseat.attributes import attributes
from hotseat.housekeeping import run_housekeeping
from hotseat.http.guard import Guard
from hotseat.http.identity import Who
from hotseat.http.routes.accounts import access_routes
from hotseat.http.routes.documents import documents_routes
from hotseat.http.routes.review import review_routes
from hotseat.http.routes.study import study_routes
from hotseat.http.routes.transfer import transfer_routes
from hotseat.http.statuses import retry_after, status_of
from hotseat.http.templates import VERSION, Pages
from hotseat.interview.connection import Connection
from hotseat.interview.cv_claims import QUESTIONS
from hotseat.interview.interviews import Interviews
from hotseat.questions.formats import Choices, CvClaim
from hotseat.questions.views import lobby_view
from hotseat.server_status import STORAGE, PartState
from hotseat.startup.assembly import Assembly
from hotseat.startup.exams import sit_if_due, sit_interviewer_if_due
from hotseat.startup.loading import load_models, load_storage
from hotseat.strict_model import StrictModel
from hotseat.transfer.scheduled import keep_backups

log = logging.getLogger(__name__)

_PAGES = (
    "/", "/study", "/study/learn", "/study/rate", "/papers", "/cheat-sheet", "/past", "/progress",
    "/interview/{interview_id}", "/review/{interview_id}", "/attempts/{topic}/{slug}",
)  # fmt: skip
"""Paths that all get the same HTML; the page's script draws what the path names."""
_LINE = r"^[^\x00-\x1f\x7f]+$"
"""Text without line breaks or other control characters."""
RETRY_S = 5.0
"""Seconds between two attempts to reach a database that was down at the start."""


class NewClaim(CvClaim):
    """Each of the two is one line."""

    claim: Annotated[str, Field(pattern=_LINE, max_length=300)]
    question: Annotated[str, Field(pattern=_LINE, max_length=500)]


class NewInterview(StrictModel):
    """The interview to make."""

    format: str
    question_id: str | None = None
    question_ids: Annotated[list[str], Field(max_length=50)] = []
    """Several questions make several rounds."""
    claims: Annotated[list[NewClaim], Field(max_length=QUESTIONS)] = []
    """Claims of a CV to be asked about, as ``POST /api/papers/claims`` gives them."""
    follow_ups: Annotated[int, Field(ge=0, le=3)] | None = None
    tier: Annotated[int, Field(ge=1, le=4)] | None = None
    """The path's, or 3, where it is not given."""
    time_factor: Annotated[float, Field(ge=1, le=3)] = 1.0
    path: str | None = None


def create_app(assembly: Assembly, load: Callable[[Assembly], Awaitable[None]] | None = None) -> FastAPI:
    """The application; it serves pages at once and loads models behind them, or whatever ``load`` does instead."""
    settings, storage, accounts, clock = assembly.settings, assembly.storage, assembly.accounts, assembly.clock
    interviews = assembly.interviews()

    async def load_and_maintain() -> None:
        await (load or load_models)(assembly)
        while assembly.status.parts[STORAGE].state is PartState.FAILED:  # the database may start after this process
            await asyncio.sleep(RETRY_S)
            await load_storage(assembly)
        await assembly.practice().catch_up()
        exams = (sit_if_due(assembly), sit_interviewer_if_due(assembly))
        await asyncio.gather(interviews.maintain(), *exams, *(supervisor.maintain() for supervisor in assembly.supervisors))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await load_storage(assembly)
        housekeeping = run_housekeeping(storage.store, storage.archive, accounts, clock, settings.retention_days)
        tasks = [asyncio.create_task(load_and_maintain()), asyncio.create_task(housekeeping)]
        if settings.backup_dir is not None:
            every_s = settings.backup_hours * 3600
            backups = keep_backups(storage, clock, settings.backup_dir, every_s, settings.backup_keep)
            tasks.append(asyncio.create_task(backups))
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await interviews.close()
        if assembly.llama is not None:
            await asyncio.to_thread(assembly.llama.close)
        await storage.store.close()
        await assembly.metrics.close()

    app = FastAPI(
        title="Hotseat",
        version=VERSION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        # Its own spans and logs would carry tokens in addresses and what was sent; ours are in hotseat.telemetry.tracing.
        telemetry={"auto_configure": False, "tracing": False, "metrics": False, "logs": False},
    )
    app.state.owner_of = storage.store.owner_of
    app.state.data_dir = settings.data_dir
    app.state.drain = interviews.drain
    authenticator = Authenticator(settings, accounts, clock)
    app.add_middleware(Guard, authenticator=authenticator, clock=clock)
    app.add_exception_handler(errors.HotseatError, _on_error)
    app.add_exception_handler(UnicodeEncodeError, _on_lone_surrogate)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.mount("/static", GZipMiddleware(StaticFiles(directory=settings.web_dir)), name="static")
    pages = Pages(settings.web_dir)
    _add_pages(app, pages)
    app.include_router(access_routes(accounts, pages, assembly.provider))
    _add_api(app, assembly, interviews)
    app.include_router(study_routes(assembly.library, assembly.preparation, assembly.agenda, assembly.progress))
    app.include_router(documents_routes(assembly.library, lambda: assembly.claims))
    find = interviews.load
    reviews, amending, coaching = assembly.reviews(find), assembly.amending(find), assembly.coaching(find)
    app.include_router(review_routes(reviews, amending, coaching, storage.archive))
    app.include_router(transfer_routes(storage, assembly.library, clock, accounts, interviews))
    return app


def _add_pages(app: FastAPI, pages: Pages) -> None:
    def render(request: Request, status: int = 200) -> HTMLResponse:
        # None only while the database is down: otherwise the guard lets in nobody without authentication.
        who: Identity | None = request.scope["identity"]
        return pages.render("index.html", status, title="Hotseat", name=who.name if who else "")

    async def shell(request: Request) -> HTMLResponse:
        return render(request)

    for path in _PAGES:
        app.add_api_route(path, shell, response_class=HTMLResponse, include_in_schema=False)

    async def on_http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 404 and _wants_page(request):  # the page says so in words
            return render(request, 404)
        return JSONResponse({"error": error.detail}, error.status_code)

    app.add_exception_handler(HTTPException, on_http_error)


def _wants_page(request: Request) -> bool:
    is_page = not request.scope["path"].startswith(("/api/", "/static/"))
    return request.method == "GET" and is_page and "text/html" in request.headers.get("accept", "")


def _add_api(app: FastAPI, assembly: Assembly, interviews: Interviews) -> None:
    library, status = assembly.library, assembly.status
    bank = lobby_view(library.bank, library.catalogue)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        degraded = [part.name for part in status.degraded]
        return JSONResponse({"ready": status.is_ready, "degraded": degraded}, 200 if status.is_ready else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics(who: Who) -> Response:
        if who.role != "owner":
            raise errors.RefusedError("only an owner or the token can read these")
        return Response(assembly.metrics.render(), media_type=CONTENT_TYPE_LATEST)

    @app.get("/api/status")
    async def get_status() -> dict[str, Any]:
        parts = [attributes(part, "name", "state", "detail", "done", "total") for part in status.parts.values()]
        return {"ready": status.is_ready, "version": VERSION, "parts": parts, "local": assembly.settings.local}

    @app.get("/api/bank")
    async def get_bank() -> dict[str, Any]:
        return bank

    @app.get("/api/formats")
    async def get_formats() -> dict[str, Any]:
        """The bank's formats and tiers, for pages that need no questions."""
        return {"formats": bank["formats"], "tiers": bank["tiers"]}

    @app.post("/api/interviews", status_code=201)
    async def create(wanted: NewInterview, who: Who) -> dict[str, str]:
        choices = Choices(
            format=wanted.format,
            question_ids=(wanted.question_id,) if wanted.question_id else tuple(wanted.question_ids),
            claims=tuple(wanted.claims),
            follow_ups=wanted.follow_ups,
            tier=wanted.tier or (library.catalogue.path(wanted.path).tier if wanted.path else 3),
            time_factor=wanted.time_factor,
            path=wanted.path,
            weakness=await assembly.preparation(who.person).weakness(),
        )
        return {"id": await interviews.create(who.person, choices)}

    @app.websocket("/api/interviews/{interview_id}/socket")
    async def socket(websocket: WebSocket, interview_id: str, who: Who) -> None:
        await websocket.accept()
        await interviews.connect(who.person, interview_id, Connection(websocket), shared=who != LOCAL_PERSON)


async def _on_error(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, errors.StorageError):
        log.warning("%s", error)
    # Only the owner may know where the data is, and finds it in the log.
    told = str(error).replace(str(request.app.state.data_dir), "the data folder")
    return JSONResponse({"error": told.encode(errors="replace").decode()}, status_of(error), retry_after(error))


async def _on_lone_surrogate(_request: Request, _error: Exception) -> JSONResponse:
    """JSON can write half of a surrogate pair, which UTF-8 can't: it can be neither stored nor sent back."""
    return JSONResponse({"error": "the text contains a broken character; delete it and try again"}, 422)


async def _on_disconnect(_request: Request, _error: Exception) -> Response:
    """The client has gone, so nobody reads this."""
    return Response(status_code=400)


async def _on_invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    wrong = "; ".join(f"{'.'.join(str(part) for part in item['loc'][1:])}: {item['msg']}" for item in error.errors())
    return JSONResponse({"error": wrong}, 422)
