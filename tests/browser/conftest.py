"""A real Chromium with a microphone that plays a file, without a microphone, or with a blocked one."""

from __future__ import annotations

import asyncio
import functools
import json
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import pytest_asyncio
from hotseat.speech.audio import SAMPLE_RATE
from playwright.async_api import Browser, Page, Playwright, Request, Response, WebSocket, async_playwright, expect

from tests.audio.speech import read, write
from tests.conftest import ServerProcess

CHROMIUM = os.environ.get("HOTSEAT_TEST_CHROMIUM", "/usr/bin/chromium")
HUMAN = Path(__file__).parents[1] / "audio" / "human"
FLAGS = (
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
FAKE_DEVICE = "--use-fake-device-for-media-stream"


class Visit:
    """One page at the server, and what went over its WebSocket."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.received: list[tuple[float, dict[str, Any]]] = []
        """(monotonic second, message); a voice message carries the length of the audio that came with it as ``audio``."""
        self.sent: list[dict[str, Any]] = []
        self.frames_sent = 0
        self.foreign: list[str] = []
        """Addresses asked for that are not the server's."""
        self.failures: list[str] = []
        """Uncaught errors of the page."""
        page.on("websocket", self._watch)
        page.on("request", self._check)
        page.on("pageerror", lambda error: self.failures.append(str(error)))

    async def make(self, **wanted: Any) -> str:
        """Makes an interview, by default a drill on LoRA; its id."""
        async with httpx.AsyncClient() as http:
            choices = {"format": "drill", "question_id": "finetuning/lora"} | wanted
            interview_id: str = (await http.post(f"{self.url}/api/interviews", json=choices)).json()["id"]
        return interview_id

    async def plan(self, **wanted: Any) -> str:
        """Makes an interview and opens its page."""
        interview_id = await self.make(**wanted)
        await self.page.goto(f"{self.url}/interview/{interview_id}")
        await self.until(lambda: self.phase == "ready")
        await self.page.locator(".room").wait_for()  # it is drawn only after the message has arrived
        return interview_id

    async def review(self, interview_id: str) -> dict[str, Any]:
        async with httpx.AsyncClient() as http:
            review: dict[str, Any] = (await http.get(f"{self.url}/api/interviews/{interview_id}")).json()
        return review

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [message for _, message in self.received if message["type"] == kind]

    @property
    def state(self) -> dict[str, Any]:
        """The newest state of this connection; of phase "" before the first."""
        for _, message in reversed(self.received):
            if message["type"] == "state":
                return message
            if message["type"] == "hello":
                break
        return {"phase": "", "turn_id": 0}

    @property
    def phase(self) -> str:
        phase: str = self.state["phase"]
        return phase

    def first(self, phase: str, turn_id: int) -> float:
        """The second at which this phase of the turn began."""
        return next(
            at
            for at, message in self.received
            if message["type"] == "state" and message["phase"] == phase and message["turn_id"] == turn_id
        )

    async def until(self, condition: Callable[[], bool], within_s: float = 10.0) -> None:
        deadline = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < deadline, f"still {self.state}; last {self.received[-3:]}"
            await asyncio.sleep(0.02)

    async def press(self, key: str, *phases: str) -> None:
        """Presses a key once the page shows one of the phases, and not so soon that it counts as a double press."""
        await self.page.locator(", ".join(f'.room[data-phase="{phase}"]' for phase in phases)).wait_for()
        await asyncio.sleep(0.6)
        await self.page.keyboard.press(key)

    async def type_answer(self, turn_id: int, text: str) -> None:
        """Writes the answer to this turn once it is asked, keys alone."""
        await self.until(lambda: (self.phase, self.state["turn_id"]) == ("asking", turn_id), 20)
        await expect(self.page.get_by_label("Your answer")).to_be_focused()
        await self.page.keyboard.type(text)
        await self.page.keyboard.press("Control+Enter")

    async def caption(self) -> str:
        return await self.page.locator(".captions .text").inner_text()

    def _watch(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._on_received)
        socket.on("framesent", self._on_sent)

    def _on_received(self, data: str | bytes) -> None:
        if isinstance(data, bytes):
            self.received[-1][1]["audio"] = len(data)
        else:
            self.received.append((time.monotonic(), json.loads(data)))

    def _on_sent(self, data: str | bytes) -> None:
        if isinstance(data, bytes):
            self.frames_sent += 1
        else:
            self.sent.append(json.loads(data))

    def _check(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.foreign.append(request.url)


async def weight(responses: Sequence[Response]) -> dict[str, int]:
    """Bytes that each address sent, headers included. Asked for once all have come: a listener that asks as they come may
    fail when the page closes, and then in whatever the browser does next."""
    found = {}
    for response in responses:
        sizes = await response.request.sizes()
        found[response.url] = sizes["responseBodySize"] + sizes["responseHeadersSize"]
    return found


async def unfold(page: Page) -> None:
    """Opens everything that is folded, once there is any of it."""
    await page.locator("main details").first.wait_for()
    await page.locator("main details").evaluate_all("all => all.forEach((details) => (details.open = true))")


class Chromiums:
    """Browsers that stay open from one test to the next, as starting one costs more processor time than most tests."""

    MOST = 2

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._open: dict[tuple[str, ...], Browser] = {}
        """By flags, the one used last at the end."""

    async def get(self, flags: tuple[str, ...]) -> Browser:
        browser = self._open.pop(flags, None)
        if browser is None or not browser.is_connected():
            browser = await self._playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
        self._open[flags] = browser
        if len(self._open) > self.MOST:
            await self._open.pop(next(iter(self._open))).close()
        return browser


_chromiums: list[Chromiums] = []


@pytest_asyncio.fixture(scope="session", loop_scope="session", autouse=True)
async def chromiums() -> AsyncIterator[None]:
    """Playwright, for ``chromium``; all browsers are closed with it."""
    async with async_playwright() as playwright:
        _chromiums.append(Chromiums(playwright))
        yield
        _chromiums.clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers belong to the event loop in which they were started, so these tests share one."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@asynccontextmanager
async def chromium(*flags: str) -> AsyncIterator[Browser]:
    """A browser with these of Chromium's flags that knows nothing of earlier visits."""
    browser = await _chromiums[0].get(flags)
    try:
        yield browser
    finally:
        for context in browser.contexts:
            await context.close()


Visiting = Callable[..., AbstractAsyncContextManager[Visit]]


@asynccontextmanager
async def browsing(url: str, microphone: Path | str, flags: tuple[str, ...] = (), **context: Any) -> AsyncIterator[Visit]:
    """Opens a page. ``microphone`` is a WAV file, "missing" or "denied"; ``flags`` are more of Chromium's, which win over
    ours; ``context`` is Playwright's."""
    devices: tuple[str, ...] = () if microphone == "missing" else (FAKE_DEVICE,)
    if isinstance(microphone, Path):
        devices += ("--use-fake-ui-for-media-stream", f"--use-file-for-fake-audio-capture={microphone}%noloop")
    async with chromium(*devices, *flags) as browser:
        visit = Visit(await browser.new_page(**context), url)
        visit.page.set_default_timeout(30_000)
        yield visit
    assert not visit.failures
    assert not visit.foreign


@pytest.fixture
def visiting(server: ServerProcess) -> Visiting:
    """Opens a page of a server with the real models."""
    return functools.partial(browsing, server.url)


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A minute of somebody reading aloud, as a WAV file for the browser's microphone."""
    samples = np.concatenate([read(file) for file in sorted(HUMAN.glob("*.flac"))])
    path = tmp_path_factory.mktemp("speech") / "speech.wav"
    write(path, np.resize(samples, 60 * SAMPLE_RATE))
    return path
