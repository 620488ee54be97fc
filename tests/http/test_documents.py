"""The routes for job postings and CVs: their replies, and that the text is not stored."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from hotseat.interview.cv_claims import ClaimQuestions
from hotseat.questions.documents import MOST_CHARS
from hotseat.startup.assembly import Assembly

from tests.questions.postings import CV
from tests.questions.test_pdf import make_pdf
from tests.support.fakes import FakeChat

ASKED = {"claim": "cut hallucinations by 40 %", "question": "How did you count a hallucination?"}


def files_with(words: bytes, folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and words in path.read_bytes()]


async def test_nothing_of_a_text_stays(browser: httpx.AsyncClient, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Neither in the log nor in any file, whether it is read or refused."""
    with caplog.at_level(logging.DEBUG):
        answers = [await browser.post("/api/papers", json={"text": text}) for text in (CV, CV * (1 + MOST_CHARS // len(CV)))]
        answers.append(await browser.post("/api/papers", json={"text": [CV]}))
    assert [answer.status_code for answer in answers] == [200, 422, 422]
    assert "Novak" not in caplog.text
    assert not await asyncio.to_thread(files_with, b"Novak", tmp_path)


async def test_a_pdf_is_read_and_not_kept(browser: httpx.AsyncClient, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Its words come back to be looked at; a file that is none is refused in words, and of neither anything stays."""
    with caplog.at_level(logging.DEBUG):
        read = await browser.post(
            "/api/papers/pdf", content=make_pdf("Ida Novak, ten years of retrieval and fine-tuning, remote")
        )
        refused = await browser.post("/api/papers/pdf", content=b"Ida Novak")
    assert read.json()["text"].startswith("Ida Novak, ten years")
    assert refused.status_code == 422 and "can’t be read as a PDF" in refused.json()["error"]
    assert "Novak" not in caplog.text
    assert not await asyncio.to_thread(files_with, b"Novak", tmp_path)


async def test_claims_are_asked_about_only_with_an_endpoint(browser: httpx.AsyncClient, assembly: Assembly) -> None:
    """Without one there is no button, and the route says what is missing; with one it asks."""
    assert (await browser.post("/api/papers", json={"text": CV})).json()["model"] is None
    assert (await browser.post("/api/papers/claims", json={"text": CV})).status_code == 404
    assembly.claims = ClaimQuestions(FakeChat(json.dumps({"questions": [ASKED]})), assembly.prompts)
    assert (await browser.post("/api/papers", json={"text": CV})).json()["model"]
    assert (await browser.post("/api/papers/claims", json={"text": CV})).json() == {"questions": [ASKED]}


async def test_one_pdf_of_a_person_at_a_time(browser: httpx.AsyncClient) -> None:
    """Each is held in memory while it comes; the next is taken once the one before is done."""
    come, go = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"%PDF"
        come.set()
        await go.wait()
        yield b"-1.7"

    first = asyncio.create_task(browser.post("/api/papers/pdf", content=slow(), headers={"content-length": "8"}))
    await come.wait()
    assert (await browser.post("/api/papers/pdf", content=b"%PDF-1.7")).status_code == 429
    go.set()
    assert (await first).status_code == 422
    assert (await browser.post("/api/papers/pdf", content=b"%PDF-1.7")).status_code == 422
