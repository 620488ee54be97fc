"""Progress over time, comparison of attempts, and delivery, in a browser."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from hotseat.domain.model import PointStatus
from hotseat.domain.practice import Assessment
from hotseat.session.records import LOCAL
from playwright.async_api import Page, Response, expect

from tests.browser.accessibility import violations
from tests.browser.conftest import browsing, weight
from tests.browser.fake_server import serving
from tests.browser.test_pages import MOST_BYTES
from tests.support.fakes import BANK, fake_assembly
from tests.support.past_interviews import DAY_S, many, sat

LORA = BANK.question("finetuning/lora")
GAINED, LOST, KEPT = LORA.points[:3]


def met(*points: object) -> dict[str, PointStatus]:
    return {point.id: PointStatus.MET for point in LORA.points if point in points}


@pytest_asyncio.fixture(loop_scope="session")
async def past(tmp_path: Path) -> AsyncIterator[str]:
    """A server with five hundred past interviews, the latest two at the same question, and a self-assessment."""
    assembly = fake_assembly(tmp_path)
    now = time.time()
    await many(assembly.storage.store, 498, now - 3 * DAY_S)
    await sat(assembly.storage.store, "older", now - 2 * DAY_S, [(LORA, met(LOST, KEPT))])
    await sat(assembly.storage.store, "newer", now - DAY_S, [(LORA, met(GAINED, KEPT))])
    await assembly.storage.store.add_assessment(LOCAL, Assessment(now - DAY_S, {topic.id: 3 for topic in BANK.topics}))
    async with serving(assembly) as url:
        yield url


async def test_past_interviews_are_accessible(past: str) -> None:
    """Charts have their tables, attempts their gains and losses, an answer its delivery; no page is heavy or hard to read."""
    async with browsing(past, "missing") as visit:
        page = visit.page
        responses: list[Response] = []
        page.on("response", lambda response: responses.append(response))
        await page.route("**", lambda route: route.continue_())  # A page that is watched so has no cache.

        async def open_page(path: str) -> None:
            responses.clear()
            await page.goto(visit.url + path)
            await page.locator("main h1").wait_for()
            await page.wait_for_load_state("networkidle")
            assert sum((await weight(responses)).values()) < MOST_BYTES, path
            for width in (390, 1440):
                await page.set_viewport_size({"width": width, "height": 900})
                assert await page.evaluate("document.documentElement.scrollWidth") <= width, path

        await open_page("/progress")
        await check_progress(page)
        await check_axe(page)

        await open_page("/past")
        await expect(page.locator(".interviews > li")).to_have_count(50)
        await page.get_by_role("button", name="Show older ones").click()
        await expect(page.locator(".interviews > li")).to_have_count(100)
        await expect(page.get_by_text("The latest 100 of 500")).to_be_visible()

        await open_page("/attempts/finetuning/lora")
        await expect(page.locator(".headline")).to_contain_text("1 gained, 1 lost")
        await expect(page.locator(".fold.gained li")).to_contain_text(GAINED.statement)
        await expect(page.locator(".fold.lost li")).to_contain_text(LOST.statement)
        await expect(page.locator(".fold.kept")).to_contain_text("1 point")
        assert await page.locator(".sides section").count() == 2
        await check_axe(page)
        last = page.get_by_label("with", exact=True)
        await page.get_by_label("Compare", exact=True).select_option(label=await last.locator("option:checked").inner_text())
        await expect(page.locator(".comparison-result")).to_have_text("That is the same attempt twice.")

        await open_page("/review/newer")
        await page.get_by_text("How you said it").click()
        await expect(page.locator(".measures")).to_contain_text("1, the longest 3.0 s")
        await check_axe(page)
        await page.get_by_role("link", name="Compare all your attempts").click()
        await page.wait_for_url("**/attempts/finetuning/lora")


async def check_progress(page: Page) -> None:
    """Each chart says in a table what it draws: the verdicts there add up to all grades, and days to a year."""
    await expect(page.locator(".glance > li")).to_have_count(16)
    await expect(page.locator("main a", has_text="Practise ")).to_have_class("button lit")
    await page.locator("#over-time > summary").click()
    folds = page.locator(".as-table")
    assert await folds.count() == 1 + 11 + 5 + 1
    await expect(page.locator(".standing")).to_have_count(16)
    await page.locator("#verdicts .as-table summary").click()
    rows = page.locator("#verdicts tbody tr")
    counted = sum([int(cell) for cell in await rows.locator("td").all_inner_texts()])
    shown = sum([int(text.split()[-1]) for text in await page.locator("#verdicts .key-list li").all_inner_texts()])
    assert counted == shown > 1000
    tuning = page.locator(".standing", has_text="Fine-tuning")
    await tuning.locator("summary").click()
    await expect(tuning.locator("tbody tr").last).to_contain_text("3")
    await expect(tuning.locator("header")).to_contain_text("your rating 3")


async def check_axe(page: Page) -> None:
    """In both themes."""
    for scheme in ("dark", "light"):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert await violations(page) == [], scheme


async def test_progress_says_what_it_means_before_it_draws(tmp_path: Path) -> None:
    """Nothing graded: what will be here. Fewer than three grades: words and verdicts, no chart. From three on, pictures."""
    assembly = fake_assembly(tmp_path)
    now = time.time()
    async with serving(assembly) as url, browsing(url, "missing") as visit:
        page = visit.page
        await page.goto(f"{url}/progress")
        await expect(page.locator(".promises li")).to_have_count(3)
        await sat(assembly.storage.store, "one", now - 2 * DAY_S, [(LORA, met(LOST))])
        await page.reload()
        await expect(page.locator(".lead")).to_contain_text("Charts appear from 3 grades on.")
        await expect(page.locator("main header .verdict")).to_have_count(1)
        await expect(page.locator("main svg:not(.icon)")).to_have_count(0)
        for n in range(3):
            await sat(assembly.storage.store, f"more-{n}", now - DAY_S, [(LORA, met(KEPT))])
        await page.reload()
        await expect(page.locator(".glance > li .track")).not_to_have_count(0)
        await check_axe(page)
