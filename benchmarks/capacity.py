"""How many interviews one machine can run at once: 1 to 8 candidates answer together over the real WebSocket.

    python -m benchmarks.capacity [--at-once 1 2 4 6 8] [--llm off] [--json]

Each candidate speaks another labelled answer in real time, presses Done at its last sample and skips the follow-up. A caption's
lag is measured from the end of a word, as timed in the final transcript, to the first caption with at least so many words.
Audio counts as lost if the archive lacks a sample of the answer.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import websockets
from hotseat.rehearsal.audio_files import read_audio
from hotseat.rehearsal.rehearse import Script, rehearse_interview
from hotseat.settings import load_settings
from hotseat.speech.audio import SAMPLE_RATE, pcm_of
from hotseat.storage.archive import LocalArchive

from benchmarks.conversation import middling, said_aloud
from benchmarks.memory import children, resident_mb
from tests.conftest import ServerProcess


async def together(server: ServerProcess, answers: Sequence[tuple[str, Path]]) -> dict[str, Any]:
    """These answers given at once."""
    scripts = [Script(files=[path], questions=[question], follow_ups=1, url=server.url) for question, path in answers]
    reports = await asyncio.gather(*(rehearse_interview(load_settings(), script) for script in scripts))
    firsts = [report["turns"][0] for report in reports]
    archive = LocalArchive(server.data_dir / "audio")
    lost = 0
    for report, (_, path) in zip(reports, answers, strict=True):
        stored = archive.read(report["interview_id"], 1)
        sent = pcm_of(read_audio(path))
        # What came before the speech is not kept; from there on everything is.
        kept = len(stored) and sent.endswith(stored) and len(sent) - len(stored) < 2 * SAMPLE_RATE
        lost += not kept
    waits = {name: [turn["latencies"][name] for turn in firsts] for name in ("final_transcript_s", "reply_audio_s")}
    return {
        "at_once": len(answers),
        "answers_with_lost_audio": lost,
        "caption_lag": spread([lag for turn in firsts for lag in turn["caption_lags_s"]]),
        "final": spread(waits["final_transcript_s"]),
        "reply": spread(waits["reply_audio_s"]),
        "notices": sorted({notice for report in reports for notice in report["notices"]}),
    }


def spread(seconds: Sequence[float]) -> dict[str, float]:
    return {
        "median": round(float(np.median(seconds)), 2),
        "p95": round(float(np.quantile(seconds, 0.95)), 2),
        "worst": round(max(seconds), 2),
        "n": len(seconds),
    }


async def one_too_many(server: ServerProcess, most: int) -> str:
    """What the candidate after the last admitted one is told."""
    async with httpx.AsyncClient(base_url=server.url) as http, contextlib.AsyncExitStack() as sockets:
        for _ in range(most + 1):
            reply = await http.post("/api/interviews", json={"format": "drill", "question_ids": ["finetuning/lora"]})
            address = server.url.replace("http", "ws", 1) + f"/api/interviews/{reply.json()['id']}/socket"
            last = await sockets.enter_async_context(websockets.connect(address))
        with contextlib.suppress(websockets.ConnectionClosed):
            async with asyncio.timeout(5):
                while True:
                    await last.recv()
        return last.close_reason or "admitted"


async def measure(crowds: Sequence[int], llm: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        answers = await said_aloud(middling(max(crowds)), Path(folder))
        server = ServerProcess(Path(folder) / "data", HOTSEAT_LLM__URL=llm)
        try:
            server.wait_until_ready()
            assert server.process is not None
            await together(server, answers[:1])  # the first of all is slow
            crowd = []
            for number in crowds:
                crowd.append(await together(server, answers[:number]))
                pid = server.process.pid
                crowd[-1]["memory_mb"] = [round(resident_mb(pid)), round(sum(resident_mb(child) for child in children(pid)))]
                print(crowd[-1], file=sys.stderr, flush=True)
            refused = await one_too_many(server, load_settings().interview.max_active)
        finally:
            server.stop()
    return {"llm": llm, "crowds": crowd, "one_too_many": refused}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at-once", type=int, nargs="*", default=[1, 2, 4, 6, 8])
    parser.add_argument("--llm", default="embedded", choices=("embedded", "off"))
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    result = asyncio.run(measure(given.at_once, given.llm))
    if given.json:
        print(json.dumps(result, indent=2))
        return
    print(f"language model: {result['llm']}; one more than admitted is told: {result['one_too_many']!r}\n")
    print(
        "| at once | answers with lost audio | final s | caption lag s | reply audio s | memory MB |\n|---|---|---|---|---|---|"
    )
    for crowd in result["crowds"]:
        cells = [f"{crowd[name]['median']} / {crowd[name]['p95']}" for name in ("final", "caption_lag", "reply")]
        memory = " + ".join(str(mb) for mb in crowd["memory_mb"])
        print(f"| {crowd['at_once']} | {crowd['answers_with_lost_audio']} | {' | '.join(cells)} | {memory} |")


if __name__ == "__main__":
    main()
