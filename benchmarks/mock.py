"""Records a mock interview with both voices, and a transcript: ``python -m benchmarks.mock benchmarks/mock-interview``.

A scripted candidate (mock.toml) speaks to a real server in real time, with the packaged voice made slower and higher than the
interviewer's. A question's words choose the answer; the interviewer grades and follows up as usual.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import json
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

import av
import numpy as np
from hotseat.engines.codecs import encode
from hotseat.rehearsal.rehearse import Script, rehearse_interview
from hotseat.settings import load_settings
from hotseat.speech.audio import SAMPLE_RATE, Samples, pcm_of

from tests.audio.speech import Manner, say
from tests.conftest import ServerProcess

SCRIPT = Path(__file__).with_suffix(".toml")
VOICE = Manner(speed=0.94, pitch=1.1, pause_s=0.25)
FIRST_S = 0.7
"""Seconds before the first sentence."""


class Recording:
    """Both voices of a rehearsed interview, each where it was heard: a ``hotseat.rehearsal.rehearse.Recorder``."""

    def __init__(self) -> None:
        self._parts: list[tuple[float, Samples]] = []
        self.lines: list[tuple[bool, str]] = []
        """Whether the candidate says it, and what."""

    def played(self, text: str, pcm: bytes, rate: int, at: float) -> None:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
        frame = av.AudioFrame.from_ndarray(np.frombuffer(pcm, "<i2")[np.newaxis], format="s16", layout="mono")
        frame.sample_rate = rate
        parts = [part.to_ndarray()[0] for given in (frame, None) for part in resampler.resample(given)]
        self.lines.append((False, text))
        self._parts.append((at, np.concatenate(parts).astype(np.float32) / np.float32(32768)))

    def spoken(self, samples: Samples, at: float) -> None:
        self.lines.append((True, ""))
        self._parts.append((at, samples))

    def heard(self, text: str) -> None:
        place = max((place for place, (is_candidate, _) in enumerate(self.lines) if is_candidate), default=None)
        if place is not None:
            self.lines[place] = (True, text)

    def mixed(self) -> bytes:
        """Mono PCM16 at 16 kHz from the first sound on."""
        began = min(start for start, _ in self._parts)
        places = [(round((start - began) * SAMPLE_RATE), samples) for start, samples in self._parts]
        mixed = np.zeros(max(place + len(samples) for place, samples in places), np.float32)
        for place, samples in places:
            mixed[place : place + len(samples)] += samples
        return pcm_of(mixed)


def said_by_candidate(text: str) -> Samples:
    return np.concatenate([np.zeros(round(FIRST_S * SAMPLE_RATE), np.float32), say(text, VOICE)])


def prepared(script: dict[str, Any]) -> Callable[[str], Samples]:
    """Answers by the end of what the interviewer says; all are synthesised beforehand."""
    audio = {
        said: said_by_candidate(said)
        for said in (script["otherwise"], *(said for row in script["answer"] for said in row["says"]))
    }
    times: Counter[str] = Counter()

    def answer_to(asked: str) -> Samples:
        row = next((row for row in script["answer"] if asked.endswith(tuple(row["to"]))), None)
        if row is None:
            print(f"no answer to: {asked}", flush=True)
            return audio[script["otherwise"]]
        said = row["says"][min(times[row["to"][0]], len(row["says"]) - 1)]
        times[row["to"][0]] += 1
        return audio[said]

    return answer_to


async def record() -> tuple[Recording, dict[str, Any]]:
    script = tomllib.loads(SCRIPT.read_text(encoding="utf-8"))
    recording, answer_to = Recording(), prepared(script)
    with tempfile.TemporaryDirectory() as folder:
        server = ServerProcess(Path(folder) / "data")
        try:
            server.wait_until_ready()
            asked = Script(
                (), questions=script["questions"], follow_ups=2, url=server.url, answer_to=answer_to, recorder=recording
            )
            report = await rehearse_interview(load_settings(), asked)
        finally:
            server.stop()
    return recording, report


def page(recording: Recording, report: dict[str, Any], audio: str) -> str:
    """The transcript: the candidate's words are the recogniser's."""
    waits = sorted(wait for turn in report["turns"] if (wait := turn["latencies"]["reply_audio_s"]) is not None)
    verdicts = ", ".join(
        f"{entry['question']['title']}: {entry['grade']['verdict'] if entry['grade'] else 'not graded'}"
        for entry in report["rounds"]
    )
    lines = [
        "# A mock interview",
        f"[Listen]({audio}). `python -m benchmarks.mock`, {datetime.date.today()}: a scripted candidate with a synthetic "
        "voice, the real server and the packaged models, on two cores. The candidate's words are as they were recognised; what "
        "the interviewer asks follows from them.",
    ]
    for is_candidate, said in groupby(recording.lines, key=lambda line: line[0]):
        lines.append(f"**{'Candidate' if is_candidate else 'Interviewer'}**: {' '.join(text for _, text in said)}")
    lines.append(f"Graded: {verdicts}. First audio of what was asked next: {waits[len(waits) // 2]:.1f} s in the median.")
    return "\n\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", type=Path, help="the files' name, without .md and .ogg")
    name: Path = parser.parse_args().name
    recording, report = asyncio.run(record())
    name.with_suffix(".ogg").write_bytes(encode(recording.mixed(), "opus"))
    name.with_suffix(".md").write_text(page(recording, report, f"{name.name}.ogg"), encoding="utf-8")
    print(json.dumps({turn["turn_id"]: [turn["act"], turn["latencies"]["reply_audio_s"]] for turn in report["turns"]}))


if __name__ == "__main__":
    main()
