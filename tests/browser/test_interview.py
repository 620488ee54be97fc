"""Interviews in a real browser with the real models; the candidate's voice is synthesised by Piper."""

from __future__ import annotations

import asyncio
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hotseat.speech.audio import SAMPLE_RATE, Samples
from playwright.async_api import expect

from tests.audio.speech import say, write
from tests.browser.conftest import Visit, Visiting, unfold

LEAD_S = 6.0
"""Silence before a spoken answer: the question is heard to its end meanwhile."""
FREEZING = (
    "It freezes the base model and learns the weight update as a product of two low rank matrices. "
    "Far fewer parameters are trained than in full fine-tuning, so it needs much less memory. "
    "I usually put the adapters on the query and value projections of the attention layers. "
    "The update is scaled by alpha over the rank, and both are tuned together."
)
MERGING = "After training you can merge the adapter into the weights, so inference is not slower."
LATE = "Pineapple, banana, cucumber and watermelon are on the list. "
TYPED = "LoRA freezes the base model and trains two small low-rank matrices, so far fewer parameters are trained."
VERDICTS = ("Strong Hire", "Lean Hire", "Lean No Hire", "No Hire")


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * SAMPLE_RATE), np.float32)


def fitted(samples: Samples, seconds: float) -> Samples:
    """Repeated and cut to a length."""
    return np.resize(samples, int(seconds * SAMPLE_RATE))


def words(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9']+", text.lower()))


async def follow_captions(visit: Visit, until_word: str, within_s: float = 40.0) -> list[str]:
    """The different captions that the page shows, up to the first with a word in it."""
    shown: list[str] = []
    async with asyncio.timeout(within_s):
        while not shown or until_word not in shown[-1].lower():
            text = await visit.caption()
            if not shown or text != shown[-1]:
                shown.append(text)
            await asyncio.sleep(0.1)
    return shown


async def test_a_spoken_drill_with_a_reload_in_mid_answer(visiting: Visiting, tmp_path: Path) -> None:
    """Question heard, captions while speaking, a reload that loses nothing, a spoken follow-up, and a review with quotes."""
    voice = tmp_path / "voice.wav"
    write(voice, np.concatenate([silence(LEAD_S), say(FREEZING), silence(60)]))
    async with visiting(voice) as visit:
        page = visit.page
        await page.goto(visit.url)
        await page.get_by_label("Search the questions").fill("explain how lora works")
        await page.locator(".question-button:visible").first.click()
        await visit.press("Space", "ready")

        await visit.until(lambda: visit.phase == "asking")
        interview_id = visit.of("hello")[0]["interview_id"]
        await expect(page.locator(".question h1.being-read")).to_be_visible()
        await visit.until(lambda: {"type": "playback.done", "turn_id": 1} in visit.sent)
        assert_heard(visit, 1, "question")

        shown = await follow_captions(visit, "memory")
        assert len(shown) >= 4
        assert (visit.phase, visit.state["turn_id"]) == ("answering", 1), "captions come while one speaks"
        committed = [message["committed"] for message in visit.of("caption")]
        assert all(later.startswith(earlier) for earlier, later in pairwise(committed))
        left = visit.state["remaining_ms"]

        write(voice, np.concatenate([silence(0.5), say(MERGING), silence(60)]))
        await page.reload()
        await visit.until(lambda: len(visit.of("hello")) == 2 and visit.phase == "answering")
        assert (visit.of("hello")[1]["interview_id"], visit.state["turn_id"]) == (interview_id, 1)
        assert visit.state["next_frame"] > 0 and 0 < visit.state["remaining_ms"] < left
        await follow_captions(visit, "slower")
        await page.keyboard.press("Space")

        await visit.until(lambda: visit.phase == "thinking" and visit.state["turn_id"] == 2, 30)
        assert_heard(visit, 2, "follow_up")
        assert {"type": "playback.done", "turn_id": 2} in visit.sent
        asked = visit.state["text"]
        await expect(page.locator(".question h1")).to_have_text(asked)
        await visit.press("s", "thinking")

        await page.wait_for_url(f"**/review/{interview_id}", timeout=90_000)
        review = await visit.review(interview_id)
        [entry] = review["rounds"]
        transcript = words(entry["answers"][0]["text"])
        assert "base model and learns the weight update" in transcript, "from before the reload"
        assert "merge the adapter into the weights" in transcript, "from after the reload"
        assert entry["answers"][1]["asked"] == asked
        await check_review(visit, entry)


def assert_heard(visit: Visit, turn_id: int, utterance: str) -> None:
    """Sentences with audio came, and then their end."""
    spoken = [m for m in visit.of("voice") if (m["turn_id"], m["utterance"]) == (turn_id, utterance)]
    assert spoken and all(message["audio"] == message["bytes"] > 10_000 for message in spoken)
    assert any((end["turn_id"], end["utterance"]) == (turn_id, utterance) for end in visit.of("voice.end"))


async def check_review(visit: Visit, entry: dict[str, Any]) -> None:
    """The verdict and quotes are on the page; quotes occur in the transcript, and a click plays them."""
    page = visit.page
    await expect(page.locator(".round-head")).to_contain_text(entry["grade"]["verdict"], timeout=30_000)
    assert entry["grade"]["verdict"] in VERDICTS
    await unfold(page)
    shown = await page.locator(".rubric .quote q").all_inner_texts()
    assert shown
    transcripts = [words(answer["text"]) for answer in entry["answers"]]
    assert all(any(words(quote) in transcript for transcript in transcripts) for quote in shown)

    evidence = [
        finding["evidence"]
        for criterion in entry["grade"]["criteria"]
        for finding in criterion["findings"]
        if finding["status"] == "met"
    ]
    latest = max(evidence, key=lambda found: found["start"])
    assert latest["start"] > 1.0
    # Exactly this one: a longer quote that begins earlier may hold its words.
    await page.locator(".rubric .quote", has=page.get_by_text(latest["quote"], exact=True)).first.click()
    position = page.get_by_label("Position in the recording").first
    for _ in range(100):
        at = float(await position.input_value())
        if at >= latest["start"]:
            break
        await asyncio.sleep(0.02)
    assert latest["start"] <= at < latest["start"] + 1.0
    await expect(page.locator("mark .word.heard, .word.heard")).to_have_count(1)
    await expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()


async def test_a_monologue_is_cut_at_sixty_seconds(visiting: Visiting, tmp_path: Path) -> None:
    """Eighty seconds of speech are stopped by the interviewer at 60 s ± 0.5 s; nothing later is stored or written down."""
    voice = tmp_path / "voice.wav"
    early, late = fitted(say(FREEZING), 66), fitted(say(LATE), 20)
    write(voice, np.concatenate([silence(2), early, late]))
    async with visiting(voice) as visit:
        interview_id = await visit.plan(follow_ups=0)
        await visit.press("Space", "ready")
        await visit.press("Space", "asking")
        await visit.until(lambda: visit.phase == "answering")
        await visit.until(lambda: visit.phase == "finalising", 70)
        cut = visit.first("finalising", 1)
        assert cut - visit.first("answering", 1) == pytest.approx(60.0, abs=0.5)
        await visit.until(lambda: bool(visit.of("answer")))
        stopped = next((at, m) for at, m in visit.received if m["type"] == "voice" and m["utterance"] == "acknowledgement")
        assert "time" in stopped[1]["text"] and stopped[0] - cut < 0.5

        await visit.until(lambda: visit.phase in ("grading", "finished"))
        [answer] = (await visit.review(interview_id))["rounds"][0]["answers"]
        recording = await (await visit.page.request.get(visit.url + answer["audio"])).body()
        assert 58.0 <= (len(recording) - 44) / 2 / SAMPLE_RATE <= 60.0
        assert answer["ended_by"] == "limit"
        assert "base model and learns the weight update" in words(answer["text"])
        assert not {"pineapple", "banana", "cucumber", "watermelon"} & set(words(answer["text"]).split())
        assert all(word["end"] <= 60.0 for word in answer["words"])


async def test_keyboard_alone_without_a_microphone(visiting: Visiting) -> None:
    """Without a microphone the page says so, and from lobby to review an interview can be typed, with keys only."""
    async with visiting("missing") as visit:
        page, keyboard = visit.page, visit.page.keyboard
        await page.goto(visit.url)
        await page.locator(".question-button:not([disabled])").first.wait_for(state="attached")
        await tab_to(visit, "document.activeElement.id === 'search'")
        await keyboard.type("explain how lora works")
        await tab_to(visit, "document.activeElement.classList.contains('question-button')")
        await keyboard.press("Enter")

        await visit.press("Space", "ready")
        await expect(page.locator(".notices")).to_contain_text("We found no microphone.")
        await expect(page.locator(".primary")).to_contain_text("Start and type the answers")
        await keyboard.press("Space")
        for turn_id in (1, 2):
            await visit.type_answer(turn_id, TYPED)
        await visit.press("Space", "grading", "finished")
        await page.wait_for_url("**/review/*")
        await expect(page.locator(".transcript").first).to_contain_text("trains two small low-rank matrices")
        await expect(page.locator(".round-head .verdict").first).to_be_visible(timeout=90_000)
        assert visit.frames_sent == 0


async def tab_to(visit: Visit, condition: str) -> None:
    """Presses Tab until the focus is where it should be."""
    for _ in range(60):
        if await visit.page.evaluate(condition):
            return
        await visit.page.keyboard.press("Tab")
    raise AssertionError(f"Tab never got to: {condition}")


async def test_a_blocked_microphone(visiting: Visiting) -> None:
    """When the browser refuses the microphone the page says how to allow it, and the answer can be typed."""
    async with visiting("denied") as visit:
        await visit.plan()
        await visit.press("Space", "ready")
        await expect(visit.page.locator(".notices")).to_contain_text("Your browser blocked the microphone.")
        assert {"type": "mic", "state": "denied"} in visit.sent
        await visit.page.keyboard.press("Space")
        await expect(visit.page.get_by_label("Your answer")).to_be_focused()
        await visit.page.keyboard.type(TYPED)
        await visit.page.keyboard.press("Control+Enter")
        await visit.until(lambda: bool(visit.of("answer")))
        assert visit.of("answer")[0]["text"] == TYPED


async def test_a_silent_microphone_is_told(visiting: Visiting, tmp_path: Path) -> None:
    """A microphone that gives nothing but zeros is named while the clock runs, and one can type instead."""
    voice = tmp_path / "voice.wav"
    write(voice, silence(60))
    async with visiting(voice) as visit:
        await visit.plan()
        await visit.press("Space", "ready")
        await visit.press("Space", "asking")
        notice = visit.page.locator(".notice", has_text="We can’t hear you. No sound from")
        await expect(notice).to_be_visible(timeout=10_000)
        assert visit.phase == "answering"
        await visit.until(lambda: {"type": "mic", "state": "silent"} in visit.sent)
        await notice.get_by_role("button", name="Type instead").click()
        await visit.page.get_by_label("Your answer").fill(TYPED)
        await visit.page.keyboard.press("Control+Enter")
        await visit.until(lambda: bool(visit.of("answer")))
        assert visit.of("answer")[0]["text"] == TYPED
