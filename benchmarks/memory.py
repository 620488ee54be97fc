"""Memory of the server and its language model, after loading and during interviews spoken in real time.

    python -m benchmarks.memory [--interviews 20] [--at-a-time 1] [--llm off]

Resident set sizes from /proc in MB; the highest is the server's since its start. Each interview is a drill with one spoken
answer of 35 to 60 s, whose follow-up is skipped. Several at a time take less time overall and somewhat more memory.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

from hotseat.rehearsal.rehearse import Script, rehearse_interview
from hotseat.settings import load_settings

from benchmarks.conversation import middling, said_aloud
from tests.conftest import ServerProcess


def resident_mb(pid: int, field: str = "VmRSS") -> float:
    """``VmHWM`` is the most it ever was."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def children(pid: int) -> list[int]:
    lists = [path.read_text().split() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(child) for found in lists for child in found]


async def measure(interviews: int, at_a_time: int, llm: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        answers = await said_aloud(middling(at_a_time), Path(folder))
        server = ServerProcess(Path(folder) / "data", HOTSEAT_LLM__URL=llm)
        try:
            server.wait_until_ready()
            assert server.process is not None
            pid = server.process.pid
            print("| after | server MB | language model MB | together | most MB |\n|---|---|---|---|---|")
            done = 0
            while True:
                own, model = resident_mb(pid), sum(resident_mb(child) for child in children(pid))
                most = resident_mb(pid, "VmHWM")
                print(f"| {done or 'loading'} | {own:.0f} | {model:.0f} | {own + model:.0f} | {most:.0f} |", flush=True)
                if done >= interviews:
                    break
                # One at first, then up to the next ten.
                until = min(interviews, 1 if done == 0 else (done // 10 + 1) * 10)
                while done < until:
                    batch = min(at_a_time, until - done)
                    scripts = [
                        Script(files=[path], questions=[id_], follow_ups=1, url=server.url) for id_, path in answers[:batch]
                    ]
                    await asyncio.gather(*(rehearse_interview(load_settings(), script) for script in scripts))
                    done += batch
        finally:
            server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interviews", type=int, default=20)
    parser.add_argument("--at-a-time", type=int, default=1)
    parser.add_argument("--llm", default="embedded", choices=("embedded", "off"))
    given = parser.parse_args()
    asyncio.run(measure(given.interviews, given.at_a_time, given.llm))


if __name__ == "__main__":
    main()
