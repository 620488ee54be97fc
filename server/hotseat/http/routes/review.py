"""The HTTP routes of the review page, besides the review itself."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from hotseat.domain.corrections import Change
from hotseat.errors import MissingError
from hotseat.grading.disputes import Claim
from hotseat.http.identity import OwnInterview, Who
from hotseat.review.amending import Amending
from hotseat.review.coaching import Coaching
from hotseat.review.waveform import peaks
from hotseat.speech.audio import SAMPLE_RATE, wav
from hotseat.strict import Strict

MAX_NOTE = 20_000
"""Characters."""


class NewNote(Strict):
    """The whole note of a round."""

    text: Annotated[str, Field(max_length=MAX_NOTE)]


class NewCorrection(Strict):
    """One word of one answer."""

    turn_id: int
    word: int
    """Index of the word, from 0."""
    change: Change
    text: Annotated[str, Field(max_length=200)] = ""
    """What was said, for an edit."""


class NewDispute(Strict):
    """ "I said this", and where."""

    point_id: str
    turn_id: int
    word_start: int
    word_end: int
    """After the last word."""


class PointAnswer(Strict):
    """Whether the candidate said a point that is not sure."""

    said: bool


class RepairText(Strict):
    """One point, written again."""

    text: Annotated[str, Field(min_length=1, max_length=1000)]


def review_routes(amending: Amending, coaching: Coaching) -> APIRouter:
    router = APIRouter(prefix="/api/interviews/{interview_id}")

    @router.put("/rounds/{number}/note", status_code=204)
    async def note(interview_id: OwnInterview, number: int, wanted: NewNote) -> Response:
        await amending.note(interview_id, number, wanted.text)
        return Response(status_code=204)

    @router.post("/corrections", status_code=204)
    async def correct(interview_id: OwnInterview, wanted: NewCorrection, who: Who) -> Response:
        change = (wanted.turn_id, wanted.word, wanted.change, wanted.text)
        await amending.correct(interview_id, *change, by=who.person)
        return Response(status_code=204)

    @router.post("/rounds/{number}/grade", status_code=204)
    async def grade_again(interview_id: OwnInterview, number: int, who: Who) -> Response:
        await amending.grade_again(interview_id, number, by=who.person)
        return Response(status_code=204)

    @router.post("/rounds/{number}/disputes", status_code=204)
    async def dispute(interview_id: OwnInterview, number: int, wanted: NewDispute, who: Who) -> Response:
        claim = Claim(wanted.point_id, wanted.turn_id, wanted.word_start, wanted.word_end)
        await amending.dispute(interview_id, number, claim, by=who.person)
        return Response(status_code=204)

    @router.post("/rounds/{number}/points/{point_id}", status_code=204)
    async def answer(interview_id: OwnInterview, number: int, point_id: str, wanted: PointAnswer, who: Who) -> Response:
        await amending.answer(interview_id, number, point_id, wanted.said, by=who.person)
        return Response(status_code=204)

    @router.post("/rounds/{number}/points/{point_id}/repair")
    async def repair(interview_id: OwnInterview, number: int, point_id: str, wanted: RepairText) -> dict[str, Any]:
        return await coaching.repair_typed(interview_id, number, point_id, wanted.text)

    @router.post("/rounds/{number}/points/{point_id}/repair/spoken")
    async def repair_spoken(interview_id: OwnInterview, number: int, point_id: str, request: Request) -> dict[str, Any]:
        """The body is mono PCM16 at 16 kHz."""
        return await coaching.repair_spoken(interview_id, number, point_id, await request.body())

    @router.get("/rounds/{number}/points/{point_id}/model.wav")
    async def model_sentence(interview_id: OwnInterview, number: int, point_id: str) -> Response:
        voice = await coaching.model_sentence(interview_id, number, point_id)
        return Response(wav(voice.pcm, voice.sample_rate), media_type="audio/wav")

    @router.get("/rounds/{number}/best.wav")
    async def best(interview_id: OwnInterview, number: int) -> Response:
        voice = await coaching.best(interview_id, number)
        return Response(wav(voice.pcm, voice.sample_rate), media_type="audio/wav")

    @router.get("/turns/{turn_id}/peaks.json")
    async def outline(interview_id: OwnInterview, turn_id: int) -> JSONResponse:
        pcm = await amending.recording(interview_id, turn_id)
        if not pcm:
            raise MissingError("there is no audio of this answer")
        return JSONResponse({"seconds": len(pcm) / 2 / SAMPLE_RATE, "peaks": peaks(pcm)})

    @router.get("/turns/{turn_id}/asked.wav")
    async def asked(interview_id: OwnInterview, turn_id: int) -> Response:
        voice = await amending.question_audio(interview_id, turn_id)
        return Response(wav(voice.pcm, voice.sample_rate), media_type="audio/wav")

    return router
