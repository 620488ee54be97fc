"""The interview room when something goes wrong: a lost connection, a second tab, an early end. With fake models."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hotseat.startup.assembly import Assembly
from playwright.async_api import Page, WebSocketRoute, expect

from tests.browser.accessibility import violations
from tests.browser.conftest import Visit, browsing
from tests.browser.fake_server import serving
from tests.browser.flaky_network import flaky_network
from tests.browser.test_pages import TYPED
from tests.support.fakes import FakeTranscriber, PointGrader, fake_assembly

FIRST, SECOND = "the first answer is about freezing", "a second one follows on merging"
NOTHING_YET = "Your words appear here as you speak."
LAMP = "rgb(255, 201, 51)"
WATCH_TRACKS = """() => {
    window.tracks = [];
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await open(wanted);
        window.tracks.push(...stream.getTracks());
        return stream;
    };
}"""

WITHOUT_FIRST = """() => {
    const open = navigator.mediaDevices.getUserMedia;
    navigator.mediaDevices.getUserMedia = () => {
        navigator.mediaDevices.getUserMedia = open;
        return Promise.reject(new DOMException("", "NotFoundError"));
    };
}"""
WATCH_LINES = """() => {
    window.isSlow = false; // As if what is sent stayed in the browser.
    window.atFirstMessage = null; // Called once, before a new line's state is known.
    window.WebSocket = class extends WebSocket {
        constructor(url) {
            super(url);
            this.addEventListener("message", () => window.atFirstMessage?.(), { once: true });
        }
        get bufferedAmount() {
            return window.isSlow ? 1e9 : super.bufferedAmount;
        }
    };
}"""


@pytest.fixture
def assembly(tmp_path: Path) -> Assembly:
    assembly = fake_assembly(tmp_path)
    assembly.speech.transcriber = FakeTranscriber(FIRST)
    assembly.graders.in_use = PointGrader(met=True)
    return assembly


@pytest_asyncio.fixture(loop_scope="session")
async def light(assembly: Assembly) -> AsyncIterator[str]:
    async with serving(assembly) as url:
        yield url


def words(page: Page) -> Any:
    """What the room says in large letters."""
    return expect(page.locator(".clock .phase"))


async def speak(visit: Visit, turn_id: int) -> None:
    """Until words of the answer to this turn are shown; the voice alone begins it."""
    await visit.until(lambda: (visit.phase, visit.state["turn_id"]) == ("answering", turn_id), 20)
    await expect(visit.page.locator(".captions .text")).not_to_have_text(NOTHING_YET, timeout=15_000)


async def another_page(page: Page) -> Page:
    """In the same browser, which has no other visitor to it."""
    assert page.context.browser is not None
    return await page.context.browser.new_page()


async def test_an_answer_leaves_when_the_next_question_comes(light: str, assembly: Assembly, speech: Path) -> None:
    """What was written down can be read while a follow-up is chosen, and is not taken for the answer to it afterwards."""
    async with browsing(light, speech) as visit:
        await visit.plan()
        await visit.page.evaluate(
            """() => {
                window.seen = [];
                const [room, kicker, text, status] = [".room", ".question .kicker", ".captions .text", ".status"].map((name) =>
                    document.querySelector(name));
                const watch = () => window.seen.push([
                    room.dataset.phase, kicker.innerText.includes("follow-up"), text.textContent, status.textContent,
                ]);
                new MutationObserver(watch).observe(room, {
                    subtree: true, childList: true, characterData: true, attributeFilter: ["data-phase"],
                });
            }"""
        )
        await visit.press("Space", "ready")
        await speak(visit, 1)
        await visit.press("Space", "answering")
        await visit.until(lambda: visit.state["turn_id"] == 2 and visit.phase == "asking", 20)
        assert isinstance(assembly.speech.transcriber, FakeTranscriber)
        assembly.speech.transcriber.text = SECOND
        await speak(visit, 2)
        await visit.press("Space", "answering")
        await visit.until(lambda: visit.phase in ("grading", "finished"), 20)

        def seen(phase: str, follow_up: bool) -> list[tuple[str, str]]:
            return [(text, status) for at, later, text, status in entries if (at, later) == (phase, follow_up)]

        entries = await visit.page.evaluate("window.seen")
        assert (FIRST, "This is what we heard.") in seen("finalising", False) + seen("followingup", False)
        asking = seen("asking", True) + seen("thinking", True)
        assert asking and {text for text, _ in asking} == {NOTHING_YET}
        assert "This is what we heard." not in {status for _, status in asking}
        closing = seen("finalising", True)
        assert closing and not any("first" in text for text, _ in closing)


async def test_a_typed_answer_outlives_the_line(light: str) -> None:
    """Sent while the line is down, or into one that is dead and not known to be, it stays in the field and goes out on the
    next line."""
    async with flaky_network(light) as (url, network), browsing(url, "missing") as visit:
        page = visit.page
        await visit.plan()
        await visit.press("t", "ready")
        field = page.get_by_label("Your answer")
        await visit.until(lambda: (visit.phase, visit.state["turn_id"]) == ("asking", 1))
        await page.keyboard.type(TYPED)
        network.cut()
        await words(page).to_have_text("Offline")
        await page.keyboard.press("Control+Enter")
        await words(page).to_have_text("Offline. We’ll send this when you’re back.")
        await expect(field).to_have_value(TYPED)
        network.mend()
        await visit.until(lambda: bool(visit.of("answer")), 15)
        assert visit.of("answer")[0]["text"] == TYPED

        await visit.until(lambda: visit.phase in ("asking", "thinking") and visit.state["turn_id"] == 2, 20)
        await expect(field).to_be_focused()
        await expect(field).to_have_value("")
        await page.keyboard.type(TYPED + " Twice.")
        network.deafen()
        await page.keyboard.press("Control+Enter")
        await asyncio.sleep(0.3)
        await expect(field).to_have_value(TYPED + " Twice.")
        network.cut()
        await words(page).to_have_text("Offline")
        network.mend()
        await visit.until(lambda: len(visit.of("answer")) == 2, 15)
        assert visit.of("answer")[1]["text"] == TYPED + " Twice."


async def test_repeat_think_and_ask_while_typing(light: str, speech: Path) -> None:
    """Each has its button and its key with Alt; the answer begun stays, is gone on with, and is what counts."""
    async with browsing(light, speech) as visit:
        page = visit.page
        interview_id = await visit.plan()
        await visit.press("Space", "ready")
        await visit.press("t", "answering")
        field = page.get_by_role("textbox", name="Your answer")
        await page.keyboard.type("LoRA freezes the base ")
        await page.get_by_role("button", name="Repeat Alt R").click()
        await visit.until(lambda: visit.state.get("understood") == "repeat")
        await expect(field).to_be_focused()
        await page.keyboard.type("model and trains ")
        await visit.press("Alt+m", "thinking")
        await visit.until(lambda: visit.state.get("understood") == "think")
        await expect(field).to_be_focused()
        await page.keyboard.type("small matrices")

        await page.keyboard.press("Alt+a")
        question = page.get_by_role("textbox", name="What do you want to know about the question?")
        await expect(question).to_be_focused()
        await expect(question).to_have_value("")
        await expect(page.get_by_role("button", name="Think")).to_be_hidden()
        assert await violations(page) == []
        await page.keyboard.press("Escape")
        await expect(field).to_have_value("LoRA freezes the base model and trains small matrices")
        await page.get_by_role("button", name="Ask Alt A").click()
        await page.keyboard.type("For which model?")
        await page.get_by_role("button", name="Ask this").click()
        await visit.until(lambda: visit.state.get("understood") == "clarify")
        await expect(field).to_be_focused()
        await page.keyboard.type(" instead.")
        await page.keyboard.press("Control+Enter")
        await visit.until(lambda: bool((entry := visit.of("answer")) and entry[-1]["text"].endswith("instead.")))
        review = await visit.review(interview_id)
        [answer] = review["rounds"][0]["answers"][-1:]
        assert answer["text"] == "LoRA freezes the base model and trains small matrices instead."
        assert [act["act"] for act in review["rounds"][0]["acts"]] == ["repeat", "think", "clarify"]


async def test_ending_while_typing_keeps_what_was_written(light: str) -> None:
    """As the dialog promises: the draft is the answer, and it is graded."""
    async with browsing(light, "missing") as visit:
        interview_id = await visit.plan()
        await visit.press("t", "ready")
        await visit.until(lambda: visit.phase == "thinking")
        await visit.page.keyboard.type(TYPED)
        await visit.page.get_by_role("button", name="End", exact=True).click()
        await visit.page.get_by_role("button", name="End it now").click()
        await visit.until(lambda: visit.phase == "finished", 20)
        [entry] = (await visit.review(interview_id))["rounds"]
        assert [answer["text"] for answer in entry["answers"]] == [TYPED]
        assert entry["grade_state"] == "graded"


async def test_buttons_pressed_offline_take_effect_on_reconnect(light: str, speech: Path) -> None:
    """Done ends the answer, a hint is shown once, Skip passes, and nothing that is said after Done belongs to the answer."""
    async with flaky_network(light) as (url, network), browsing(url, speech) as visit:
        page = visit.page

        async def without_line(key: str) -> None:
            network.cut()
            await words(page).to_have_text("Offline")
            await visit.press(key, "answering")
            await words(page).to_have_text("Offline. We’ll send this when you’re back.")
            network.mend()

        await visit.plan(question_id="capstone/study-plan")
        await visit.press("Space", "ready")
        await speak(visit, 1)
        hints = visit.state["hints_left"]
        await without_line("h")
        await visit.until(lambda: visit.state.get("hints_left") == hints - 1, 15)
        await expect(page.locator(".hints li")).to_have_count(1)
        before = visit.frames_sent
        await without_line("Space")
        await visit.until(lambda: visit.state["turn_id"] == 2 or visit.phase in ("finalising", "followingup"), 15)
        assert visit.of("answer") or visit.phase == "finalising"
        assert visit.frames_sent > before, "what was said before Done is"
        await speak(visit, 2)
        await without_line("s")
        await visit.until(lambda: visit.phase in ("grading", "finished"), 15)
        await visit.until(lambda: len(visit.of("answer")) == 2)
        assert [answer["ended_by"] for answer in visit.of("answer")] == ["done", "skipped"]


async def test_a_press_while_the_line_comes_back_counts_once(light: str, speech: Path) -> None:
    """Between the opening of the line and the first state that comes over it."""
    async with flaky_network(light) as (url, network), browsing(url, speech) as visit:
        page = visit.page
        await page.add_init_script(f"({WATCH_LINES})()")
        await visit.plan(question_id="capstone/study-plan")
        await visit.press("Space", "ready")
        await speak(visit, 1)
        hints = visit.state["hints_left"]
        assert hints >= 2
        network.cut()
        await words(page).to_have_text("Offline")
        await page.evaluate(
            """() => (window.atFirstMessage = () => {
                window.atFirstMessage = null;
                document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "h", bubbles: true }));
            })"""
        )
        network.mend()
        await visit.until(lambda: visit.state.get("hints_left", hints) < hints, 15)
        await asyncio.sleep(0.5)
        assert visit.state["hints_left"] == hints - 1
        assert len([message for message in visit.sent if message["type"] == "hint"]) == 1


async def test_a_press_waits_behind_what_was_said_before_it(light: str, speech: Path) -> None:
    """Over a slow line, too: Done comes after the frames that were spoken before it."""
    async with flaky_network(light) as (url, network), browsing(url, speech) as visit:
        page = visit.page

        def dones() -> int:
            return len([message for message in visit.sent if message["type"] == "done"])

        await page.add_init_script(f"({WATCH_LINES})()")
        await visit.plan()
        await visit.press("Space", "ready")
        await visit.until(lambda: visit.phase == "asking")
        network.cut()
        await words(page).to_have_text("Offline")
        await page.evaluate("window.isSlow = true")
        network.mend()
        await visit.until(lambda: visit.phase == "answering", 20)
        frames = visit.frames_sent
        await page.evaluate("window.isSlow = false")
        await visit.until(lambda: visit.frames_sent > frames + 25)
        assert (visit.phase, dones()) == ("answering", 0)

        network.cut()
        await words(page).to_have_text("Offline")
        await asyncio.sleep(0.5)
        await page.evaluate("window.isSlow = true")
        network.mend()
        await words(page).to_have_text("Listening")
        frames = visit.frames_sent
        await visit.press("Space", "answering")
        await asyncio.sleep(0.5)
        assert (visit.frames_sent, dones()) == (frames, 0)
        await page.evaluate("window.isSlow = false")
        await visit.until(lambda: bool(visit.of("answer")))
        assert visit.frames_sent > frames + 10 and dones() == 1


async def test_a_start_without_a_line_is_for_later(light: str, speech: Path) -> None:
    """Neither button nor key begins what would never arrive, and both do when the line is back."""
    async with flaky_network(light) as (url, network), browsing(url, speech) as visit:
        page = visit.page
        await page.add_init_script(f"({WATCH_TRACKS})()")
        await visit.plan()
        await expect(page.locator(".primary")).to_have_text("StartSpace")
        network.cut()
        await expect(page.locator(".notices")).to_contain_text("The connection to the server is lost.")
        await expect(page.locator(".primary")).to_be_disabled()
        await page.keyboard.press("Space")
        await page.keyboard.press("t")
        await asyncio.sleep(0.5)
        assert await page.evaluate("tracks.length") == 0
        network.mend()
        await expect(page.locator(".primary")).to_have_text("StartSpace", timeout=10_000)
        await page.keyboard.press("Space")
        await speak(visit, 1)
        await expect(page.get_by_label("Your answer")).to_be_hidden()


async def test_a_server_that_is_loading_is_left_in_peace(light: str) -> None:
    """It opens the line and hangs up: the page waits longer each time, says so once, and keeps what was pressed."""
    async with browsing(light, "missing") as visit, asyncio.TaskGroup() as hanging_up:
        page = visit.page
        lines: list[WebSocketRoute] = []
        is_loading = False

        async def hang_up(route: WebSocketRoute) -> None:
            await asyncio.sleep(0.02)  # What is closed before join has returned was never open.
            await route.close(code=4503, reason="the models are still loading")

        def join(route: WebSocketRoute) -> None:
            lines.append(route)
            if is_loading:
                hanging_up.create_task(hang_up(route))
            else:
                route.connect_to_server()

        await page.route_web_socket(re.compile("/socket$"), join)
        await page.goto(f"{light}/interview/{await visit.make(format='five', question_id=None)}")
        await visit.press("t", "ready")
        await expect(page.locator('.room[data-phase="thinking"]')).to_be_visible()
        is_loading = True
        await hang_up(lines[0])
        await expect(page.locator(".notices")).to_contain_text("still loading")
        await page.evaluate(
            """() => {
                window.said = 0;
                const notices = document.querySelector(".notices");
                new MutationObserver(() => window.said++).observe(notices, { childList: true });
            }"""
        )
        await asyncio.sleep(0.6)
        await page.get_by_role("button", name="Skip").click()
        await asyncio.sleep(4)
        assert len(lines) <= 5, "tries after 0.5, 1, 2 and 4 seconds at most"
        assert await page.evaluate("window.said") == 0
        await words(page).to_have_text("Offline. We’ll send this when you’re back.")


async def test_an_end_without_a_line_ends_it_when_it_is_back(light: str) -> None:
    async with flaky_network(light) as (url, network), browsing(url, "missing") as visit:
        interview_id = await visit.plan()
        await visit.press("t", "ready")
        await visit.until(lambda: visit.phase == "thinking")
        await visit.page.keyboard.type(TYPED)
        network.cut()
        await words(visit.page).to_have_text("Offline")
        await visit.page.get_by_role("button", name="End", exact=True).click()
        await visit.page.get_by_role("button", name="End it now").click()
        network.mend()
        await visit.until(lambda: visit.phase == "finished", 20)
        [entry] = (await visit.review(interview_id))["rounds"]
        assert [answer["text"] for answer in entry["answers"]] == [TYPED]


async def test_a_room_that_another_tab_has_taken(light: str, speech: Path) -> None:
    """It looks and listens like one that is out of the interview, until it is taken back with the large button."""
    async with browsing(light, speech) as visit:
        page = visit.page
        await page.add_init_script(f"({WATCH_TRACKS})()")
        interview_id = await visit.plan()
        await visit.press("Space", "ready")
        await speak(visit, 1)
        await expect(page.locator(".disc")).to_have_css("fill", LAMP)
        assert await page.evaluate("tracks.map((track) => track.readyState)") == ["live"]

        other = await another_page(page)
        await other.goto(f"{light}/interview/{interview_id}")
        await words(page).to_have_text("Open in another tab")
        await expect(page.locator(".clock .figures")).to_have_text("")
        await expect(page.locator(".disc")).not_to_have_css("fill", LAMP)
        await expect(page.locator(".status")).to_have_text("The microphone is off.")
        assert await page.evaluate("tracks.map((track) => track.readyState)") == ["ended"]
        for name in ("Done", "Skip", "Type", "End"):
            await expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)

        await page.get_by_role("button", name="Continue here").click()
        await words(other).to_have_text("Open in another tab")
        await words(page).to_have_text("Listening")
        await expect(page.locator(".primary")).to_be_focused()
        await expect(page.locator(".primary")).to_contain_text("Done")
        await expect(page.locator(".disc")).to_have_css("fill", LAMP)
        assert await page.evaluate("tracks.map((track) => track.readyState)") == ["ended", "live"]


async def test_a_room_that_another_tab_has_taken_stays_there(light: str, assembly: Assembly, speech: Path) -> None:
    """Until it is asked for: not when the network comes back. Several presses are one, and open one microphone. An
    answer given in the other tab does not stand under the question after it."""
    async with browsing(light, speech) as visit:
        page = visit.page
        await page.add_init_script(f"({WATCH_TRACKS})()")
        interview_id = await visit.plan()
        await visit.press("Space", "ready")
        await speak(visit, 1)
        other = await another_page(page)
        there = Visit(other, light)
        await other.goto(f"{light}/interview/{interview_id}")
        await words(page).to_have_text("Open in another tab")
        await page.evaluate("dispatchEvent(new Event('online'))")
        await asyncio.sleep(1)
        await words(page).to_have_text("Open in another tab")
        await words(other).to_have_text("Listening")

        await there.press("Space", "answering")
        await there.until(lambda: there.state["turn_id"] == 2)
        assert isinstance(assembly.speech.transcriber, FakeTranscriber)
        assembly.speech.transcriber.text = ""
        await there.until(lambda: there.phase == "answering", 15)
        await page.locator(".primary").evaluate(
            """button => {
                const pressDone = () => button.textContent.includes("Done") && button.click();
                new MutationObserver(pressDone).observe(button, { subtree: true, childList: true });
                button.click();
                button.click();
            }"""
        )
        await words(page).to_have_text("Listening")
        await expect(page.locator(".captions .text")).to_have_text(NOTHING_YET)
        await asyncio.sleep(0.5)
        assert (visit.phase, visit.state["turn_id"]) == ("answering", 2)
        assert await page.evaluate("tracks.map((track) => track.readyState)") == ["ended", "live"]


async def test_a_press_is_not_taken_along_into_another_tab(light: str, speech: Path) -> None:
    """What the dead line swallowed before another tab took over is not sent when the interview is taken back."""
    async with flaky_network(light) as (url, network), browsing(url, speech) as visit:
        page = visit.page
        interview_id = await visit.plan(question_id="capstone/study-plan")
        await visit.press("Space", "ready")
        await speak(visit, 1)
        hints = visit.state["hints_left"]
        network.deafen()
        await visit.press("h", "answering")
        await (await another_page(page)).goto(f"{light}/interview/{interview_id}")
        await words(page).to_have_text("Open in another tab")
        network.mend()
        await page.get_by_role("button", name="Continue here").click()
        await words(page).to_have_text("Listening")
        await asyncio.sleep(0.5)
        assert visit.state["hints_left"] == hints


async def test_the_microphone_is_on_again_after_a_written_answer(light: str, speech: Path) -> None:
    """And the server's log knows."""
    async with browsing(light, speech) as visit:
        await visit.plan()
        await visit.press("Space", "ready")
        await speak(visit, 1)
        await visit.press("t", "answering")
        await visit.page.get_by_label("Your answer").fill(TYPED)
        await visit.page.keyboard.press("Control+Enter")
        await speak(visit, 2)
        assert [message["state"] for message in visit.sent if message["type"] == "mic"][-2:] == ["off", "on"]


async def test_a_browser_that_keeps_nothing_loses_nothing(light: str, speech: Path) -> None:
    """Its storage is full or blocked; that somebody speaks is shown all the same."""
    async with browsing(light, speech) as visit:
        await visit.page.add_init_script("Storage.prototype.setItem = () => { throw Error('full'); }")
        await visit.plan()
        await visit.press("Space", "ready")
        await expect(visit.page.locator(".status")).to_have_text("We can hear you.", timeout=15_000)


async def test_a_hint_settles_no_other_command(light: str) -> None:
    """That one is shown says nothing about the rest that was pressed."""
    async with browsing(light, "missing") as visit:
        await visit.page.goto(light)
        left = await visit.page.evaluate(
            """async () => {
                const { Outbox } = await import("/static/outbox.js");
                const before = { turn_id: 1, phase: "answering", hints_left: 2 };
                const outbox = new Outbox();
                for (const type of ["done", "hint"]) outbox.add({ type, turn_id: 1 }, before);
                outbox.settle({ ...before, hints_left: 1 });
                return outbox.renew({ ...before, hints_left: 2 }).map(({ type }) => type);
            }"""
        )
        assert left == ["done"]


async def test_a_page_has_one_microphone(light: str, speech: Path) -> None:
    """Opened by "Try again", it is the one that Start begins with."""
    async with browsing(light, speech) as visit:
        page = visit.page
        await page.add_init_script(f"({WITHOUT_FIRST})()")
        await visit.plan()
        await visit.press("Space", "ready")
        again = page.get_by_role("button", name="Try again")
        await again.wait_for()
        await page.evaluate(WATCH_TRACKS)
        await again.click()
        await again.wait_for(state="detached")
        await page.locator(".primary").click()
        await speak(visit, 1)
        assert await page.evaluate("tracks.map((track) => track.readyState)") == ["live"]
        frames = visit.frames_sent
        await asyncio.sleep(2)
        assert visit.frames_sent - frames < 75, "25 a second, not 50"


async def test_a_page_whose_sound_is_locked_does_not_seem_to_listen(light: str, speech: Path) -> None:
    """Opened anew in mid-answer, where the browser wants a press before sound: the page says so, and one press is enough."""
    async with browsing(light, speech, flags=("--autoplay-policy=document-user-activation-required",)) as visit:
        interview_id = await visit.plan()
        await visit.press("Space", "ready")
        await speak(visit, 1)
        other = await another_page(visit.page)
        anew = Visit(other, light)
        await other.goto(f"{light}/interview/{interview_id}")
        await anew.until(lambda: anew.phase == "answering")
        await asyncio.sleep(1)  # To Chromium a look by Playwright is as good as a press.
        await words(other).to_have_text("Not listening yet")
        await expect(other.locator(".primary")).to_contain_text("Turn the microphone on")
        await other.keyboard.press("Space")
        await words(other).to_have_text("Listening")
        await expect(other.locator(".primary")).to_contain_text("Done")


# ---- Layout ---------------------------------------------------------------------------------------------------------

BELOW = """() => {
    const foot = document.querySelector(".foot").getBoundingClientRect().top;
    const parts = [...document.querySelectorAll(".face, .phase, .question h1, .captions .text, textarea")];
    const shown = parts.filter((part) => part.offsetParent !== null);
    return shown.filter((part) => part.getBoundingClientRect().bottom > foot + 1).map((part) => part.className || part.id);
}"""
OUTSIDE = """() => {
    const range = document.createRange();
    range.selectNodeContents(document.querySelector(".clock .figures"));
    const [figures, face] = [range, document.querySelector(".face")].map((part) => part.getBoundingClientRect());
    const margin = Math.min(figures.left - face.left, face.right - figures.right);
    const isWide = document.documentElement.scrollWidth > innerWidth;
    return margin > 4 && !isWide ? null : { margin, isWide };
}"""
NEXT_FRAME = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"


SIZES = {"laptop": (1280, 800), "phone": (390, 844), "zoomed": (640, 400), "sideways": (844, 390)}
LONGEST = (("finetuning/lora", 1.0), ("capstone/evaluate-rag-candidate", 1.0), ("capstone/role-classification", 1.5))
"""Questions, and the factor of their time; the last has 10:30."""


@pytest.mark.parametrize(("question", "factor"), LONGEST, ids=[question for question, _ in LONGEST])
async def test_the_longest_question_fits_the_screen(light: str, question: str, factor: float) -> None:
    """On any screen: clock, question and the box for the answer, and ten minutes fit in the clock's face."""
    async with browsing(light, "missing") as visit:
        page = visit.page

        async def misfits(measured: str) -> dict[str, Any]:
            found = {}
            for size, (width, height) in SIZES.items():
                await page.set_viewport_size({"width": width, "height": height})
                await page.evaluate(NEXT_FRAME)
                if misfit := await page.evaluate(measured):
                    found[size] = misfit
            return found

        await visit.plan(question_id=question, time_factor=factor)
        await visit.press("t", "ready")
        await visit.until(lambda: visit.phase == "thinking")
        assert await misfits(BELOW) == {}
        await page.locator(".room").evaluate("room => room.classList.remove('typing')")
        await page.locator(".typed").evaluate("typed => typed.hidden = true")
        assert await misfits(BELOW) == {}
        await visit.until(lambda: visit.phase == "answering", 15)
        await expect(page.locator(".clock .unit")).not_to_have_text("to think")
        assert await misfits(OUTSIDE) == {}


@pytest.mark.parametrize("size", [(320, 256), (320, 480)], ids=["zoomed to 400 %", "small phone"])
async def test_a_narrow_page_only_scrolls_down(light: str, size: tuple[int, int]) -> None:
    """And the controls leave half of the field for the answer to be seen."""
    async with browsing(light, "missing", viewport={"width": size[0], "height": size[1]}) as visit:
        await visit.plan(question_id=LONGEST[-1][0])
        await visit.press("t", "ready")
        await visit.until(lambda: visit.phase == "thinking")
        assert await visit.page.evaluate("document.documentElement.scrollWidth") <= size[0]
        field = await visit.page.get_by_label("Your answer").bounding_box()
        foot = await visit.page.locator(".foot").bounding_box()
        assert field and foot
        assert foot["y"] >= field["y"] + field["height"] / 2


async def test_a_finished_interview_is_not_in_the_way_back(light: str) -> None:
    """Back from the review leads to where the interview was begun."""
    async with browsing(light, "missing") as visit:
        await visit.page.goto(light + "/past")
        interview_id = await visit.plan(follow_ups=0)
        await visit.press("t", "ready")
        await visit.type_answer(1, TYPED)
        await visit.press("Space", "grading", "finished")
        await visit.page.wait_for_url(f"**/review/{interview_id}")
        await visit.page.locator(".round").first.wait_for()
        await visit.page.go_back()
        await visit.page.get_by_role("heading", name="Past interviews").wait_for()
