"""Kills the server (SIGKILL) at random moments of running interviews: no finished answer may be lost, every interview ends.

    python -m benchmarks.kills --kills 200 --seed 1

Four candidates at a time speak and type their answers over the real WebSocket, in real time. The server has a real database and
archive, and stand-ins for the models. After each kill every candidate's page reconnects and sends again what the server lacks.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import multiprocessing
import random
import sqlite3
import struct
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import websockets
from hotseat import wire

from tests.support import light_server
from tests.support.ports import free_port
from tests.support.wire_candidate import WireCandidate

FRAME_S = 0.04
LONGEST_LOSS_S = 1.0


def typed_in(turn_id: int) -> str:
    """What is typed in a turn: an answer, not a request to the interviewer."""
    return f"It freezes the base model and learns a small update, as typed in turn {turn_id}."


@dataclass(slots=True)
class Tally:
    kills: int = 0
    interviews: int = 0
    answers: int = 0
    """Finished answers that were found again."""
    open_answers: int = 0
    """Answers that were being spoken when the server was killed."""
    worst_loss_s: float = 0.0
    """Audio of an open answer that had been sent and was not stored."""
    phases: dict[str, int] = field(default_factory=dict)
    """What the candidates last saw before a kill."""
    resumed_s: list[float] = field(default_factory=list)
    """From the new server's readiness to each candidate's first state."""
    faults: list[str] = field(default_factory=list)


class Server:
    """Killed and started again on one data directory; forked from a process that has imported everything."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.support.light_server"])
        self.ready = asyncio.Event()

    async def start(self) -> None:
        self._process = self._context.Process(target=light_server.serve, args=(self.data_dir, self.port), daemon=True)
        self._process.start()
        async with httpx.AsyncClient() as http:
            deadline, status = time.monotonic() + 30, "no answer"
            while status != "ready":
                assert time.monotonic() < deadline, f"the server does not start: {status}"
                await asyncio.sleep(0.02)
                with contextlib.suppress(httpx.TransportError):
                    reply = (await http.get(f"{self.url}/api/status")).json()
                    status = "ready" if reply["ready"] else str(reply["parts"])
        self.ready.set()

    def kill(self) -> None:
        self.ready.clear()
        self._process.kill()
        self._process.join()


class Sitter(WireCandidate):
    """One candidate with a page that does what the real one does."""

    def __init__(self, server: Server, interview_id: str, dice: random.Random, tally: Tally) -> None:
        super().__init__(server.url, interview_id)
        self.server = server
        self.dice = dice
        self.tally = tally
        self.frames: dict[int, list[bytes]] = {}
        """What the microphone has heard, by turn."""
        self.sent_of: dict[int, int] = {}
        self.wanted: dict[int, int] = {}
        """How many frames each turn's answer has; 0 for one that is typed."""
        self.heard: dict[int, wire.AnswerMessage] = {}
        self.settled: set[int] = set()
        """Turns whose answer was over before a later state was seen."""
        self._speaking: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Until the interview is finished and was found whole."""
        while True:
            await self.server.ready.wait()
            ready = time.monotonic()
            self.sent.clear()
            with contextlib.suppress(OSError, websockets.WebSocketException):
                await self.connect()
                first = True
                seen = 0
                while self.closed is None:
                    self._news.clear()
                    for message in self.sent[seen:]:
                        if isinstance(message, wire.StateMessage) and first:
                            self.tally.resumed_s.append(time.monotonic() - ready)
                            self._check_open(message)
                            first = False
                        if await self._on(message):
                            await self._stop_speaking()
                            await self.hang_up()
                            await self._check()
                            return
                        seen += 1
                    if self.closed is None and seen == len(self.sent):
                        await self._news.wait()
            await self._stop_speaking()
            await asyncio.sleep(0.01)

    def before_kill(self) -> None:
        phase = self.state.phase if self.of(wire.StateMessage) else "connecting"
        self.tally.phases[phase] = self.tally.phases.get(phase, 0) + 1

    def _check_open(self, state: wire.StateMessage) -> None:
        """How much of what was said before the kill is missing."""
        sent = self.sent_of.get(state.turn_id, 0)
        if state.phase == "answering" and sent:
            self.tally.open_answers += 1
            loss = max(0, sent - state.next_frame) * FRAME_S
            self.tally.worst_loss_s = max(self.tally.worst_loss_s, loss)
            if loss > LONGEST_LOSS_S:
                self.tally.faults.append(f"{self.id}: {loss:.2f} s of turn {state.turn_id} lost")

    async def _on(self, message: wire.ServerMessage) -> bool:
        """Reacts; True when the interview is over."""
        match message:
            case wire.StateMessage(phase="ready"):
                await self.say(type="start")
            case wire.StateMessage(phase="asking"):
                self.settled |= {turn for turn in self.heard if turn < message.turn_id}
                await self._stop_speaking()
                self.frames.pop(message.turn_id, None)  # asked again: the page starts afresh
                self.sent_of.pop(message.turn_id, None)
                self.wanted.setdefault(message.turn_id, self.dice.choice([0, *range(15, 60, 5)]))
            case wire.VoiceEnd(utterance="question" | "follow_up"):
                await asyncio.sleep(self.dice.random() * 0.1)
                if self.wanted[message.turn_id]:
                    await self.say(type="playback.done", turn_id=message.turn_id)
                else:
                    await self.say(type="typed", turn_id=message.turn_id, text=typed_in(message.turn_id))
            case wire.StateMessage(phase="thinking" | "answering") if self._speaking is None:
                self._speaking = asyncio.create_task(self._speak(message.turn_id, message.next_frame))
            case wire.AnswerMessage():
                self.heard[message.turn_id] = message
            case wire.StateMessage(phase="grading" | "followingup"):
                self.settled |= set(self.heard)
            case wire.FinishedMessage():
                return True
        return False

    async def _speak(self, turn_id: int, next_frame: int) -> None:
        heard = self.frames.setdefault(turn_id, [])
        with contextlib.suppress(websockets.WebSocketException):
            for number in range(next_frame, self.wanted[turn_id]):
                if number == len(heard):
                    heard.append(struct.pack("<hh", 8_000, number) * 320)
                    await asyncio.sleep(FRAME_S)
                await self.say_raw(wire.pack_frame(turn_id, number, heard[number]))
                self.sent_of[turn_id] = max(self.sent_of.get(turn_id, 0), number + 1)
            await self.say(type="done", turn_id=turn_id)

    async def _stop_speaking(self) -> None:
        if self._speaking is not None:
            self._speaking.cancel()
            await asyncio.wait([self._speaking])
            self._speaking = None

    async def _check(self) -> None:
        """Every answer is in the review, with the audio that was spoken."""
        review: dict[str, Any] = {}
        while not review:
            await self.server.ready.wait()
            with contextlib.suppress(httpx.TransportError):
                review = await self.review()
        found = {answer["turn_id"]: answer for entry in review["rounds"] for answer in entry["answers"]}
        self.tally.interviews += 1
        for turn_id, heard in self.heard.items():
            fault = self._fault(turn_id, heard, found.get(turn_id))
            if fault:
                self.tally.faults.append(f"{self.id}: turn {turn_id} {fault}")
            else:
                self.tally.answers += 1
        if not review["finished"] or any(entry["grade"] is None for entry in review["rounds"]):
            self.tally.faults.append(f"{self.id}: not finished, or a round without a grade")

    def _fault(self, turn_id: int, heard: wire.AnswerMessage, found: dict[str, Any] | None) -> str:
        if found is None:
            return "is lost"
        if turn_id in self.settled and found["text"] != heard.text:
            return f"was {heard.text!r} and is {found['text']!r}"
        if abs(found["duration_s"] - heard.duration_s) > 0.001:
            return f"had {heard.duration_s} s and has {found['duration_s']} s"
        if not self.wanted[turn_id]:
            return "" if found["text"] == typed_in(turn_id) else f"is {found['text']!r}"
        [path] = (self.server.data_dir / "audio" / self.id).glob(f"{turn_id:03d}.f*.pcm")
        first = int(path.name.split(".")[1][1:])
        spoken = b"".join(self.frames[turn_id][first:])
        return "" if spoken.startswith(path.read_bytes()) else "has other audio than was spoken"


async def sit(
    server: Server, dice: random.Random, tally: Tally, sitting: dict[int, Sitter], seat: int, over: asyncio.Event
) -> None:
    """One interview after another until it is over; the one under way is finished."""
    while not over.is_set():
        await server.ready.wait()
        wanted = {
            "format": "drill",
            "question_ids": dice.sample(["finetuning/lora", "rag/core", "rlhf/core", "agents/core"], dice.choice([1, 2])),
            "follow_ups": dice.choice([0, 1]),
        }
        try:
            async with httpx.AsyncClient() as http:
                reply = await http.post(f"{server.url}/api/interviews", json=wanted)
        except httpx.TransportError:
            continue
        assert reply.status_code == 201, reply.text
        sitting[seat] = Sitter(server, reply.json()["id"], dice, tally)
        await sitting[seat].run()


async def run(
    kills: int, seed: int, data_dir: Path, seats: int = 4, longest_s: float = 2.0, within_s: float = math.inf
) -> Tally:
    """So many kills, or as many as there is time for."""
    dice, tally, over = random.Random(seed), Tally(), asyncio.Event()
    server, until = Server(data_dir), time.monotonic() + within_s
    await server.start()
    sitting: dict[int, Sitter] = {}
    candidates = [asyncio.create_task(sit(server, dice, tally, sitting, seat, over)) for seat in range(seats)]
    try:
        while tally.kills < kills and time.monotonic() < until:
            await asyncio.sleep(0.2 + dice.random() * longest_s)
            for candidate in candidates:
                if candidate.done():
                    candidate.result()
            for sitter in sitting.values():
                sitter.before_kill()
            server.kill()
            tally.kills += 1
            await server.start()
        over.set()
        async with asyncio.timeout(60):
            await asyncio.gather(*candidates)
    except TimeoutError:
        tally.faults.append("an interview did not come to its end")
    finally:
        server.kill()
    with contextlib.closing(sqlite3.connect(data_dir / "hotseat.db")) as database:
        if (checked := database.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            tally.faults.append(f"the database is damaged: {checked}")
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=math.inf, help="stop after so long")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        tally = asyncio.run(run(given.kills, given.seed, Path(folder), within_s=given.seconds))
    resumed = sorted(tally.resumed_s)
    print(f"kills {tally.kills}, with {sum(tally.phases.values())} running interviews: {tally.phases}")
    print(f"interviews finished {tally.interviews}, finished answers found again {tally.answers}")
    print(f"open answers {tally.open_answers}, most audio lost {tally.worst_loss_s:.2f} s")
    print(f"first state after {resumed[len(resumed) // 2]:.2f} s (median), {resumed[-1]:.2f} s (worst)")
    print(f"faults {len(tally.faults)}", *tally.faults, sep="\n  ")
    sys.exit(bool(tally.faults))


if __name__ == "__main__":
    main()
