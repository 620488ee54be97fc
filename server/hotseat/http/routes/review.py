"""The HTTP routes of past interviews: the list, reviews and what is added to them, and attempts at one question."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from hotseat.background import in_background
from hotseat.domain.corrections import Change
from hotseat.errors import MissingError
from hotseat.grading.disputes import Claim
from hotseat.http.identity import OwnInterview, Who
from hotseat.review.amending import Amending
from hotseat.review.coaching import Coaching
from hotseat.review.reviews import Reviews
from hotseat.review.waveform import peaks
from hotseat.speech.audio import SAMPLE_RATE, wav
from hotseat.speech.recordings import AudioArchive
from hotseat.speech.synthesis import Voice
from hotseat.strict_model import StrictModel

MAX_NOTE = 20_000
"""Characters."""
_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{1,18})?|-(\d{1,18}))", re.ASCII)
"""One byte range, as in RFC 9110: ``first-last``, ``first-`` or ``-length``. No file is longer than 18 digits can say."""


class NewNote(StrictModel):
    """The whole note of a round."""

    text: Annotated[str, Field(max_length=MAX_NOTE)]


class NewCorrection(StrictModel):
    """One word of one answer."""

    turn_id: int
    word: int
    """Index of the word, from 0."""
    change: Change
    text: Annotated[str, Field(max_length=200)] = ""
    """What was said, for an edit."""


class PointAnswer(StrictModel):
    """Whether the candidate said a point that is not sure."""

    said: bool


class RepairText(StrictModel):
    """One point, written again."""

    text: Annotated[str, Field(min_length=1, max_length=1000)]


def review_routes(reviews: Reviews, amending: Amending, coaching: Coaching, archive: AudioArchive) -> APIRouter:
    router = APIRouter(prefix="/api")

    async def recording(interview_id: str, turn_id: int) -> bytes:
        """The turn's PCM16 at 16 kHz. Raises MissingError, StorageError."""
        pcm = await asyncio.to_thread(archive.read, interview_id, turn_id)
        if not pcm:
            raise MissingError("there is no audio of this answer")
        return pcm

    @router.get("/interviews")
    async def past(
        who: Who, limit: Annotated[int, Query(ge=1, le=200)] = 50, offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0
    ) -> dict[str, Any]:
        return await reviews.page(who.person, limit, offset)

    @router.get("/interviews/{interview_id}")
    async def review(interview_id: OwnInterview) -> dict[str, Any]:
        found = await reviews.review(interview_id)
        if found is None:
            raise MissingError("there is no such interview")
        return found

    @router.get("/attempts/{topic}/{slug}")
    async def attempts(topic: str, slug: str, who: Who) -> dict[str, Any]:
        return await reviews.attempts(who.person, f"{topic}/{slug}")

    @router.get("/attempts/{topic}/{slug}/compared")
    async def compared(topic: str, slug: str, earlier: str, later: str, who: Who) -> dict[str, Any]:
        """Each attempt as ``<interview>.<round>``."""
        return await reviews.compare(who.person, f"{topic}/{slug}", earlier, later)

    @router.put("/interviews/{interview_id}/rounds/{number}/note", status_code=204)
    async def note(interview_id: OwnInterview, number: int, wanted: NewNote) -> None:
        await amending.note(interview_id, number, wanted.text)

    @router.post("/interviews/{interview_id}/corrections", status_code=204)
    async def correct(interview_id: OwnInterview, wanted: NewCorrection, who: Who) -> None:
        await amending.correct(interview_id, **wanted.model_dump(), by=who.person)

    @router.post("/interviews/{interview_id}/rounds/{number}/grade", status_code=204)
    async def grade_again(interview_id: OwnInterview, number: int, who: Who) -> None:
        await amending.grade_again(interview_id, number, by=who.person)

    @router.post("/interviews/{interview_id}/rounds/{number}/disputes", status_code=204)
    async def dispute(interview_id: OwnInterview, number: int, wanted: Claim, who: Who) -> None:
        await amending.dispute(interview_id, number, wanted, by=who.person)

    @router.post("/interviews/{interview_id}/rounds/{number}/points/{point_id}", status_code=204)
    async def answer(interview_id: OwnInterview, number: int, point_id: str, wanted: PointAnswer, who: Who) -> None:
        await amending.answer(interview_id, number, point_id, wanted.said, by=who.person)

    @router.post("/interviews/{interview_id}/rounds/{number}/points/{point_id}/repair")
    async def repair(interview_id: OwnInterview, number: int, point_id: str, wanted: RepairText) -> dict[str, Any]:
        return await coaching.repair_typed(interview_id, number, point_id, wanted.text)

    @router.post("/interviews/{interview_id}/rounds/{number}/points/{point_id}/repair/spoken")
    async def repair_spoken(interview_id: OwnInterview, number: int, point_id: str, request: Request) -> dict[str, Any]:
        """The body is mono PCM16 at 16 kHz."""
        return await coaching.repair_spoken(interview_id, number, point_id, await request.body())

    @router.get("/interviews/{interview_id}/rounds/{number}/points/{point_id}/model.wav")
    async def model_sentence(interview_id: OwnInterview, number: int, point_id: str) -> Response:
        return _spoken(await coaching.model_sentence(interview_id, number, point_id))

    @router.get("/interviews/{interview_id}/rounds/{number}/best.wav")
    async def best(interview_id: OwnInterview, number: int) -> Response:
        return _spoken(await coaching.best(interview_id, number))

    @router.get("/interviews/{interview_id}/turns/{turn_id}/audio.wav")
    async def audio(interview_id: OwnInterview, turn_id: int, request: Request) -> Response:
        return ranged(wav(await recording(interview_id, turn_id)), request.headers.get("range"), "audio/wav")

    @router.get("/interviews/{interview_id}/turns/{turn_id}/peaks.json")
    async def outline(interview_id: OwnInterview, turn_id: int) -> dict[str, Any]:
        pcm = await recording(interview_id, turn_id)
        return {"seconds": len(pcm) / 2 / SAMPLE_RATE, "peaks": await in_background(peaks, pcm)}

    @router.get("/interviews/{interview_id}/turns/{turn_id}/asked.wav")
    async def asked(interview_id: OwnInterview, turn_id: int) -> Response:
        return _spoken(await coaching.question(interview_id, turn_id))

    return router


def _spoken(voice: Voice) -> Response:
    return Response(wav(voice.pcm, voice.sample_rate), media_type="audio/wav")


def ranged(body: bytes, header: str | None, media_type: str) -> Response:
    """The body, or the one byte range asked for, so that players can seek."""
    headers = {"accept-ranges": "bytes"}
    asked = _RANGE.fullmatch(header or "")
    if asked is None:
        return Response(body, media_type=media_type, headers=headers)
    first, last, suffix = asked.groups()
    start = int(first) if first else max(0, len(body) - int(suffix))
    end = min(int(last or len(body)), len(body) - 1)
    if start > end:
        return Response(status_code=416, headers={"content-range": f"bytes */{len(body)}"})
    headers["content-range"] = f"bytes {start}-{end}/{len(body)}"
    return Response(body[start : end + 1], 206, media_type=media_type, headers=headers)
