"""Speaks audio files, or types lines, into an interview over the real WebSocket and reports what came of it.

Audio is sent in real time, and every wait is measured.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx
import websockets

from hotseat.accounts.owner_key import OwnerKey
from hotseat.accounts.peers import can_tell
from hotseat.accounts.token_link import reachable
from hotseat.attributes import attributes
from hotseat.errors import HotseatError, InputError
from hotseat.loopback import is_loopback_url
from hotseat.rehearsal.audio_files import read_audio
from hotseat.settings import Settings
from hotseat.speech.audio import FRAME_SAMPLES, SAMPLE_RATE, Samples, pcm_of
from hotseat.wire import PROTOCOL, pack_frame

_READY_S = 300.0
_INTERVIEW_S = 3600.0
_LONGEST = 8000
"""Characters of a typed answer."""
_PING_S = 5.0
DEFAULT_QUESTION = "transformers/core"


_MOVES = {
    "answer": "say more",
    "repeat": "repeat",
    "clarify": "scope",
    "think": "wait",
    "dont_know": "simplify",
    "objection": "redirect",
    "off_topic": "redirect",
}
"""What the interviewer does about an act."""


class RehearsalError(HotseatError):
    """The server did not play its part."""


class Recorder(Protocol):
    """Gets both voices, and what was said. Moments are ``time.monotonic``'s."""

    def played(self, text: str, pcm: bytes, rate: int, at: float) -> None:
        """A sentence of the interviewer's, which is heard from ``at`` on: mono PCM16."""

    def spoken(self, samples: Samples, at: float) -> None:
        """The candidate speaks from ``at`` on."""

    def heard(self, text: str) -> None:
        """What the candidate said last has been written down."""


@dataclass(frozen=True, slots=True)
class Script:
    """What to say, and to what."""

    files: Sequence[Path]
    """Answers in order; turns beyond them are skipped."""
    typed: Sequence[str] = ()
    """Lines to type in place of ``files``, one a turn, whatever is asked."""
    answer_to: Callable[[str], Samples] | None = None
    """The answer to what the interviewer has said, in place of ``files``."""
    recorder: Recorder | None = None
    questions: Sequence[str] = ()
    format: str | None = None
    follow_ups: int | None = None
    url: str | None = None
    end: str = "done"
    """How answers end: "done", "silence" or "limit"."""


@dataclass(slots=True)
class _Turn:
    turn_id: int
    round: int
    asked: str
    follow_up: bool
    file: str | None
    understood: str | None = None
    """What the candidate had done before, which the interviewer responds to in this turn."""
    said: str = ""
    """What the interviewer said."""
    act: str = ""
    text: str = ""
    ended_by: str = ""
    duration_s: float = 0.0
    shown: list[tuple[float, int]] = field(default_factory=list)
    """When each caption came, and how many words it had."""
    began: float = 0.0
    """When its first frame was sent."""
    sent_s: float = 0.0
    """Seconds of audio sent until the answer ended, by either side."""
    started: float | None = None
    """When the clock started, on the rehearsal's clock, like all below."""
    ended: float | None = None
    acknowledged: float | None = None
    acknowledgement: str = ""
    transcribed: float | None = None
    replied: float | None = None
    """First audio of the next follow-up or question."""
    graded: float | None = None

    def since_end(self, moment: float | None) -> float | None:
        return None if moment is None or self.ended is None else round(moment - self.ended, 3)

    def caption_lags(self, word_ends: Sequence[float]) -> list[float]:
        """Seconds from the end of each word, in seconds of the stored audio, to the first caption that reached it."""
        # The stored audio ends with the last that was sent, and begins a little before the speech.
        zero = self.began + self.sent_s - self.duration_s
        reached = (
            next((when - zero - end for when, words in self.shown if words > place and when >= zero + end), None)
            for place, end in enumerate(word_ends)
        )
        return [round(lag, 3) for lag in reached if lag is not None]

    def report(self, choice: dict[str, Any] | None, word_ends: Sequence[float]) -> dict[str, Any]:
        """The turn as JSON, with the server's account of how a follow-up was chosen and where the answer's words end."""
        known = choice or {"move": "probe" if self.follow_up else "question", "source": "bank", "anchor": None, "known": {}}
        by_act = self.understood is not None
        return {
            **attributes(self, "turn_id", "round", "asked", "follow_up", "file", "text", "act", "ended_by", "duration_s"),
            "acknowledgement": self.acknowledgement,
            "captions": len(self.shown),
            "caption_lags_s": self.caption_lags(word_ends),
            "answered_for_s": None if self.started is None or self.ended is None else round(self.ended - self.started, 3),
            "latencies": {
                "acknowledgement_s": self.since_end(self.acknowledged),
                "final_transcript_s": self.since_end(self.transcribed),
                "reply_audio_s": self.since_end(self.replied),
                "grade_s": self.since_end(self.graded),
            },
            "interviewer": {
                "move": _MOVES.get(self.understood or "", known["move"]),
                "text": self.said or self.asked,
                "source": "bank" if by_act else known["source"],
                "anchor": known["anchor"],
                "blind": self.follow_up and not by_act and not known["known"],
            },
            "between": known.get("between", []),
            "known": known["known"],
        }


@dataclass(slots=True)
class _Candidate:
    """Plays the browser's part."""

    socket: websockets.ClientConnection
    script: Script
    answers: list[Samples]
    turns: dict[int, _Turn] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    closing: str = ""
    """What the interviewer said after the last answer."""
    phase: tuple[str, int] = ("", 0)
    speaking: asyncio.Task[None] | None = None
    playing: asyncio.Task[None] | None = None
    sentence: dict[str, Any] = field(default_factory=dict)
    """The ``voice`` message whose audio comes next."""
    free_at: float = 0.0
    """When the interviewer will have said all that has come."""

    async def run(self) -> None:
        await self._send({"type": "start"})
        pinging = asyncio.create_task(self._ping())
        try:
            async with asyncio.timeout(_INTERVIEW_S):
                async for data in self.socket:
                    now = time.monotonic()
                    if isinstance(data, bytes):
                        self._on_audio(data, now)
                        continue
                    message = json.loads(data)
                    if message["type"] == "finished":
                        return
                    await self._handle(message, now)
            raise RehearsalError("the server hung up before the interview was over")
        finally:
            for task in (pinging, self.speaking, self.playing):
                if task is not None:
                    task.cancel()

    async def _ping(self) -> None:
        """Sends pings as a page does, or the server would take it for gone while a long grade is awaited."""
        while True:
            await asyncio.sleep(_PING_S)
            await self._send({"type": "ping", "t": time.monotonic()})

    async def _handle(self, message: dict[str, Any], now: float) -> None:
        match message["type"]:
            case "hello" if message["protocol"] != PROTOCOL:
                raise RehearsalError(f"the server speaks protocol {message['protocol']}, this rehearsal {PROTOCOL}")
            case "state":
                await self._on_state(message, now)
            case "voice":
                self._on_voice(message, now)
            case "voice.end" if message["utterance"] in ("question", "follow_up"):
                self.playing = asyncio.create_task(self._played(message["turn_id"]))
            case "caption":
                words = f"{message['committed']} {message['partial']}".split()
                self.turns[message["turn_id"]].shown.append((now, len(words)))
            case "answer":
                turn = self.turns[message["turn_id"]]
                turn.text, turn.ended_by, turn.duration_s = message["text"], message["ended_by"], message["duration_s"]
                turn.act, turn.transcribed = message["act"], now
                if self.script.recorder is not None:
                    self.script.recorder.heard(turn.text)
            case "grade":
                last = [turn for turn in self.turns.values() if turn.round == message["round"]][-1]
                last.graded = now
            case "notice" | "error":
                self.notices.append(message["text"])

    async def _on_state(self, state: dict[str, Any], now: float) -> None:
        turn_id, phase = state["turn_id"], state["phase"]
        if (phase, turn_id) == self.phase:
            return
        self.phase = (phase, turn_id)
        if phase == "asking":
            number = len(self.turns)
            file = str(self.script.files[number]) if number < len(self.script.files) else None
            self.turns[turn_id] = _Turn(
                turn_id, state["round"], state["text"], state["follow_up"], file, state["understood"], state["said"]
            )
            if self.script.typed and not state["voice"]:
                await self._send({"type": "playback.done", "turn_id": turn_id})
        elif phase == "thinking":
            number = list(self.turns).index(turn_id)
            if number < len(self.script.typed):
                self.turns[turn_id].ended = now
                await self._send({"type": "typed", "turn_id": turn_id, "text": self.script.typed[number]})
            elif self.script.answer_to is not None:
                answer = self.script.answer_to(self.turns[turn_id].said or self.turns[turn_id].asked)
                self.speaking = asyncio.create_task(self._speak(turn_id, answer))
            elif number < len(self.answers):
                self.speaking = asyncio.create_task(self._speak(turn_id, self.answers[number]))
            else:
                await self._send({"type": "skip", "turn_id": turn_id})
        elif phase == "answering":
            self.turns[turn_id].started = now
        elif phase == "finalising":
            turn = self.turns[turn_id]
            turn.ended = turn.ended or now
            if self.speaking is not None:
                self.speaking.cancel()

    def _on_voice(self, message: dict[str, Any], now: float) -> None:
        self.sentence = message
        turn_id = message["turn_id"]
        if message["utterance"] == "acknowledgement":
            turn = self.turns[turn_id]
            turn.acknowledged = turn.acknowledged or now
            turn.acknowledgement = f"{turn.acknowledgement} {message['text']}".strip()
            return
        if message["utterance"] == "closing":
            self.closing = f"{self.closing} {message['text']}".strip()
        if message["index"] == 0:
            for turn in self.turns.values():
                if turn.turn_id < turn_id and turn.replied is None:
                    turn.replied = now

    def _on_audio(self, pcm: bytes, now: float) -> None:
        """A sentence's mono PCM16; it is heard after those before it."""
        rate = self.sentence["sample_rate"]
        at = max(now, self.free_at)
        self.free_at = at + len(pcm) / 2 / rate
        if self.script.recorder is not None:
            self.script.recorder.played(self.sentence["text"], pcm, rate, at)

    async def _played(self, turn_id: int) -> None:
        if not self.script.typed:
            await asyncio.sleep(max(0.0, self.free_at - time.monotonic()))
        await self._send({"type": "playback.done", "turn_id": turn_id})

    async def _speak(self, turn_id: int, samples: Samples) -> None:
        """Sends the answer's frames as a microphone would, then ends it the way the script says."""
        pcm = pcm_of(samples)
        turn = self.turns[turn_id]
        turn.began = began = time.monotonic()
        if self.script.recorder is not None:
            self.script.recorder.spoken(samples, began)
        number = 0
        frame_bytes = 2 * FRAME_SAMPLES
        while True:
            frame = pcm[number * frame_bytes : (number + 1) * frame_bytes]
            if not frame and self.script.end == "done":
                break
            await self.socket.send(pack_frame(turn_id, number, frame or bytes(frame_bytes)))
            number += 1
            turn.sent_s = number * FRAME_SAMPLES / SAMPLE_RATE
            await asyncio.sleep(max(0.0, began + turn.sent_s - time.monotonic()))
        turn.ended = time.monotonic()
        await self._send({"type": "done", "turn_id": turn_id})

    async def _send(self, message: dict[str, Any]) -> None:
        await self.socket.send(json.dumps(message))


async def rehearse_interview(settings: Settings, script: Script) -> dict[str, Any]:
    """Runs the interview and returns the report. Raises InputError, RehearsalError."""
    _check_address(script.url)
    if max(map(len, script.typed), default=0) > _LONGEST:
        raise InputError(f"a line to type has more than {_LONGEST:,} characters, which is the most of an answer")
    answers = [read_audio(path) for path in script.files]
    async with (
        _server(settings, script.url) as url,
        httpx.AsyncClient(base_url=url, headers=_auth(settings, url), timeout=30, trust_env=not is_loopback_url(url)) as http,
    ):
        await _until_ready(http)
        interview_id = await _create(http, script)
        address = url.replace("http", "ws", 1) + f"/api/interviews/{interview_id}/socket"
        try:
            async with websockets.connect(
                address, max_size=None, additional_headers=_auth(settings, url), proxy=None if is_loopback_url(url) else True
            ) as socket_:
                candidate = _Candidate(socket_, script, answers)
                await candidate.run()
        except (websockets.WebSocketException, OSError) as error:
            raise RehearsalError(f"the interview broke off: {error}") from error
        reviewed = _said(await http.get(f"/api/interviews/{interview_id}"))
    answered = [answer for entry in reviewed["rounds"] for answer in entry["answers"]]
    ends = {answer["turn_id"]: [word["end"] for word in answer["words"]] for answer in answered}
    acts = [act for entry in reviewed["rounds"] for act in entry["acts"]]
    choices = {turn["turn_id"]: turn["choice"] for turn in (*answered, *acts) if turn["choice"]}
    for act in acts:  # an interviewer may understand an utterance as one only after it was written down as an answer
        if act["turn_id"] not in ends:
            candidate.turns[act["turn_id"]].act = act["act"]
    turns = [turn.report(choices.get(turn.turn_id), ends.get(turn.turn_id, ())) for turn in candidate.turns.values()]
    return {
        "interview_id": interview_id,
        "url": url,
        "turns": turns,
        "closing": candidate.closing,
        "unused": max(0, len(script.files or script.typed) - len(turns)),
        "blind": sum(turn["interviewer"]["blind"] for turn in turns),
        "rounds": reviewed["rounds"],
        "finished": reviewed["finished"],
        "notices": candidate.notices,
    }


async def _create(http: httpx.AsyncClient, script: Script) -> str:
    wanted: dict[str, Any] = {"format": script.format or "drill"}
    if questions := script.questions or (() if script.format else (DEFAULT_QUESTION,)):
        wanted["question_ids"] = list(questions)
    if script.follow_ups is not None:
        wanted["follow_ups"] = script.follow_ups
    reply = await http.post("/api/interviews", json=wanted)
    said = _said(reply)
    if reply.status_code != 201:
        raise InputError(said.get("error", reply.text))
    return str(said["id"])


def _said(reply: httpx.Response) -> dict[str, Any]:
    """The reply's JSON object. Raises InputError if it isn't one, so that the server is no Hotseat."""
    with contextlib.suppress(ValueError):
        said = reply.json()
        if isinstance(said, dict):
            return said
    raise _no_hotseat(reply)


def _no_hotseat(reply: httpx.Response) -> InputError:
    return InputError(f"what answers at {reply.url} is no Hotseat; name one with --url, or nothing to have one started")


def _check_address(url: str | None) -> None:
    """Raises InputError for an invalid URL."""
    try:
        httpx.URL(url or "")
    except httpx.InvalidURL as error:
        raise InputError(f"{url} is no address: {error}") from None


async def _until_ready(http: httpx.AsyncClient) -> None:
    deadline = time.monotonic() + _READY_S
    while time.monotonic() < deadline:
        try:
            reply = await http.get("/api/status")
        except httpx.HTTPError as error:
            raise InputError(f"no Hotseat answers at {http.base_url}: {error}") from None
        status = _said(reply)
        if reply.status_code in (401, 403, 429) and "error" in status:
            raise InputError(f"{http.base_url} says: {status['error']}; set HOTSEAT_TOKEN to that server's token")
        if not {"ready", "parts"} <= status.keys():
            raise _no_hotseat(reply)
        if status["ready"]:
            return
        failed = [part for part in status["parts"] if part["state"] == "failed"]
        if failed:
            raise RehearsalError("; ".join(f"{part['name']}: {part['detail']}" for part in failed))
        await asyncio.sleep(0.2)
    raise RehearsalError("the server did not finish loading")


def _auth(settings: Settings, url: str) -> dict[str, str]:
    """The token or, where the system doesn't tell which user a connection is from, the owner's key."""
    if settings.token is not None:
        return {"Authorization": f"Bearer {settings.token.get_secret_value()}"}
    if can_tell() or not is_loopback_url(url):
        return {}
    return {"Authorization": f"Bearer {OwnerKey(settings.data_dir).make()}"}


@contextlib.asynccontextmanager
async def _server(settings: Settings, url: str | None) -> AsyncIterator[str]:
    """The given server, the one running at the configured address, or one of our own for as long as it is needed."""
    if url is not None:
        yield url.rstrip("/")
        return
    running = reachable(settings.host, settings.port)
    if await is_hotseat(running):
        yield running
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "HOTSEAT_HOST": "127.0.0.1", "HOTSEAT_PORT": str(port), "HOTSEAT_LOG_LEVEL": "error"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hotseat", "serve", env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            if process.returncode is not None or await is_hotseat(own):
                break
            await asyncio.sleep(0.1)
        if process.returncode is not None:
            raise RehearsalError("the server for the rehearsal did not start")
        yield own
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def is_hotseat(url: str) -> bool:
    try:
        async with httpx.AsyncClient(trust_env=not is_loopback_url(url)) as http:
            reply = await http.get(f"{url}/healthz", timeout=2)
            return reply.status_code == 200 and bool(reply.json() == {"status": "ok"})
    except (httpx.HTTPError, ValueError):  # nothing answers, or another program
        return False
