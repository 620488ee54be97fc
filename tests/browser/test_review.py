"""The review in a real Chromium, of an interview whose words and tones are known to a tenth of a second."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hotseat.domain.model import Word
from hotseat.grading.embedded import EmbeddedGrader
from hotseat.questions.formats import Choices
from hotseat.speech.audio import SAMPLE_RATE
from hotseat.speech.synthesis import PreparedVoice, Voice
from hotseat.startup.assembly import Assembly
from playwright.async_api import Page, expect

from tests.browser.accessibility import violations
from tests.browser.conftest import Visit, browsing, unfold
from tests.browser.fake_server import serving
from tests.browser.test_pages import ADD_SHIFTS
from tests.grading.scripted_reader import ScriptedReader
from tests.support.fakes import BANK, CATALOGUE, FakeSpeaker, fake_assembly
from tests.support.stored_interview import said, store_interview

TEXT = (
    "So LoRA keeps the pretrained weights frozen. It learns a low rank update as a product of two thin matrices. "
    "Before serving you purge it into the base model. That saves a lot of memory in practice."
)
MISHEARD = TEXT.split().index("purge")
FIRST = said(TEXT, {1: Word("LoRA", 0, 0, 0.42, raw="low rah"), MISHEARD: Word("purge", 0, 0, 0.31)})
SECOND = said("I would take a rank of sixteen and put it on the query and value projections.")
PURGE = FIRST.words[MISHEARD]
STATEMENTS = {point.id: point.statement for point in BANK.question("finetuning/lora").points}
READER = ScriptedReader(
    {
        STATEMENTS["low-rank"]: ("low rank update", 0.9),
        STATEMENTS["factorisation"]: ("product of two thin matrices.", 0.3),
        STATEMENTS["fewer-parameters"]: ("saves a lot of", 0.3),
        STATEMENTS["merging"]: ("merge it into", 0.8),
        STATEMENTS["benefit"]: ("It learns a", 0.9),
    }
)
CHOICES = Choices("drill", ("finetuning/lora",), follow_ups=1)


class Tone(FakeSpeaker):
    """A tone for every sentence, long enough to be watched."""

    SECONDS = 0.8

    async def speak(self, sentence: str) -> Voice:
        times = np.arange(int(self.SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
        return Voice((np.sin(2 * np.pi * 440 * times) * 8000).astype("<i2").tobytes(), SAMPLE_RATE)


def prepared(data_dir: Path) -> Assembly:
    """Assembly whose reader knows the answers of this file, so that nothing has to be loaded."""
    assembly = fake_assembly(data_dir)
    assembly.graders.in_use = assembly.graders.embedded = EmbeddedGrader(READER)
    return assembly


@asynccontextmanager
async def reviewing(data_dir: Path) -> AsyncIterator[tuple[Visit, str]]:
    assembly = prepared(data_dir)
    interview_id = await store_interview(assembly, CHOICES, [[FIRST, SECOND]])
    async with serving(assembly) as url, browsing(url, "missing") as visit:
        await visit.page.goto(f"{url}/review/{interview_id}")
        await unfold(visit.page)
        yield visit, interview_id


async def position(page: Page) -> float:
    return float(await page.get_by_label("Position in the recording").first.input_value())


async def test_words_are_heard_corrected_and_points_disputed(tmp_path: Path) -> None:
    """A clicked word plays from its own second; corrected, the answer is graded again; a disputed point is looked at again at
    once; notes save themselves; and all of it is there after a reload."""
    async with reviewing(tmp_path) as (visit, interview_id):
        page = visit.page
        first = page.locator(".answer").first
        await expect(first.locator(".outline:not(.played) path")).to_have_attribute("d", re.compile(r"^(M[^M]+){100,}$"))
        await expect(first.locator(".word.doubtful")).to_have_text("purge")
        await expect(first.locator(".word.repaired")).to_have_text("LoRA")

        await first.locator(".word.doubtful").click()
        await expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
        assert PURGE.start - 0.3 <= await position(page) <= PURGE.start + 0.3
        await expect(first.locator(".word.heard")).to_have_count(1)
        await expect(first.locator(".word-line")).to_contain_text("may be misheard, 31% sure")
        quote = page.locator(".rubric .quote").filter(has_text="product of two thin matrices").first
        await quote.click()
        start = next(word.start for word in FIRST.words if word.text == "It")
        assert start - 0.3 <= await position(page) <= start + 0.3

        await first.locator(".word.doubtful").click()
        await first.get_by_role("button", name="Correct it").click()
        await page.keyboard.type("merge")
        await page.keyboard.press("Enter")
        await expect(first.locator(".word.edited ins")).to_contain_text("merge")
        await expect(first.locator(".word.edited s")).to_contain_text("purge")
        await expect(first.locator(".word.edited")).to_be_focused()
        await page.get_by_role("button", name="Grade again").click()

        await expect(page.locator(".round-head h1")).to_be_focused()
        merging = page.locator('.made [data-point="merging"]')
        await expect(merging).to_contain_text("Includes a word you corrected afterwards.")

        disputed = page.locator('.missing [data-point="limits"]')
        await expect(disputed.locator(".model")).to_contain_text("When the domain shift is large")
        await disputed.get_by_role("button", name="I said this").click()
        await disputed.get_by_role("button", name="That saves a lot of memory in practice.").click()
        await expect(disputed).to_contain_text("You pointed to That saves a lot of memory in practice. Read by itself")
        await expect(disputed).to_be_focused()
        await page.locator(".history-fold summary").click()
        history = page.locator(".history li")
        await expect(history.first).to_contain_text("“purge” to “merge”")
        await expect(history.last).to_contain_text("I said this: not accepted")

        await page.get_by_label("Your notes").fill("Say what merging saves.")
        await expect(page.locator(".notes [role=status]")).to_have_text("Saved.")
        shown = await visit.review(interview_id)
        await page.reload()
        await unfold(page)
        await expect(page.get_by_label("Your notes")).to_have_value("Say what merging saves.")
        await expect(page.locator(".history ol > li")).to_have_count(2)
        assert shown["rounds"][0]["answers"][0]["text"] == " ".join(word.text for word in FIRST.words)
        assert await violations(page) == []


async def test_a_point_that_is_not_sure_is_answered(tmp_path: Path) -> None:
    """The verdict is a range until the candidate has said of each point whether they said it; each word can be changed."""
    async with reviewing(tmp_path) as (visit, _):
        page = visit.page
        head, scale = page.locator(".round-head .verdict"), page.locator(".verdict-scale")
        await expect(head).to_have_text(["Lean No Hire", "Lean Hire"])
        await expect(scale.locator("li")).to_have_text(["No Hire", "Lean No Hire", "Lean Hire", "Strong Hire"])
        await expect(page.locator(".depends")).to_contain_text(
            "Lean No Hire to Lean Hire, depending on 2 points we’re not sure about"
        )
        unsure = page.locator('.unsure [data-point="factorisation"]')
        await expect(unsure.locator("q.nearest")).to_have_text("It learns a low rank update as a product of two thin matrices.")
        await unsure.locator(".quote").click()
        await expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()

        await unsure.get_by_role("button", name="I said this").click()
        made = page.locator('.made [data-point="factorisation"]')
        await expect(made).to_be_focused()
        await expect(made).to_contain_text("you said this")
        await expect(page.locator(".depends")).to_contain_text("depending on 1 point we’re not sure about")
        await expect(page.locator("#announcer")).to_contain_text("Verdict: Lean No Hire to Lean Hire")
        await page.locator('.unsure [data-point="fewer-parameters"]').get_by_role("button", name="I didn’t say that").click()
        await expect(head).to_have_text(["Lean No Hire"])
        await expect(page.locator(".depends, .unsure")).to_have_count(0)
        await expect(scale.locator("[aria-current]")).to_have_text("Lean No Hire")
        assert await violations(page) == []

        denied = page.locator('.missing [data-point="fewer-parameters"]')
        await denied.get_by_role("button", name="I said this").click()
        await expect(head).to_have_text(["Lean Hire"])
        await page.reload()
        await expect(head).to_have_text(["Lean Hire"])
        assert "fewer-parameters" not in await page.locator("body").inner_text()


async def test_a_review_by_keyboard_alone(tmp_path: Path) -> None:
    """One tab stop for all words: arrows go from word to word, Enter hears one, and a repair is undone with keys."""
    async with reviewing(tmp_path) as (visit, _):
        page, keyboard = visit.page, visit.page.keyboard
        await page.evaluate("document.body.focus()")
        for _ in range(40):
            await keyboard.press("Tab")
            if await page.evaluate("document.activeElement.classList.contains('word')"):
                break
        await keyboard.press("ArrowRight")
        await expect(page.locator(".word:focus")).to_have_text("LoRA")
        await keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
        assert abs(await position(page) - FIRST.words[1].start) <= 0.3
        await keyboard.press("End")
        await expect(page.locator(".word:focus")).to_have_text("practice.")
        await keyboard.press("Home")
        await keyboard.press("ArrowRight")
        await keyboard.press("Tab")
        await expect(page.get_by_role("button", name="Hear it", exact=True).first).to_be_focused()
        await keyboard.press("Tab")
        await keyboard.press("Tab")
        await keyboard.press("Enter")
        await expect(page.locator(".word-line").first).to_contain_text("repair undone")
        await expect(page.locator(".word:focus")).to_have_text("low rah")


async def test_a_click_keeps_the_place(tmp_path: Path) -> None:
    """From a word chosen with the mouse, and from a click on plain text, Tab and the arrows go on from there; Esc leaves a
    correction alone."""
    async with reviewing(tmp_path) as (visit, _):
        page, first = visit.page, visit.page.locator(".answer").first
        await first.locator(".word.doubtful").click()
        await page.keyboard.press("ArrowLeft")
        await expect(page.locator(".word:focus")).to_have_text("you")
        await first.get_by_role("button", name="Correct it").click()
        await page.keyboard.type("nonsense")
        await page.keyboard.press("Escape")
        await expect(first.locator(".word-line")).to_contain_text("Hear it")
        await expect(first.locator(".edited")).to_have_count(0)

        await page.locator(".model-fold p").first.click()
        await page.keyboard.press("Tab")
        await expect(page.locator(".notes-fold summary")).to_be_focused()
        await page.locator(".skip-link").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("main")).to_be_focused()


async def test_a_grade_that_arrives_leaves_the_focus_alone(tmp_path: Path) -> None:
    """Whoever is about to try the question again while it is graded can press Enter afterwards as well."""
    async with reviewing(tmp_path) as (visit, interview_id):
        page = visit.page
        review = await visit.review(interview_id)
        [entry] = review["rounds"]
        waiting = review | {"rounds": [entry | {"grade": None, "grade_state": "pending"}]}
        given = [waiting, review]
        await page.route(f"**/api/interviews/{interview_id}", lambda route: route.fulfill(json=given.pop(0)))
        await page.reload()
        again = page.get_by_role("button", name="Try this question again")
        await again.focus()
        await expect(page.locator(".round-head")).to_contain_text("grading…")
        await expect(page.locator(".round-head .verdict").first).to_be_visible()
        await expect(again).to_be_focused()


async def test_a_word_of_300_letters(tmp_path: Path) -> None:
    """It widens nothing."""
    assembly = prepared(tmp_path)
    interview_id = await store_interview(assembly, CHOICES, [[said(f"So {'x' * 300} LoRA keeps the weights frozen."), SECOND]])
    async with serving(assembly) as url, browsing(url, "missing") as visit:
        page = visit.page
        for width in (390, 1280):
            await page.set_viewport_size({"width": width, "height": 800})
            await page.goto(f"{url}/review/{interview_id}")
            await unfold(page)
            await page.locator(".transcript", has_text="x" * 300).first.wait_for()
            assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_the_interviewer_is_heard(tmp_path: Path) -> None:
    """The question is read aloud anew at the press of a button; where there is no voice, the page says so in words."""
    async with reviewing(tmp_path) as (visit, _):
        page = visit.page
        async with page.expect_response("**/turns/1/asked.wav") as got:
            await page.get_by_role("button", name="Hear the question").click()
        assert (await got.value).headers["content-type"] == "audio/wav"
        await page.route("**/turns/2/asked.wav", lambda route: route.fulfill(status=503, json={"error": "No voice here."}))
        await page.get_by_role("button", name="Hear the follow-up").click()
        await expect(page.locator(".asked").nth(1)).to_contain_text("No voice here.")


# ---- The coach --------------------------------------------------------------------------------------------------------


async def test_the_first_screen_coaches(tmp_path: Path) -> None:
    """On a phone: the verdict, one thing done well with its audio, one to add, and the button to practise just that."""
    async with reviewing(tmp_path) as (visit, interview_id):
        page = visit.page
        await page.set_viewport_size({"width": 390, "height": 844})
        await page.add_init_script(ADD_SHIFTS)
        await page.goto(f"{visit.url}/review/{interview_id}")
        await expect(page.locator(".verdict-scale")).to_be_in_viewport(ratio=1)
        await expect(page.locator(".judgement")).to_contain_text("points of a good answer.")
        await expect(page.locator(".well .quote q")).to_contain_text("low rank update")
        await expect(page.get_by_role("button", name="Say just this: 15 seconds")).to_be_in_viewport(ratio=1)
        await expect(page.locator(".lit")).to_have_count(1)
        await expect(page.locator("details[open]")).to_have_count(0)
        assert await page.evaluate("window.shift") < 0.1
        await page.locator(".depends a").click()
        await expect(page.locator(".unsure [data-point]").first).to_be_visible()
        await page.keyboard.press("q")
        start = next(word.start for word in FIRST.words if word.text == "It")
        await expect(page.get_by_label("Position in the recording").first).not_to_have_value("0")
        assert start - 0.3 <= await position(page) <= start + 2
        assert await violations(page) == []


async def test_a_repair_drill_is_graded_at_once(tmp_path: Path) -> None:
    """One point in one's own words, graded by itself; the interview's grade stays."""
    async with reviewing(tmp_path) as (visit, interview_id):
        page = visit.page
        before = (await visit.review(interview_id))["rounds"][0]["grade"]
        point = before["next_point"]
        scripted = {"text": "Then you merge it into the weights.", "status": "met", "statement": "", "quote": "merge it into"}
        await page.get_by_role("button", name="or type it").click()
        await page.get_by_label("The point in your words").fill("I have no idea.")
        await page.get_by_role("button", name="Grade it").click()
        await expect(page.locator(".repair-result")).to_have_text("It isn’t there yet. Hear it said, then try once more.")
        await expect(page.locator(".repair-result")).to_be_focused()
        await page.route(f"**/points/{point}/repair", lambda route: route.fulfill(json=scripted))
        await page.get_by_role("button", name="Once more").click()
        await page.get_by_label("The point in your words").fill(scripted["text"])
        await page.get_by_role("button", name="Grade it").click()
        await expect(page.locator(".repair-result")).to_have_text("You said it.")
        await expect(page.locator(".repair mark")).to_have_text("merge it into")
        assert await violations(page) == []
        assert (await visit.review(interview_id))["rounds"][0]["grade"] == before


WATCH_SOUND = """
    window.heard = [];
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () {
        window.heard.push(this);
        return play.call(this);
    };
"""


async def heard(page: Page) -> list[dict[str, Any]]:
    """What was played, in order: whether from the server or out of the page, from which second to which, and its length."""
    played: list[dict[str, Any]] = await page.evaluate(
        """() => window.heard.map((audio) => ({
            address: audio.src, length: audio.duration, paused: audio.paused,
            from: audio.played.start(0), to: audio.played.end(0),
        }))"""
    )
    return played


async def test_a_sentence_and_a_drill_are_really_heard(tmp_path: Path, speech: Path) -> None:
    """ "Hear it said" plays the voice to its end. After a spoken drill, what was said before and what was said now are played
    back to back; another sound in between ends both."""
    assembly = prepared(tmp_path)
    assembly.speech.voice = PreparedVoice(Tone(), CATALOGUE.script.constant())
    interview_id = await store_interview(assembly, CHOICES, [[FIRST, SECOND]])
    async with serving(assembly) as url, browsing(url, speech) as visit:
        page = visit.page
        await page.add_init_script(WATCH_SOUND)
        await page.goto(f"{url}/review/{interview_id}")
        said = page.get_by_role("button", name="Hear it said")
        await said.click()
        async with asyncio.timeout(10):
            while not await page.evaluate("window.heard[0]?.ended ?? false"):
                await asyncio.sleep(0.05)
        [sentence] = await heard(page)
        assert sentence["from"] == 0 and sentence["to"] == pytest.approx(Tone.SECONDS, abs=0.1)

        await page.get_by_role("button", name="Say just this: 15 seconds").click()
        await expect(page.get_by_role("status").filter(has_text="13 seconds left")).to_be_visible()
        await page.get_by_role("button", name="Done", exact=True).click()
        both = page.get_by_role("button", name="Before and after")
        await both.click()
        await expect(page.get_by_role("button", name="After", exact=True)).to_be_visible(timeout=15_000)
        await expect(both).to_be_enabled()
        before, after = (await heard(page))[1:]
        assert "/audio.wav" in before["address"] and before["paused"] and before["to"] - before["from"] > 1
        assert after["address"].startswith("blob:") and after["from"] == 0
        assert after["to"] == pytest.approx(after["length"], abs=0.1) and 1.5 < after["length"] < 4

        await both.click()
        await said.click()
        await expect(both).to_be_enabled()
        assert len(await heard(page)) == 5, "the sentence takes the place of what was being played, and nothing follows it"


@pytest.mark.parametrize("width", [390, 1440])
async def test_the_answer_at_its_best_is_heard_to_its_end(tmp_path: Path, width: int) -> None:
    """ "Hear it all" plays every sentence that is shown; one of them is heard in the candidate's own voice instead."""
    assembly = prepared(tmp_path)
    assembly.speech.voice = PreparedVoice(Tone(), CATALOGUE.script.constant())
    interview_id = await store_interview(assembly, CHOICES, [[FIRST, SECOND]])
    async with serving(assembly) as url, browsing(url, "missing", viewport={"width": width, "height": 844}) as visit:
        page = visit.page
        await page.add_init_script(WATCH_SOUND)
        await page.goto(f"{url}/review/{interview_id}")
        await page.locator("summary", has_text="Your answer at its best").click()
        pieces = await page.locator(".best > li").count()
        whole = page.get_by_role("button", name="Hear it all")
        await whole.click()
        async with asyncio.timeout(30):
            while not await page.evaluate("window.heard[0]?.ended ?? false"):
                await asyncio.sleep(0.05)
        await expect(whole).to_be_visible()
        [all_of_it] = await heard(page)
        assert all_of_it["from"] == 0 and all_of_it["to"] == pytest.approx(all_of_it["length"], abs=0.1)
        assert all_of_it["length"] >= pieces * Tone.SECONDS and pieces > 2

        await whole.click()
        await page.get_by_role("button", name=re.compile("^Hear yourself at")).first.click()
        await expect(whole).to_be_visible()
        again, own = (await heard(page))[1:]
        assert again["paused"] and "/audio.wav" in own["address"]
    await assembly.storage.store.close()


async def test_several_questions_begin_with_all_of_them(tmp_path: Path) -> None:
    """How it went, the best moment and what to practise next; a key goes from question to question."""
    assembly = prepared(tmp_path)
    choices = Choices("drill", ("finetuning/lora", "rag/core"), follow_ups=0)
    interview_id = await store_interview(assembly, choices, [[FIRST], [SECOND]])
    async with serving(assembly) as url, browsing(url, "missing") as visit:
        page = visit.page
        await page.goto(f"{url}/review/{interview_id}")
        await expect(page.locator(".overall .judgement")).to_contain_text("2 questions: ")
        await expect(page.locator(".overall .well")).to_contain_text("Best moment: How LoRA works")
        await expect(page.locator(".overall .add")).to_contain_text("Weakest moment: ")
        await page.keyboard.press("n")
        await expect(page.locator(".round-head").nth(0)).to_be_focused()
        await expect(page.locator(".round-body")).to_have_count(2)
        await expect(page.locator(".round-body").nth(0)).to_be_visible()
        await expect(page.locator(".round-body").nth(1)).to_be_hidden()
        assert await violations(page) == []


async def test_an_interview_in_which_nothing_was_said_is_one_line(tmp_path: Path) -> None:
    """There is nothing to review, and it is in no list or count."""
    assembly = prepared(tmp_path)
    interview_id = await store_interview(assembly, Choices("drill", ("finetuning/lora",), follow_ups=0), [[said("")]])
    async with serving(assembly) as url, browsing(url, "missing") as visit:
        page = visit.page
        await page.goto(f"{url}/review/{interview_id}")
        await expect(page.locator(".nothing-said")).to_contain_text("Nothing was said in this interview")
        await expect(page.locator(".round, .verdict")).to_have_count(0)
        await page.goto(f"{url}/past")
        await expect(page.locator(".interviews")).to_have_count(0)
        await page.goto(f"{url}/progress")
        await expect(page.locator(".progress .lead")).to_contain_text("No grades yet")
