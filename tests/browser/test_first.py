"""The first five minutes in a real Chromium with fake models: from an empty profile to the first result."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.accessibility import violations
from tests.browser.conftest import browsing
from tests.browser.fake_server import FluentTranscriber, serving
from tests.browser.test_pages import LAPTOP, PHONE
from tests.support.fakes import CATALOGUE, PointGrader, fake_assembly


@pytest_asyncio.fixture(loop_scope="session")
async def empty(tmp_path: Path) -> AsyncIterator[str]:
    """A server that nobody has used yet; its grader finds every point."""
    assembly = fake_assembly(tmp_path)
    assembly.speech.transcriber = FluentTranscriber()
    assembly.graders.in_use = assembly.graders.embedded = PointGrader(met=True)  # type: ignore[assignment]
    async with serving(assembly) as url:
        yield url


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
async def test_the_start_button_is_above_the_fold(empty: str, size: dict[str, int]) -> None:
    """What this is and what to press stand above the fold, and only that button is lit."""
    async with browsing(empty, "missing", viewport=size) as visit:
        await visit.page.goto(empty)
        await expect(visit.page.get_by_role("heading", level=1)).to_have_text("Practise LLM-engineering interviews out loud")
        button = visit.page.get_by_role("button", name="Hear your first question")
        await expect(button).to_be_in_viewport(ratio=1)
        await expect(visit.page.locator(".lit")).to_have_count(1)
        assert await violations(visit.page) == []


async def test_two_clicks_and_two_minutes_to_the_first_result(empty: str, speech: Path) -> None:
    """One click leads to the sound check, which is open already, the second one to the question; an answer of all its twenty
    seconds is graded, and a plan offered, within two minutes of the first load."""
    async with browsing(empty, speech) as visit:
        page = visit.page
        began = time.monotonic()
        await page.goto(empty)
        await page.get_by_role("button", name="Hear your first question").click()
        await expect(page.locator(".sound-check").get_by_label("Microphone", exact=True)).to_be_visible()
        await expect(page.get_by_role("button", name="Play a test sound")).to_be_visible()
        await expect(page.locator(".facts")).to_contain_text("20 seconds to answer")
        assert await violations(page) == []
        await page.get_by_role("button", name="Start").click()
        await visit.until(lambda: visit.phase == "asking")
        await page.wait_for_url("**/review/*", timeout=90_000)
        await expect(page.locator(".verdict").first).to_have_text("Strong Hire")
        await expect(page.locator(".offer").get_by_role("link", name="Make a plan")).to_be_visible()
        assert time.monotonic() - began <= 120


@pytest.mark.parametrize("format_id", ["five", "problems", "evaluate"])
async def test_the_page_before_an_interview_describes_it(empty: str, format_id: str) -> None:
    """The page before an interview says what to do, how many questions, how long, which follow-ups, and the silence rule."""
    async with browsing(empty, "missing") as visit:
        interview_id = await visit.plan(format=format_id, question_id=None)
        ready = visit.page.locator(".ready")
        await expect(ready).to_contain_text(CATALOGUE.format(format_id).task or "?")
        facts = {"five": "5, with 1 minute each", "problems": "3 available", "evaluate": "You"}
        await expect(ready.locator(".facts")).to_contain_text(facts[format_id])
        await expect(ready.locator(".facts")).to_contain_text("6 seconds of silence end your answer")
        if format_id == "problems":
            title = await ready.get_by_role("heading", level=1).inner_text()
            await ready.get_by_role("button", name="Another question").click()
            await visit.page.wait_for_url(lambda url: interview_id not in url)
            await expect(ready.get_by_role("heading", level=1)).not_to_have_text(title)


async def test_unanswered_starts_fill_no_list(empty: str) -> None:
    """An interview that was begun and left is in no list, and the start page still greets somebody new."""
    async with browsing(empty, "missing") as visit:
        await visit.plan()
        await visit.press("t", "ready")
        await visit.until(lambda: visit.phase == "thinking")
        async with httpx.AsyncClient() as http:
            assert (await http.get(f"{empty}/api/interviews")).json() == {"interviews": [], "total": 0}
        await visit.page.goto(empty)
        await expect(visit.page.get_by_role("button", name="Hear your first question")).to_be_visible()
