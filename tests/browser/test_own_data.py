"""Export, deletion and import on the page, with the keyboard only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from hotseat.transfer.importing import import_file
from playwright.async_api import Page, expect

from tests.browser.conftest import chromium
from tests.storage.test_migrations import OLD
from tests.support.fakes import importing
from tests.support.light_server import LightServer
from tests.transfer.test_transfer import storage

INTERVIEW = "a03FQk9myQpa"


@pytest_asyncio.fixture(loop_scope="session")
async def url(tmp_path: Path) -> AsyncIterator[str]:
    """A server with one past interview that has a recording."""
    async with storage(tmp_path) as assembly:
        with OLD.open("rb") as file:
            await import_file(*importing(assembly), file)
        recording = assembly.storage.archive.create(INTERVIEW, 1, 0)
        recording.append((8000 * np.sin(np.arange(16_000) * 0.2)).astype("<i2").tobytes())
        recording.close()
    server = await asyncio.to_thread(lambda: LightServer(tmp_path).wait_until_ready())
    yield server.url
    await asyncio.to_thread(server.stop)


@asynccontextmanager
async def watched(**options: object) -> AsyncIterator[Page]:
    """A page in which nothing fails."""
    async with chromium() as browser:
        page = await (await browser.new_context(**options)).new_page()  # type: ignore[arg-type]
        failures: list[str] = []
        page.on("pageerror", lambda error: failures.append(str(error)))
        yield page
        assert failures == []


async def tab_to(page: Page, text: str) -> None:
    for _ in range(60):
        await page.keyboard.press("Tab")
        if text in await page.evaluate("document.activeElement.ariaLabel || document.activeElement.textContent"):
            return
    raise AssertionError(f"Tab never got to {text!r}")


async def test_export_deletion_and_import_by_keyboard(url: str, tmp_path: Path) -> None:
    """Export, deletion with its proof, import and deletion of everything need no more than Tab, Enter and Escape."""
    async with watched(accept_downloads=True) as page:
        await page.goto(f"{url}/review/{INTERVIEW}")
        await page.locator("h1").wait_for()
        await tab_to(page, "Export")
        await page.keyboard.press("Enter")
        await tab_to(page, "ZIP, exact")
        async with page.expect_download() as download:
            await page.keyboard.press("Enter")
        file = tmp_path / "export.zip"
        await (await download.value).save_as(file)
        assert (await download.value).suggested_filename == f"hotseat-{INTERVIEW}.zip"

        await page.goto(f"{url}/past")
        await page.locator(".interviews").wait_for()
        await tab_to(page, "Delete “How LoRA works”")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Keep")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Delete “How LoRA works”")).to_be_focused()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Shift+Tab")
        await page.keyboard.press("Enter")
        proof = page.locator(".interviews .deleted p")
        await expect(proof).to_contain_text("and 1 recording. We checked: nothing is left.")
        await expect(proof).to_be_focused()

        await page.locator("#import-file").set_input_files(file)
        await expect(page.locator(".own-data [role=status]")).to_contain_text("Added 1 interview with 1 recording.")
        await page.locator("#import-file").set_input_files({"name": "x.zip", "mimeType": "", "buffer": b"PK nonsense"})
        await expect(page.locator(".own-data .problem")).to_contain_text("Nothing was imported. The file is damaged")

        await page.reload()
        await page.locator(".interviews a").wait_for()
        await tab_to(page, "Delete everything…")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Keep")).to_be_focused()
        await page.keyboard.press("Shift+Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator(".own-data [role=status]")).to_contain_text("We checked: nothing is left.")
        await expect(page.locator(".interviews > li")).to_have_count(0)


async def test_the_report_opens_offline(url: str, tmp_path: Path) -> None:
    """The HTML report from disk, with the network cut: nothing is asked for, its style applies, its audio can be played."""
    async with watched() as page:
        answer = await page.request.get(f"{url}/api/interviews/{INTERVIEW}/export?format=html")
        file = tmp_path / "report.html"
        file.write_bytes(await answer.body())
        await page.context.set_offline(True)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        await page.goto(file.as_uri())
        assert await page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") == "736px"
        await page.evaluate("document.querySelector('audio').play()")
        duration = await page.evaluate("document.querySelector('audio').duration")
        assert duration == pytest.approx(1.0, abs=0.1)
        assert [address for address in asked if not address.startswith(("file:", "data:"))] == []
        assert complaints == []
