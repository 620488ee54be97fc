"""The same page in Firefox, where one is installed."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.app.fakes import PointGrader, fake_services
from tests.browser.firefox import FIREFOX, open_firefox
from tests.browser.light import FluentTranscriber, serving

TYPED = "LoRA freezes the base model and trains two small low-rank matrices."


@pytest.mark.skipif(FIREFOX is None, reason="Firefox is not installed")
async def test_a_spoken_and_typed_drill_in_firefox(tmp_path: Path) -> None:
    """The microphone is heard and captioned, the follow-up is typed, and the review opens: all by keys."""
    services = fake_services(tmp_path / "data")
    services.transcriber = FluentTranscriber()
    services.grader = PointGrader(met=True)
    profile = tmp_path / "profile"
    profile.mkdir()
    async with serving(services) as url, open_firefox(profile) as page, httpx.AsyncClient(base_url=url) as http:
        wanted = {"format": "drill", "question_id": "finetuning/lora"}
        interview = (await http.post("/api/interviews", json=wanted)).json()["id"]
        await page.goto(f"{url}/interview/{interview}")
        await page.until("document.querySelector('.room[data-phase=ready]')")
        await page.press(" ")
        await page.until("document.querySelector('.room[data-phase=asking], .room[data-phase=thinking]')")
        await page.until("document.querySelector('.room[data-phase=answering]')")
        await page.until("document.querySelector('.captions .text').innerText.includes('base model')")
        await page.press(" ")
        await page.until("document.querySelector('.question .kicker').innerText.includes('follow-up')")
        await page.press("t")
        await page.until("document.activeElement.id === 'typed-answer'")
        await page.type(TYPED)
        await page.press("Control", "Enter")
        await page.until("document.querySelector('.room[data-phase=finished]')")
        await page.press(" ")
        await page.until("document.querySelector('.round-head .verdict')")
        review = (await http.get(f"/api/interviews/{interview}")).json()
        spoken, typed = review["rounds"][0]["answers"]
        assert "freezes the base model" in spoken["text"] and spoken["duration_s"] > 0.5
        assert typed["text"] == TYPED and typed["typed"]
