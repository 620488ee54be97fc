"""Problems that axe-core finds on a page."""

from __future__ import annotations

from importlib.resources import files

from playwright.async_api import Page

_AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


async def violations(page: Page) -> list[str]:
    """Rule and element of each violation of the page as it is now."""
    await page.emulate_media(reduced_motion="reduce")  # colours on their way to others are nobody's to read
    await page.evaluate(_AXE)
    found = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [f"{entry['id']}: {node['html'][:100]}" for entry in found["violations"] for node in entry["nodes"]]
