"""Takes the README's pictures from the real page, with the real models and a spoken answer.

python -m tests.browser.screenshots [folder, docs/images by default]
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

import numpy as np
from hotseat.settings import PROJECT
from playwright.async_api import Browser, Page, async_playwright

from tests.audio.speech import say, write
from tests.browser.conftest import CHROMIUM, FAKE_DEVICE, FLAGS
from tests.browser.test_interview import FREEZING, LEAD_S, silence
from tests.conftest import ServerProcess

WIDE, NARROW = (1440, 900), (390, 844)


async def picture(page: Page, folder: Path, name: str) -> None:
    await page.wait_for_timeout(400)
    await page.screenshot(path=folder / f"{name}.png")


async def open_page(browser: Browser, size: tuple[int, int], scheme: str) -> Page:
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        permissions=["microphone"],
    )
    return await context.new_page()


async def take(server: ServerProcess, folder: Path, voice: Path) -> None:
    """The lobby, an answer being given, and its review; each wide and light, the room also dark on a phone."""
    devices = (FAKE_DEVICE, "--use-fake-ui-for-media-stream", f"--use-file-for-fake-audio-capture={voice}%noloop")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *devices])
        page = await open_page(browser, WIDE, "light")
        await page.goto(server.url)
        await page.get_by_role("button", name="Hear your first question").wait_for()
        await picture(page, folder, "lobby")
        await page.get_by_label("Search the questions").fill("explain how lora works")
        await page.locator(".question-button:visible").first.click()
        await page.locator('.room[data-phase="ready"]').wait_for()
        await page.wait_for_timeout(700)
        await page.keyboard.press("Space")
        await page.locator('.room[data-phase="answering"]').wait_for(timeout=60_000)
        await page.wait_for_timeout(14_000)
        await picture(page, folder, "room")
        await page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
        await page.emulate_media(color_scheme="dark")
        await picture(page, folder, "room-phone-dark")
        await page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        await page.emulate_media(color_scheme="light")
        await page.locator('.room[data-phase="asking"]').wait_for(timeout=90_000)
        await page.locator('.room[data-phase="thinking"]').wait_for(timeout=60_000)
        await page.keyboard.press("s")
        await page.wait_for_url("**/review/**", timeout=120_000)
        await page.locator(".verdict").first.wait_for(timeout=120_000)
        await page.locator(".coach").wait_for(timeout=120_000)
        await picture(page, folder, "review")
        await browser.close()


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        voice = Path(work) / "voice.wav"
        write(voice, np.concatenate([silence(LEAD_S), say(FREEZING), silence(120)]))
        server = ServerProcess(Path(work) / "data")
        try:
            asyncio.run(take(server.wait_until_ready(), folder, voice))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
