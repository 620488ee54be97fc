"""Accuracy of the measured pace, pauses and fillers, on synthetic speech for which all three are known.

``python -m benchmarks.delivery [--answers 12] [--plain] [--noises clean "15 dB"] [--json]``. Each answer has its own speaking
style, with fillers between phrases and silences of known lengths, clean and with room noise. Pauses are taken from the
recogniser's word times and from voice activity.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

import numpy as np
from hotseat.domain.endpointing import PAUSE_S, AudioSpan, Hearing, hear
from hotseat.domain.model import Answer, EndedBy, Transcript, Word
from hotseat.engines.phonemes import phonemes
from hotseat.engines.silero import SileroActivity
from hotseat.engines.weights import whisper_dir
from hotseat.engines.whisper import WhisperTranscriber
from hotseat.questions.content import load_bank
from hotseat.review.delivery import delivery
from hotseat.settings import PROJECT
from hotseat.speech.audio import SAMPLE_RATE, Samples
from hotseat.speech.listening import Listener

from benchmarks import KEPT
from tests.audio import corpus
from tests.audio.paced import FILLERS, Paced, paced

NOISES = {"clean": None, "20 dB": 20.0, "15 dB": 15.0}
LONGEST_S = 60.0
PLAIN = (
    "I joined the team in spring and spent the first month reading what was there, because nobody could tell me why the search "
    "was slow. Most of the time went into one table that was read again for every page. We changed that in a week, and after "
    "that people started to trust the numbers we showed them.",
    "When two people on my team disagree, I ask each of them to say what would change their mind. Usually one of them names a "
    "fact that we can look up before lunch. If not, we try the cheaper plan first and agree on the day when we stop.",
    "The hardest part of that project was not the code but the waiting. Every change had to go through three other groups, and "
    "each of them met once a week. So I wrote down early what we would need from whom, and I sent it to all of them at once.",
    "I once broke the site on a Friday evening, and I learned more from that than from any course. We had no way to go back, "
    "and the only person who knew the old system was on a train. Since then I never ship anything that I cannot undo at once.",
)
"""Answers without a term of any field, for telling misheard terms from mismeasured pace."""
WORDS = 60
"""Of each answer; the silences make about a minute of them."""
FILLER_SHARE = 0.25


@dataclass
class Found:
    """Counts over all answers of one way to look for pauses."""

    right: int = 0
    missed: int = 0
    invented: int = 0
    edges: list[float] = field(default_factory=list)
    """Measured minus true length of the pauses found, seconds."""

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, 2 * self.right + self.missed + self.invented)

    def add(self, true: Sequence[AudioSpan], measured: Sequence[AudioSpan]) -> None:
        """A measured pause is right if it shares more than half of both with a true one."""
        left = list(measured)
        for gap in true:
            match = next((other for other in left if _shared(gap, other) > 0.5), None)
            if match is None:
                self.missed += 1
            else:
                left.remove(match)
                self.right += 1
                self.edges.append(match.seconds - gap.seconds)
        self.invented += len(left)


def _shared(one: AudioSpan, other: AudioSpan) -> float:
    """Of the longer of the two."""
    overlap = min(one.end, other.end) - max(one.start, other.start)
    return max(0.0, overlap) / max(one.seconds, other.seconds)


def true_pauses(spoken: Paced) -> list[AudioSpan]:
    return [gap for gap in spoken.silences if gap.seconds >= PAUSE_S]


async def recognised(transcriber: WhisperTranscriber, samples: Samples, item: corpus.Item) -> tuple[Word, ...]:
    listener = Listener(
        "bench", transcriber, SileroActivity(), item.question.key_terms, (),
        on_caption=lambda _: None, on_speech=lambda _: None, sounds=phonemes,
    )  # fmt: skip
    listener.feed(samples)
    return (await listener.finish()).words


def answer_of(spoken: Paced, words: Sequence[Word], speech: Sequence[AudioSpan]) -> Answer:
    seconds = len(spoken.samples) / SAMPLE_RATE
    return Answer(1, 0, "", "", None, Transcript(tuple(words)), seconds, EndedBy.DONE, speech=tuple(speech))


@dataclass
class Tally:
    """What was found in all answers under one noise."""

    ways: dict[str, Found] = field(default_factory=dict)
    pace: dict[str, list[float]] = field(default_factory=dict)
    """Measured over true, less one."""
    start: dict[str, list[float]] = field(default_factory=dict)
    """Measured minus true second of the first sound."""
    said: Counter[str] = field(default_factory=Counter)
    heard: Counter[str] = field(default_factory=Counter)

    def add(self, spoken: Paced, words: Sequence[Word], ways: dict[str, list[AudioSpan]]) -> str:
        for way, spans in ways.items():
            found = delivery(answer_of(spoken, words, spans), LONGEST_S)
            assert found is not None, "nothing was recognised"
            self.ways.setdefault(way, Found()).add(true_pauses(spoken), found.pauses)
            self.pace.setdefault(way, []).append(found.pace / spoken.pace - 1)
            self.start.setdefault(way, []).append(found.start - spoken.start)
        self.said += spoken.fillers
        self.heard += Counter(filler.text for filler in found.fillers)
        return f"{spoken.pace:.0f} wpm, measured {found.pace:.0f}; {spoken.words} words, heard {found.words}"

    def results(self) -> dict[str, Any]:
        fillers = {name: [self.heard[name], count] for name, count in sorted(self.said.items())}
        ways = {
            way: {
                "f1": found.f1,
                "right": found.right,
                "missed": found.missed,
                "invented": found.invented,
                "length_error_s": _spread(found.edges),
                "pace_error": _spread(self.pace[way]),
                "start_error_s": _spread(self.start[way]),
            }
            for way, found in self.ways.items()
        }
        return {"ways": ways, "fillers": fillers, "fillers_invented": (self.heard - self.said).total()}


async def run(answers: int, noises: dict[str, float | None], texts: Sequence[str] = ()) -> dict[str, Any]:
    """Over the model answers, or over ``texts``."""
    items = corpus.model_answers(load_bank(PROJECT / "rubrics"))[: len(texts) or answers]
    items = [replace(item, text=text) for item, text in zip(items, texts, strict=True)] if texts else items
    model = str(whisper_dir(KEPT))
    transcriber = WhisperTranscriber(model)
    results: dict[str, Any] = {}
    for name, snr_db in noises.items():
        tally = Tally()
        for number, item in enumerate(items):
            text = " ".join(item.text.split()[:WORDS])
            spoken = paced(text, replace(item.manner, snr_db=snr_db), number, FILLER_SHARE)
            words = await recognised(transcriber, spoken.samples, item)
            ways = {
                "word times": [AudioSpan(word.start, word.end) for word in words],
                "voice activity": list(reduce(hear, SileroActivity().feed(spoken.samples), Hearing()).speech),
            }
            note(f"{name} {number + 1}/{len(items)}: {tally.add(spoken, words, ways)}")
        results[name] = tally.results()
    return results


def _spread(values: Sequence[float]) -> dict[str, float]:
    """Mean, and the largest in size."""
    return {"mean": float(np.mean(values)), "worst": float(max(values, key=abs))} if values else {"mean": 0.0, "worst": 0.0}


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def table(results: dict[str, Any]) -> str:
    """The results as Markdown."""
    lines = ["| | pauses: F1 (right, missed, invented) | length, s | first sound, s | pace, % |", "|---|---|---|---|---|"]
    for noise, found in results.items():
        for way, one in found["ways"].items():
            counts = f"{one['right']}, {one['missed']}, {one['invented']}"
            length, start, pace = (one[name] for name in ("length_error_s", "start_error_s", "pace_error"))
            lines.append(
                f"| {noise}, {way} | {one['f1']:.2f} ({counts}) | {_two(length)} | {_two(start)} "
                f"| {100 * pace['mean']:+.1f} / {100 * pace['worst']:+.1f} |"
            )
    lines += ["", "| fillers heard of those said | " + " | ".join(FILLERS) + " | invented |", "|---" * (len(FILLERS) + 2) + "|"]
    for noise, found in results.items():
        cells = ["/".join(map(str, found["fillers"].get(name, [0, 0]))) for name in FILLERS]
        lines.append(f"| {noise} | " + " | ".join(cells) + f" | {found['fillers_invented']} |")
    return "\n".join(lines)


def _two(values: dict[str, float]) -> str:
    return f"{values['mean']:+.2f} / {values['worst']:+.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=12)
    parser.add_argument("--plain", action="store_true", help="answers without terms of the field, in place of the bank's")
    parser.add_argument("--noises", nargs="*", choices=tuple(NOISES), default=tuple(NOISES))
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    results = asyncio.run(run(given.answers, {name: NOISES[name] for name in given.noises}, PLAIN if given.plain else ()))
    print(json.dumps(results, indent=2) if given.json else table(results))


if __name__ == "__main__":
    main()
