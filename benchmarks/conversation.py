"""How long a candidate waits for a reply over the real WebSocket, compared with a naive pipeline of the same models.

    python -m benchmarks.conversation [--runs 5] [--skip 0] [--compared 5] [--json]

The answers make half of their question's points, so that something is left to ask. The naive pipeline transcribes the whole
answer once it has ended (beam 5), lets the language model write its whole follow-up, synthesises all of it, and then starts
playback. Both get the same spoken answer on the same machine, in alternating runs.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import statistics
import sys
import tempfile
import time
import wave
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import WhisperModel
from hotseat.engines import weights
from hotseat.engines.llama import LlamaServer
from hotseat.engines.openai_chat import OpenAiChat
from hotseat.engines.piper import PiperSpeaker
from hotseat.questions.content import load_bank
from hotseat.rehearsal.audio_files import read_audio
from hotseat.rehearsal.rehearse import Script, rehearse_interview
from hotseat.settings import PROJECT, load_settings
from hotseat.speech.audio import SAMPLE_RATE
from hotseat.text.sentences import split_sentences

from tests.conftest import ServerProcess
from training.examples import rows

NAIVE_TASK = (
    "You are an interviewer in a spoken technical interview. Say a few words that pick up the candidate's answer, then ask the "
    "follow-up question. At most 35 words, one question mark at the very end."
)


def middling(count: int, skip: int = 0) -> list[tuple[str, str]]:
    """Question ids and texts of answers that are neither strong nor empty, of each question in turn, about a minute long."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in rows("free", "develop"):
        if row["kind"] == "solid" and 100 <= len(row["text"].split()) <= 180:
            found[row["question"]].append((row["question"], row["text"]))
    in_turn = itertools.chain.from_iterable(itertools.zip_longest(*found.values()))
    return [answer for answer in in_turn if answer is not None][skip : skip + count]


async def spoken(text: str, path: Path) -> None:
    """A WAV file with the text said by Piper."""
    speaker = PiperSpeaker(*weights.piper_voice(), noise=0.0, noise_width=0.0)
    voices = [await speaker.speak(sentence) for sentence in split_sentences(text)]
    pcm = b"".join(voice.pcm for voice in voices)
    rate = voices[0].sample_rate
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm)


async def said_aloud(answers: Iterable[tuple[str, str]], folder: Path) -> list[tuple[str, Path]]:
    """Question ids and WAV files of these question ids and texts."""
    files = []
    for number, (question_id, text) in enumerate(answers):
        files.append((question_id, folder / f"{number}.wav"))
        await spoken(text, files[-1][1])
    return files


class Naive:
    """Everything after the answer, nothing before its predecessor is done."""

    def __init__(self, data_dir: Path) -> None:
        self._whisper = WhisperModel(str(weights.whisper_dir(data_dir)), device="cpu", compute_type="int8", cpu_threads=2)
        gguf = weights.assembled(weights.QWEN_GGUF, data_dir)
        self._server = LlamaServer(gguf, threads=2, context=8192)
        self._chat = OpenAiChat(self._server.url, gguf.stem, self._server.key, 60)
        self._speaker = PiperSpeaker(*weights.piper_voice())

    async def reply(self, question_id: str, path: Path) -> dict[str, float]:
        """Seconds from the end of the answer to its transcript and to the first reply audio."""
        question = load_bank(PROJECT / "rubrics").question(question_id)
        samples = read_audio(path)
        began = time.perf_counter()
        text = await asyncio.to_thread(self._transcribe, samples)
        transcribed = time.perf_counter() - began
        user = f"Question: {question.prompt}\nAnswer: {text}\nFollow-up to ask: {question.follow_ups[0].text}"
        messages = [{"role": "system", "content": NAIVE_TASK}, {"role": "user", "content": user}]
        reply, _ = await self._chat.complete(messages, max_tokens=70)
        await self._speaker.speak(reply)
        return {"final_transcript_s": transcribed, "reply_audio_s": time.perf_counter() - began}

    def _transcribe(self, samples: np.ndarray[Any, Any]) -> str:
        segments, _ = self._whisper.transcribe(samples, beam_size=5, language="en", word_timestamps=True)
        return " ".join(segment.text.strip() for segment in segments)

    def close(self) -> None:
        self._server.close()


async def measure(runs: int, skip: int, compared: int) -> dict[str, Any]:
    """All runs' figures and their medians."""
    with tempfile.TemporaryDirectory() as folder:
        answers = await said_aloud(middling(runs, skip), Path(folder))
        lengths = [len(read_audio(path)) / SAMPLE_RATE for _, path in answers]
        server = ServerProcess(Path(folder) / "data")
        try:
            server.wait_until_ready()
            ours, sources = [], []
            for question_id, path in answers:
                script = Script(files=[path], questions=[question_id], follow_ups=1, url=server.url)
                report = await rehearse_interview(load_settings(), script)
                first, *others = report["turns"]
                ours.append({**first["latencies"], "grade_s": report["turns"][-1]["latencies"]["grade_s"]})
                print(f"{question_id}: {ours[-1]}", file=sys.stderr, flush=True)
                sources += [turn["interviewer"]["source"] for turn in others[:1]]
            server.stop()
            naive = Naive(server.data_dir)
            theirs = [await naive.reply(question_id, path) for question_id, path in answers[:compared]]
            naive.close()
        finally:
            server.stop()
    result: dict[str, Any] = {
        "runs": len(ours),
        "answer_s": [round(length, 1) for length in lengths],
        "follow_ups_in_the_words_of": sources,
    }
    for name in ("acknowledgement_s", "final_transcript_s", "reply_audio_s", "grade_s"):
        mine = [run[name] for run in ours if run[name] is not None]
        its = [run[name] for run in theirs if name in run]
        row: dict[str, Any] = {"median": statistics.median(mine), "worst": max(mine)} if mine else {}
        if its:
            row |= {"naive_median": statistics.median(its), "ratio": statistics.median(mine) / statistics.median(its)}
        result[name] = {key: round(value, 3) for key, value in row.items()} | {"all": mine, "naive_all": its}
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--skip", type=int, default=0, help="answers to leave out before the first")
    parser.add_argument("--compared", type=int, default=5, help="answers that the naive pipeline gets as well")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    result = asyncio.run(measure(arguments.runs, arguments.skip, arguments.compared))
    if arguments.json:
        print(json.dumps(result, indent=2))
        return
    print(f"{result['runs']} answers of {result['answer_s']} s; follow-ups: {result['follow_ups_in_the_words_of']}\n")
    print("| wait after the answer | median s | worst s | naive median s | ratio |\n|---|---|---|---|---|")
    for name, row in result.items():
        if isinstance(row, dict):
            cells = [str(row.get(key, "")) for key in ("median", "worst", "naive_median", "ratio")]
            print(f"| {name.removesuffix('_s').replace('_', ' ')} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
