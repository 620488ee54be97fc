"""Endurance test on one light server: memory, tasks and open files must not grow, and nothing may fail.

    python -m benchmarks.soak --interviews 300 --minutes 30

First one interview after another, then four at a time for the given minutes, each sent over the real WebSocket at ten times
real time. Memory, tasks and open files are read from the server's /metrics.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
from hotseat import wire

from tests.support.fake_interview import LOUD
from tests.support.light_server import LightServer
from tests.support.wire_candidate import WireCandidate

PACE = 10.0
_NAMES = ("process_resident_memory_bytes", "process_open_fds", "hotseat_tasks", "hotseat_active_interviews")


@dataclass(frozen=True, slots=True)
class Reading:
    interviews: int
    memory_mb: float
    files: float
    tasks: float

    def __str__(self) -> str:
        return f"{self.interviews} interviews, {self.memory_mb:.1f} MB, {self.files:.0f} files, {self.tasks:.0f} tasks"


async def read(url: str, interviews: int) -> Reading:
    """Once nothing has run for a second: what an interview freed is given back just after its end."""
    async with httpx.AsyncClient() as http:
        idle = 0
        while idle < 2:
            await asyncio.sleep(1.0 if idle else 0.1)
            text = (await http.get(f"{url}/metrics")).text
            found = {name: float(re.search(rf"^{name} (\S+)$", text, re.MULTILINE)[1]) for name in _NAMES}  # type: ignore[index]
            idle = idle + 1 if found["hotseat_active_interviews"] == 0 else 0
    memory, files, tasks, _ = found.values()
    return Reading(interviews, memory / 1e6, files, tasks)


async def passed(candidate: WireCandidate, turn_id: int, phase: str) -> None:
    """The phase may be over: at this pace a question waits less than half a second for a candidate that has no processor."""
    await candidate.until_sent(wire.StateMessage, lambda state: (state.turn_id, state.phase) == (turn_id, phase))


async def interview(url: str, dice: random.Random) -> list[str]:
    """A drill with a follow-up, spoken or typed; what was wrong with it."""
    async with httpx.AsyncClient() as http:
        for _ in range(5):  # a busy database says so, and whoever waits tries again
            reply = await http.post(f"{url}/api/interviews", json={"format": "drill", "question_id": "finetuning/lora"})
            if reply.status_code != 503:
                break
            await asyncio.sleep(1)
    if reply.status_code != 201:
        return [f"no interview was made: {reply.text}"]
    candidate = WireCandidate(url, reply.json()["id"])
    await candidate.connect()
    await candidate.say(type="start")
    for turn_id in (1, 2):
        await passed(candidate, turn_id, "asking")
        if dice.random() < 0.2:
            await candidate.say(type="typed", turn_id=turn_id, text="it freezes the base model")
            continue
        await candidate.until_sent(wire.VoiceEnd, lambda end, turn_id=turn_id: end.turn_id == turn_id)  # type: ignore[misc]
        await candidate.say(type="playback.done", turn_id=turn_id)
        await passed(candidate, turn_id, "thinking")
        for number in range(dice.randrange(25, 75)):
            await candidate.say_raw(wire.pack_frame(turn_id, number, LOUD))
            await asyncio.sleep(0.04 / PACE)
        await candidate.say(type="done", turn_id=turn_id)
    await candidate.until_sent(wire.FinishedMessage)
    await candidate.hang_up()
    [entry] = (await candidate.review())["rounds"]
    wrong = [error.text for error in candidate.of(wire.ErrorMessage)] + [notice.text for notice in candidate.of(wire.Notice)]
    if len(entry["answers"]) != 2 or entry["grade"] is None or not all(answer["text"] for answer in entry["answers"]):
        wrong.append(f"interview {candidate.id} is not whole")
    return wrong


async def soak(url: str, interviews: int, minutes: float, tell: Callable[[str], None]) -> tuple[list[Reading], list[str]]:
    dice, wrong = random.Random(1), []
    warm = 0
    for _ in range(5):  # eight at once, so that every pool is as full as it gets
        for found in await asyncio.gather(*(interview(url, dice) for _ in range(8))):
            wrong += found
            warm += 1
    readings = [await read(url, warm)]
    tell(str(readings[0]))
    for number in range(1, interviews + 1):
        wrong += await interview(url, dice)
        if number % max(1, interviews // 5) == 0:
            readings.append(await read(url, warm + number))
            tell(str(readings[-1]))
    done, until = 0, time.monotonic() + 60 * minutes

    async def seat() -> None:
        nonlocal done
        while time.monotonic() < until:
            wrong.extend(await interview(url, dice))
            done += 1

    await asyncio.gather(*(seat() for _ in range(4)))
    readings.append(await read(url, warm + interviews + done))
    tell(f"four at a time: {readings[-1]}")
    return readings, wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interviews", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=30.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = LightServer(Path(folder) / "data", LIGHT_PACE=str(PACE)).wait_until_ready()
        try:
            readings, wrong = asyncio.run(soak(server.url, given.interviews, given.minutes, print))
        finally:
            server.stop()
        wrong += [line for line in server.log().splitlines() if " ERROR " in line]
    first, last = readings[0], readings[-1]
    growth = last.memory_mb / first.memory_mb - 1
    more = (last.files - first.files, last.tasks - first.tasks)
    print(f"memory {growth:+.1%}, files {more[0]:+.0f}, tasks {more[1]:+.0f}, errors {len(wrong)}")
    print(*wrong[:20], sep="\n")
    sys.exit(bool(wrong) or growth >= 0.05 or max(more) > 0)


if __name__ == "__main__":
    main()
