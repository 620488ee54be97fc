"""The HTTP routes of export, import and deletion. Deletion answers with what a search afterwards still found."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import IO, Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException

from hotseat.accounts.accounts import Accounts
from hotseat.accounts.authentication import address_of
from hotseat.accounts.identity import Identity
from hotseat.clock import Clock
from hotseat.engines.codecs import Codec
from hotseat.errors import NoRoomError
from hotseat.http.identity import OwnInterview, Who
from hotseat.interview.interviews import Interviews
from hotseat.questions.library import Library
from hotseat.storage.rows import Scope
from hotseat.storage.storage import Storage
from hotseat.transfer.disk_space import TemporaryFile, check_room
from hotseat.transfer.exporting import MEDIA_TYPES, Format, export
from hotseat.transfer.importing import import_file

MAX_UPLOADED_DOCUMENT_BYTES = 16 << 20
"""Largest export.json: in memory it takes some forty times as much, on a machine that holds interviews."""
_CHUNK = 1 << 20

_Kind = Annotated[Format, Query(alias="format")]
_Audio = Annotated[Codec, Query(alias="audio")]


def transfer_routes(storage: Storage, library: Library, clock: Clock, accounts: Accounts, interviews: Interviews) -> APIRouter:
    """Everything below /api that takes interviews out, puts them back or removes them."""
    router = APIRouter()
    importing = asyncio.Lock()
    """One import at a time, as each takes memory; others wait."""
    exporting = asyncio.Lock()
    """Likewise; exports also encode audio, in threads that live recognition needs."""
    transfers = defaultdict[str, asyncio.Lock](asyncio.Lock)
    """By person: one file at a time of each, in either direction."""

    async def download(
        who: Identity, interviews: tuple[str, ...] | None, kind: Format, codec: Codec, name: str
    ) -> StreamingResponse:
        async with transfers[who.person], exporting:
            file = TemporaryFile(storage.data_dir)  # closed when it has been sent
            try:
                await export(storage, library, clock, Scope(interviews, who.person), kind, codec, file)
            except BaseException:
                file.close()
                raise
        size = file.tell()
        file.seek(0)
        headers = {"content-disposition": f'attachment; filename="{name}.{kind}"', "content-length": str(size)}
        return StreamingResponse(_chunks(file), media_type=MEDIA_TYPES[kind], headers=headers)

    @router.get("/api/interviews/{interview_id}/export", response_class=StreamingResponse)
    async def export_one(
        interview_id: OwnInterview, who: Who, kind: _Kind = "json", codec: _Audio = "opus"
    ) -> StreamingResponse:
        return await download(who, (interview_id,), kind, codec, f"hotseat-{interview_id}")

    @router.get("/api/export", response_class=StreamingResponse)
    async def export_everything(who: Who, kind: _Kind = "json", codec: _Audio = "opus") -> StreamingResponse:
        """Everything that belongs to the person who asks."""
        day = datetime.fromtimestamp(clock.wall(), UTC).date()
        return await download(who, None, kind, codec, f"hotseat-{day}")

    @router.post("/api/import", status_code=201)
    async def import_(request: Request, who: Who) -> dict[str, Any]:
        """The body is the file, whatever its content type; its interviews become those of the person who sends it."""
        try:
            async with transfers[who.person]:
                check_room(storage.data_dir, int(request.headers.get("content-length", "0")))
                with TemporaryFile(storage.data_dir) as file:
                    async for chunk in request.stream():
                        file.write(chunk)
                    file.seek(0)
                    async with importing:
                        mine = (file, who.person, MAX_UPLOADED_DOCUMENT_BYTES)
                        return asdict(await import_file(storage, library, clock, *mine))
        except NoRoomError as error:
            raise HTTPException(413, f"{error}; import fewer interviews at a time") from None

    @router.delete("/api/interviews/{interview_id}")
    async def delete(interview_id: OwnInterview, who: Who, request: Request) -> dict[str, Any]:
        removed = await interviews.delete(interview_id)
        if removed is None:
            raise HTTPException(404, "there is no such interview")
        await accounts.note("interview deleted", who.name, address_of(request), interview_id)
        return asdict(removed)

    @router.delete("/api/everything")
    async def delete_everything(who: Who, request: Request) -> dict[str, Any]:
        """Everything that belongs to the person who asks."""
        removed = await interviews.delete_everything(who.person)
        await accounts.note("everything deleted", who.name, address_of(request), f"{removed.interviews} interviews")
        return asdict(removed)

    return router


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk
