"""Firefox, controlled over WebDriver BiDi without a separate driver, and a virtual sound card for it."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import websockets

from tests.support.ports import free_port

FIREFOX = os.environ.get("HOTSEAT_TEST_FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
PREFERENCES = {
    "media.autoplay.default": 0,
    "media.navigator.permission.disabled": True,
    "datareporting.policy.dataSubmissionEnabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "app.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}
PULSEAUDIO = shutil.which("pulseaudio")
START_S = 60.0
KEYS = {"Enter": "\ue007", "Control": "\ue009", "Tab": "\ue004"}


class Firefox:
    """One page."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._context = ""

    async def open(self) -> None:
        await self._call("session.new", capabilities={})
        tree = await self._call("browsingContext.getTree")
        self._context = tree["contexts"][0]["context"]

    async def goto(self, url: str) -> None:
        await self._call("browsingContext.navigate", context=self._context, url=url, wait="complete")

    async def evaluate(self, expression: str) -> Any:
        """The value of an expression that is a string, a number, true or false."""
        target = {"context": self._context}
        answer = await self._call("script.evaluate", expression=expression, target=target, awaitPromise=True)
        assert answer["type"] == "success", answer
        return answer["result"].get("value")

    async def until(self, expression: str, within_s: float = 20.0) -> None:
        async with asyncio.timeout(within_s):
            while await self.evaluate(f"Boolean({expression})") is not True:
                await asyncio.sleep(0.05)

    async def press(self, *keys: str) -> None:
        """Holds the keys down one after the other, then lets go."""
        values = [KEYS.get(key, key) for key in keys]
        actions = [{"type": "keyDown", "value": value} for value in values]
        actions += [{"type": "keyUp", "value": value} for value in reversed(values)]
        await self._perform(actions)

    async def type(self, text: str) -> None:
        await self._perform([{"type": kind, "value": char} for char in text for kind in ("keyDown", "keyUp")])

    async def _perform(self, actions: list[dict[str, Any]]) -> None:
        keyboard = {"type": "key", "id": "keyboard", "actions": actions}
        await self._call("input.performActions", context=self._context, actions=[keyboard])

    async def _call(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        await self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while (message := json.loads(await self._socket.recv())).get("id") != number:
            pass  # an event
        assert message["type"] == "success", message
        result: dict[str, Any] = message["result"]
        return result


class SoundCard:
    """A loudspeaker that is recorded and a microphone that hears files, of a PulseAudio of its own."""

    def __init__(self, socket: Path) -> None:
        self.environment = {**os.environ, "PULSE_SERVER": f"unix:{socket}"}

    @contextmanager
    def hearing(self, path: Path) -> Iterator[None]:
        """The microphone hears this WAV file meanwhile."""
        with subprocess.Popen(["paplay", "--device=mouth", str(path)], env=self.environment) as playing:
            try:
                yield
            finally:
                playing.terminate()

    @contextmanager
    def recording(self, path: Path) -> Iterator[None]:
        """What the loudspeaker plays meanwhile goes to this file, as 16-bit samples."""
        command = ["parec", "--device=loudspeaker.monitor", "--format=s16le", "--rate=16000", "--channels=1"]
        with path.open("wb") as file, subprocess.Popen(command, env=self.environment, stdout=file) as recorder:
            try:
                yield
            finally:
                recorder.terminate()


@asynccontextmanager
async def sound_card(folder: Path) -> AsyncIterator[SoundCard]:
    """Starts PulseAudio; ``folder`` is empty."""
    assert PULSEAUDIO is not None
    socket = folder / "socket"
    script = folder / "default.pa"
    script.write_text(
        f"load-module module-native-protocol-unix socket={socket} auth-anonymous=1\n"
        "load-module module-null-sink sink_name=loudspeaker\n"
        "load-module module-null-sink sink_name=mouth\n"
        "load-module module-remap-source master=mouth.monitor source_name=microphone\n"
        "set-default-sink loudspeaker\n"
        "set-default-source microphone\n"
    )
    command = [PULSEAUDIO, "-n", "-F", str(script), "--exit-idle-time=-1"]
    environment = {**os.environ, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.DEVNULL)
    try:
        async with asyncio.timeout(START_S):
            while not socket.exists():
                await asyncio.sleep(0.05)
        yield SoundCard(socket)
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def open_firefox(profile: Path, card: SoundCard | None = None) -> AsyncIterator[Firefox]:
    """A headless Firefox with a fresh profile. Without a sound card it has a microphone of its own, and plays nothing."""
    assert FIREFOX is not None
    preferences = {**PREFERENCES, "media.navigator.streams.fake": card is None}
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items()]
    (profile / "user.js").write_text("\n".join(lines))
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        FIREFOX, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", str(port),
        env=card.environment if card else None, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with await _connect(f"ws://127.0.0.1:{port}/session") as socket:
            page = Firefox(socket)
            await page.open()
            yield page
    finally:
        process.terminate()
        await process.wait()


async def _connect(url: str) -> websockets.ClientConnection:
    async with asyncio.timeout(START_S):
        while True:
            try:
                return await websockets.connect(url, max_size=None)
            except OSError:
                await asyncio.sleep(0.1)
