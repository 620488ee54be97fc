"""Memory of the server and its language model, after loading and over interviews spoken in real time.

    python -m tests.bench.memory [--interviews 20]

Resident set sizes from /proc, in MB. Each interview is a drill with one short spoken answer and its follow-up skipped.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

from server.rehearsal.rehearse import Script, rehearse_interview
from server.settings import load_settings
from tests.bench.conversation import spoken
from tests.conftest import ServerProcess

QUESTION = "finetuning/lora"
ANSWER = "It freezes the base model and learns a small low-rank update for each weight, which is far cheaper to train."


def resident_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def children(pid: int) -> list[int]:
    lists = [path.read_text().split() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(child) for found in lists for child in found]


async def measure(interviews: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.wav"
        await spoken(ANSWER, answer)
        server = ServerProcess(Path(folder) / "data")
        try:
            server.wait_until_ready()
            assert server.process is not None
            pid = server.process.pid
            print("| after | server MB | language model MB | together |\n|---|---|---|---|")
            for number in range(interviews + 1):
                if number in {0, 1, 2, 5} or number % 10 == 0:
                    own, model = resident_mb(pid), sum(resident_mb(child) for child in children(pid))
                    print(f"| {number or 'loading'} | {own:.0f} | {model:.0f} | {own + model:.0f} |", flush=True)
                if number < interviews:
                    script = Script(files=[answer], questions=[QUESTION], follow_ups=1, url=server.url)
                    await rehearse_interview(load_settings(), script)
        finally:
            server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interviews", type=int, default=20)
    asyncio.run(measure(parser.parse_args().interviews))


if __name__ == "__main__":
    main()
