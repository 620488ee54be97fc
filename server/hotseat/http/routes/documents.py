"""The HTTP routes of documents: a job posting or a CV is read, answered with questions, and forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request

from hotseat.errors import MissingError, TooManyAttemptsError
from hotseat.http.identity import Who
from hotseat.interview.cv_claims import ClaimQuestions
from hotseat.questions import pdf
from hotseat.questions.documents import checked, fit, fit_view
from hotseat.questions.library import Library
from hotseat.strict_model import StrictModel

FORMAT = "papers"
"""Id of the format whose kinds of questions are drawn; stored interviews and the paths below have this name."""


class Document(StrictModel):
    """The text of a job posting or CV."""

    text: str


def documents_routes(library: Library, claims_of: Callable[[], ClaimQuestions | None]) -> APIRouter:
    """``claims_of`` gives who asks about claims; None without an endpoint."""
    router = APIRouter()
    reading = asyncio.Lock()
    """One text is read at a time, in a thread, so that a core is left to interviews."""
    sending = set[str]()
    """People whose PDF is on its way: one of each is held in memory."""
    asking = set[str]()
    """People whose CV the model reads just now."""
    kinds = next((entry.kinds for entry in library.catalogue.formats if entry.id == FORMAT), None)
    if kinds is None:  # a bank without it
        return router

    @router.post("/api/papers")
    async def read(document: Document) -> dict[str, Any]:
        """The questions that fit, with the text's own words as reasons. Nothing is kept."""
        asker = claims_of()
        async with reading:
            found = await asyncio.to_thread(fit, library.bank, document.text, kinds)
        return {**fit_view(found), "model": asker and asker.model}

    @router.post("/api/papers/pdf")
    async def read_pdf(request: Request, who: Who) -> dict[str, str]:
        """The text of the PDF that is the body, for the page to show before it is used. Nothing is kept."""
        if who.person in sending:
            raise TooManyAttemptsError("another PDF of yours is being read; wait for its text", 5.0)
        sending.add(who.person)
        try:
            data = await request.body()
            async with reading:
                return {"text": await pdf.text_of(data)}
        finally:
            sending.discard(who.person)

    @router.post("/api/papers/claims")
    async def ask(document: Document, who: Who) -> dict[str, Any]:
        """Questions about what a CV claims, by the language model at the configured endpoint."""
        asker = claims_of()
        if asker is None:
            raise MissingError("questions about your CV need a language model endpoint in this server’s settings")
        if who.person in asking:
            raise TooManyAttemptsError("the language model is reading your CV already; wait for its questions", 5.0)
        asking.add(who.person)
        try:
            asked = await asker.about(checked(document.text))
        finally:
            asking.discard(who.person)
        return {"questions": [entry.model_dump() for entry in asked]}

    return router
