"""A mock from a job posting, in a real Chromium with fake models."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

from hotseat.engines.openai_chat import OpenAiChat
from hotseat.interview.cv_claims import ClaimQuestions
from playwright.async_api import expect

from tests.browser.accessibility import violations
from tests.browser.conftest import browsing
from tests.browser.fake_server import serving
from tests.questions.postings import CV, OTHER_FIELD, RAG_START_UP
from tests.support.fakes import PointGrader, fake_assembly
from tests.support.scripted_llm import Script, scripted_llm


async def test_a_posting_becomes_a_mock(tmp_path: Path) -> None:
    """From the start page: paste, see the questions and why, leave one out, begin; nothing of the text is kept."""
    assembly = fake_assembly(tmp_path)
    async with serving(assembly) as url, browsing(url, "missing") as visit:
        page = visit.page
        await page.goto(url)
        await page.get_by_role("link", name="Open: From a job posting or your CV").click()
        text = page.get_by_label("Job posting or CV")
        find = page.get_by_role("button", name="Find my questions")
        await find.click()
        await expect(page.get_by_role("alert")).to_contain_text("There is no text yet")
        await text.fill(OTHER_FIELD)
        await find.click()
        await expect(page.get_by_role("alert")).to_contain_text("We found nothing about LLM engineering")
        await text.fill(RAG_START_UP)
        await find.click()
        await expect(page.get_by_role("heading", level=2)).to_contain_text("It asks most for RAG systems")
        await expect(page.locator(".fitting li").first).to_contain_text("because it says vector databases")
        await expect(page.locator(".lit")).to_have_text("Begin: 8 questions, about 25 minutes")
        for scheme in ("dark", "light"):
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert await violations(page) == []
        await page.locator(".fitting input").nth(1).uncheck()
        await page.get_by_role("button", name="Begin: 7 questions").click()
        await page.wait_for_url("**/interview/*")
        await expect(page.locator(".facts")).to_contain_text("7, with")
        review = await visit.review(page.url.rsplit("/", 1)[1])
        assert "Brightdesk" not in json.dumps(review)


def files_with(words: bytes, folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and words in path.read_bytes()]


async def test_a_claim_of_a_cv_is_asked_about_and_reviewed(tmp_path: Path) -> None:
    """With an endpoint the CV is sent once it is asked for, what comes back is asked in an interview, and its review names the
    claim; the rest of the CV is neither shown nor stored."""
    asked = [
        {"claim": "cut hallucinations by 40 %", "question": "How did you count a hallucination?"},
        {"claim": "Fine-tuned Llama 3 8B with QLoRA", "question": "Why QLoRA and not a longer prompt?"},
    ]
    assembly = fake_assembly(tmp_path)
    assembly.graders.in_use = PointGrader(met=True)
    with scripted_llm(Script(graded=json.dumps({"questions": asked}))) as llm:
        chat = OpenAiChat(llm.url, "scripted", "no key", 10.0)
        assembly.claims = ClaimQuestions(chat, assembly.prompts)
        async with serving(assembly) as url, browsing(url, "missing") as visit:
            page = visit.page
            await page.goto(f"{url}/papers")
            await page.get_by_label("Job posting or CV").fill(CV)
            await page.get_by_role("button", name="Find my questions").click()
            ask = page.get_by_role("button", name="Ask for three questions about it")
            await expect(ask).to_be_visible()
            assert llm.asked == []
            await ask.click()
            await expect(page.locator(".claims li").first).to_contain_text("How did you count a hallucination?")
            assert await violations(page) == []
            await page.get_by_role("button", name="Answer these 2, about 5 minutes").click()
            await page.wait_for_url("**/interview/*")
            await expect(page.get_by_role("heading", level=1)).to_have_text("Questions about your CV")
            await expect(page.locator(".facts")).to_contain_text("2, with 90 seconds each")
            interview_id = page.url.rsplit("/", 1)[1]
            await visit.press("t", "ready")
            await expect(page.locator(".question h1")).to_have_text(asked[0]["question"])
            await visit.type_answer(1, "Two annotators marked each sentence that no passage supports.")
            await visit.until(lambda: visit.state["turn_id"] == 2 and visit.phase == "thinking", 20)
            await asyncio.sleep(0.6)  # a press so soon after a change was meant for what stood there before
            await page.get_by_role("button", name="Skip").click()
            await expect(page.locator(".question h1")).to_have_text(asked[1]["question"], timeout=20_000)
            await page.get_by_role("button", name="End", exact=True).click()
            await page.get_by_role("button", name="End it now").click()
            await page.wait_for_url("**/review/*", timeout=30_000)
            await expect(page.locator(".round-head h1")).to_have_text("“cut hallucinations by 40 %”")
            await expect(page.locator(".asked").first).to_contain_text(asked[0]["question"])
            await expect(page.locator(".verdict").first).to_have_text("Strong Hire")
            assert await violations(page) == []
            assert "Novak" not in json.dumps(await visit.review(interview_id))
            await page.get_by_role("button", name="Try this question again").first.click()
            await page.wait_for_url("**/interview/*")
            again = await visit.review(page.url.rsplit("/", 1)[1])
            assert [entry["question"]["prompt"] for entry in again["rounds"]] == [asked[0]["question"]]
        await chat.close()
    assert "Novak" in json.dumps(llm.asked[0])
    assert not files_with(b"Novak", tmp_path)


async def test_a_file_is_read(tmp_path: Path) -> None:
    """A text file or PDF fills the field, opened or dropped; a scan, anything else and too much are refused with a reason."""
    posting, picture, long, scan = (tmp_path / name for name in ("posting.md", "cv.docx", "long.txt", "scan.pdf"))
    posting.write_text(RAG_START_UP, encoding="utf-8")
    picture.write_bytes(b"PK")
    long.write_text("x" * 200_001, encoding="utf-8")
    async with serving(fake_assembly(tmp_path)) as url, browsing(url, "missing") as visit:
        page = visit.page
        await page.set_content(f"<h1>Ida Novak</h1><p>{CV}</p>")
        printed = await page.pdf()
        await page.set_content('<svg width="300" height="300"><rect width="300" height="300"/></svg>')
        scan.write_bytes(await page.pdf())
        await page.goto(f"{url}/papers")
        field, file = page.get_by_label("Job posting or CV"), page.locator("#document-file")
        await file.set_input_files(posting)
        await expect(field).to_have_value(RAG_START_UP)
        await file.set_input_files(picture)
        await expect(page.get_by_role("alert")).to_contain_text("“cv.docx” isn’t a PDF or text file.")
        await file.set_input_files(long)
        await expect(page.get_by_role("alert")).to_contain_text("“long.txt” is too big")
        await file.set_input_files(scan)
        await expect(page.get_by_role("alert")).to_contain_text("This PDF is a scan")
        await expect(field).to_have_value(RAG_START_UP)

        await page.evaluate(
            """(bytes) => {
                const dataTransfer = new DataTransfer();
                dataTransfer.items.add(new File([new Uint8Array(bytes)], "CV.PDF"));
                document.querySelector(".document").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
            }""",
            list(printed),
        )
        await expect(field).to_have_value(re.compile("Ida Novak"))
        await expect(page.get_by_role("alert")).to_have_count(0)
        await page.get_by_role("button", name="Find my questions").click()
        await expect(page.locator(".fitting li").first).to_contain_text("because it says")
