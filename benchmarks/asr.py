"""Speed of recognition, compared with a naive pipeline in the same run. For accuracy see benchmarks/accuracy.py.

``python -m benchmarks.asr [--live 4] [--at-once 2 4 8] [--json]``: ``--live`` answers are fed in real time one by one, and
``--at-once`` answers together. Run it on an idle machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from faster_whisper import WhisperModel
from hotseat.domain.model import KeyTerm
from hotseat.engines.phonemes import phonemes
from hotseat.engines.silero import SileroActivity
from hotseat.engines.weights import whisper_dir
from hotseat.engines.whisper import WhisperTranscriber
from hotseat.questions.content import load_bank
from hotseat.settings import PROJECT
from hotseat.speech.audio import FRAME_SAMPLES, SAMPLE_RATE, Samples
from hotseat.speech.listening import Caption, Listener

from benchmarks import KEPT
from tests.audio import corpus, speech

LIMIT_S = 60.0


@dataclass
class Bench:
    """The models under test, loaded once."""

    transcriber: WhisperTranscriber
    naive: WhisperModel
    sparing: bool = False
    """Several are listened to at once."""

    def listener(self, terms: Sequence[KeyTerm], on_caption: Callable[[Caption], None] = lambda _: None) -> Listener:
        return Listener(
            "bench",
            self.transcriber,
            SileroActivity(),
            terms,
            (),
            on_caption=on_caption,
            on_speech=lambda _: None,
            sounds=phonemes,
            sparing=lambda: self.sparing,
        )

    async def offline(self, audio: Samples) -> tuple[str, float]:
        """The naive pipeline: everything in one pass with beam 5 once the answer has ended. Text and seconds."""

        def run() -> str:
            segments, _ = self.naive.transcribe(audio, language="en", beam_size=5, condition_on_previous_text=False)
            return " ".join(segment.text.strip() for segment in segments)

        began = time.perf_counter()
        return await asyncio.to_thread(run), time.perf_counter() - began


@dataclass
class Live:
    """Seconds measured over answers fed in real time."""

    final: dict[str, list[float]] = field(default_factory=lambda: {"limit": [], "done": []})
    caption_lag: list[float] = field(default_factory=list)
    naive: list[float] = field(default_factory=list)


async def live(bench: Bench, items: Sequence[corpus.Item]) -> Live:
    """Answers in real time: cut by the limit in mid-speech, and ended by the candidate 0.3 s after the last word."""
    result = Live()
    for number, item in enumerate(items, start=1):
        whole = voiced(item)
        for ending in ("limit", "done"):
            audio = whole[: round(min(LIMIT_S, 0.93 * len(whole) / SAMPLE_RATE) * SAMPLE_RATE)] if ending == "limit" else whole
            if ending == "done":
                audio = np.concatenate((np.trim_zeros(audio, "b"), np.zeros(round(0.3 * SAMPLE_RATE), np.float32)))
            await _live(bench, item, audio, ending, result)
            note(f"live {number}/{len(items)} {ending}: final {result.final[ending][-1]:.2f} s")
        result.naive.append((await bench.offline(whole))[1])
    return result


async def _live(bench: Bench, item: corpus.Item, audio: Samples, ending: str, result: Live) -> None:
    shown: list[tuple[float, int]] = []
    began = time.perf_counter()
    listener = bench.listener(
        item.question.key_terms,
        lambda caption: shown.append((time.perf_counter() - began, len(f"{caption.committed} {caption.partial}".split()))),
    )
    if ending == "limit":
        listener.expect_end(len(audio) / SAMPLE_RATE)
    for at in range(0, len(audio), FRAME_SAMPLES):
        await asyncio.sleep(max(0.0, began + (at + FRAME_SAMPLES) / SAMPLE_RATE - time.perf_counter()))
        listener.feed(audio[at : at + FRAME_SAMPLES])
    ended = time.perf_counter()
    heard = await listener.finish()
    result.final[ending].append(time.perf_counter() - ended)
    for index, word in enumerate(heard.words):
        seen = next((when for when, words in shown if words > index and when >= word.end), None)
        if seen is not None:
            result.caption_lag.append(seen - word.end)


async def together(bench: Bench, items: Sequence[corpus.Item]) -> Live:
    """All these answers at once, in real time, each cut by its limit."""
    result = Live()
    bench = replace(bench, sparing=len(items) > 1)
    audios = [voiced(item)[: round(LIMIT_S * SAMPLE_RATE)] for item in items]
    await asyncio.gather(*(_live(bench, item, audio, "limit", result) for item, audio in zip(items, audios, strict=True)))
    note(f"{len(items)} at once: finals {', '.join(f'{seconds:.2f}' for seconds in result.final['limit'])} s")
    return result


async def run(live_answers: int, at_once: Sequence[int]) -> dict[str, Any]:
    bank = load_bank(PROJECT / "rubrics")
    items = corpus.model_answers(bank)
    model = str(whisper_dir(KEPT))
    bench = Bench(WhisperTranscriber(model), WhisperModel(model, compute_type="int8", cpu_threads=2))
    streamed = await live(bench, items[:live_answers])
    crowds = {number: await together(bench, items[:number]) for number in at_once}
    results: dict[str, Any] = {
        "final_limit": spread(streamed.final["limit"]),
        "final_done": spread(streamed.final["done"]),
        "caption_lag": spread(streamed.caption_lag),
        "naive_final": spread(streamed.naive),
        "at_once": {n: [spread(crowd.final["limit"]), spread(crowd.caption_lag)] for n, crowd in crowds.items()},
        "live": live_answers,
    }
    naive = results["naive_final"]["median"]
    results["ratio_to_naive"] = results["final_limit"]["median"] / naive if naive else 0.0
    return results


def voiced(item: corpus.Item) -> Samples:
    """The item's audio, kept in the temporary directory between runs."""
    name = f"{item.id.replace('/', '-')}-{hash_of(item)}.wav"
    path = KEPT / "speech" / name
    if not path.exists():
        speech.write(path, speech.say(item.text, item.manner, item.seed))
    return speech.read(path)


def hash_of(item: corpus.Item) -> str:
    return corpus.digest(f"{item.text} {item.manner} {item.seed}")[:12]


def spread(seconds: Sequence[float]) -> dict[str, float]:
    if not seconds:
        return {"median": 0.0, "p95": 0.0, "n": 0}
    return {"median": float(np.median(seconds)), "p95": float(np.quantile(seconds, 0.95)), "n": len(seconds)}


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def table(r: dict[str, Any]) -> str:
    """The results as Markdown."""
    rows = [
        ("final transcript after the limit cut in, s", _two(r["final_limit"]), "p95 <= 0.5"),
        ("final transcript after Done, 0.3 s after the last word, s", _two(r["final_done"]), "p95 <= 0.5"),
        ("naive: whole answer at the end, beam 5, s", _two(r["naive_final"]), ""),
        ("final / naive, medians", f"{r['ratio_to_naive']:.2f}", "<= 0.2"),
        ("caption lag, s", _two(r["caption_lag"]), "p95 <= 1.0"),
    ]
    for number, (final, lag) in r["at_once"].items():
        rows.append(
            (f"{number} candidates at once: final; caption lag, s", f"{_two(final)}; {_two(lag)}", "final <= 2, lag <= 2.5")
        )
    lines = [
        f"Over {r['live']} answers in real time.",
        "",
        "| what | median / p95 or value | target |",
        "|---|---|---|",
        *(f"| {what} | {value} | {target} |" for what, value, target in rows),
    ]
    return "\n".join(lines)


def _two(values: dict[str, float]) -> str:
    return f"{values['median']:.2f} / {values['p95']:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--live", type=int, default=4)
    parser.add_argument("--at-once", type=int, nargs="*", default=[4], help="numbers of candidates speaking at once")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    results = asyncio.run(run(given.live, given.at_once))
    print(json.dumps(results, indent=2) if given.json else table(results))


if __name__ == "__main__":
    main()
