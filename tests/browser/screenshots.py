"""Takes the frames of the README's animation from the real page, with the real models and a spoken answer.

python -m tests.browser.screenshots FRAMES

tests.browser.animation makes one picture of them.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

import numpy as np
from playwright.async_api import Page, async_playwright

from tests.audio.speech import say, write
from tests.browser.conftest import CHROMIUM, FAKE_DEVICE, FLAGS
from tests.browser.test_interview import FREEZING, LEAD_S, silence
from tests.conftest import ServerProcess

SIZE = {"width": 1440, "height": 900}
LONG_MS, SHORT_MS = 2200, 450
"""How long a frame of the animation stands: a page to read, or a moment of an answer."""


class Frames:
    """Pictures of an interview in order, each named by its number and how long it stands."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        folder.mkdir(parents=True, exist_ok=True)

    async def take(self, page: Page, stands_ms: int) -> None:
        await page.screenshot(path=self._folder / f"{self._count:02d}-{stands_ms}.png")
        self._count += 1


async def take(server: ServerProcess, folder: Path, voice: Path) -> None:
    """The lobby, an answer being given, and its review."""
    devices = (FAKE_DEVICE, "--use-fake-ui-for-media-stream", f"--use-file-for-fake-audio-capture={voice}%noloop")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *devices])
        page = await browser.new_page(viewport=SIZE, permissions=["microphone"])
        await page.goto(server.url)
        await page.get_by_role("button", name="Hear your first question").wait_for()
        await page.wait_for_timeout(400)
        frames = Frames(folder)
        await frames.take(page, LONG_MS)
        await page.get_by_label("Search the questions").fill("explain how lora works")
        await page.locator(".question-button:visible").first.click()
        await page.locator('.room[data-phase="ready"]').wait_for()
        await page.wait_for_timeout(700)
        await frames.take(page, LONG_MS)
        await page.keyboard.press("Space")
        await page.locator(".question .now:not(:empty)").wait_for(timeout=60_000)
        await frames.take(page, LONG_MS // 2)
        await page.locator('.room[data-phase="answering"]').wait_for(timeout=60_000)
        for _ in range(9):
            await frames.take(page, SHORT_MS)
            await page.wait_for_timeout(1500)
        await page.locator('.room[data-phase="asking"]').wait_for(timeout=90_000)
        await page.wait_for_timeout(2000)
        await frames.take(page, LONG_MS)
        await page.locator('.room[data-phase="thinking"]').wait_for(timeout=60_000)
        await page.keyboard.press("s")
        await page.wait_for_url("**/review/**", timeout=120_000)
        await page.locator(".verdict").first.wait_for(timeout=120_000)
        await page.locator(".coach").wait_for(timeout=120_000)
        await page.wait_for_timeout(400)
        await frames.take(page, 2 * LONG_MS)
        await browser.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as work:
        voice = Path(work) / "voice.wav"
        write(voice, np.concatenate([silence(LEAD_S), say(FREEZING), silence(120)]))
        server = ServerProcess(Path(work) / "data")
        try:
            asyncio.run(take(server.wait_until_ready(), Path(sys.argv[1]), voice))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
