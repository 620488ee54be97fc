"""Every format can be started from the page and ends in a review, with fake models and typed answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from hotseat.questions.formats import Format
from playwright.async_api import expect

from tests.browser.conftest import Visit, browsing
from tests.browser.fake_server import serving
from tests.support.fakes import CATALOGUE, FakeGrader, fake_assembly

OVER = ("grading", "finished")
CHOOSABLE = [found for found in CATALOGUE.formats if found.pick != "chosen" and found.group != "first"]


async def sit_through(visit: Visit) -> int:
    """Types an answer to everything that is asked; how often something was asked."""
    await visit.press("t", "ready")
    turn = 1
    while visit.phase not in OVER:
        await visit.type_answer(turn, "It freezes the base model and learns a small low-rank update.")
        turn += 1
        await visit.until(
            lambda turn=turn: visit.phase in OVER or (visit.phase == "asking" and visit.state["turn_id"] == turn), 20
        )
    return turn - 1


@pytest.mark.parametrize("wanted", CHOOSABLE, ids=[found.id for found in CHOOSABLE])
async def test_a_format_from_start_to_review(tmp_path: Path, wanted: Format) -> None:
    """Chosen on the start page, sat to its end, and every round of it is in the review."""
    assembly = fake_assembly(tmp_path)
    assembly.graders.in_use = FakeGrader()
    async with serving(assembly) as url, browsing(url, "missing") as visit:
        await visit.page.goto(url)
        await visit.page.get_by_role("button", name=f"Begin: {wanted.title}").click()
        await visit.page.wait_for_url("**/interview/*")
        interview_id = visit.page.url.rsplit("/", 1)[1]
        asked = await sit_through(visit)
        await visit.until(lambda: visit.phase == "finished", 30)
        review = await visit.review(interview_id)
        assert review["finished"]
        assert asked == sum(len(entry["answers"]) for entry in review["rounds"])
        await visit.page.goto(f"{url}/review/{interview_id}")
        await expect(visit.page.locator(".round-head")).to_have_count(len(review["rounds"]))
