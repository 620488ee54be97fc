"""Accuracy of recognition by accent: word errors and key terms, compared with the recogniser used as it comes.

``python -m benchmarks.voices [--part test] [--answers 2]``: half-minute answers with many key terms, in Kokoro's voices
(``benchmarks.kokoro``). The first voice of each accent speaks one set of answers and the second another, so accents are
compared on the same words. Each answer is recognised clean and through one of ``benchmarks.channels``. Rules may be learned
from the voices of ``learn`` and chosen on those of ``develop``; ``test`` has other voices and questions, and only its totals
are printed. Synthesis takes about real time on one core and is cached. ``--part recorded`` uses recordings by
``benchmarks.record``.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from hotseat.domain.model import Bank
from hotseat.questions.content import load_bank
from hotseat.settings import PROJECT
from hotseat.speech.audio import SAMPLE_RATE, Samples
from hotseat.text.sentences import split_sentences

from benchmarks import KEPT, kokoro, record
from benchmarks.accuracy import Bench, Measuring, Score, dense_answers, totals
from benchmarks.channels import CHANNELS
from tests.audio import corpus, speech

VOICES: dict[str, dict[str, str]] = {
    "learn": {
        "af_bella": "American", "am_adam": "American", "bm_lewis": "British", "hm_psi": "Indian",
        "zf_xiaobei": "Chinese", "zm_yunxi": "Chinese", "em_santa": "Spanish", "if_sara": "Italian", "pm_santa": "Portuguese",
        "jf_alpha": "Japanese", "am_echo": "German",
    },
    "develop": {
        "af_sarah": "American", "bf_alice": "British", "hf_beta": "Indian", "zf_xiaoyi": "Chinese", "pm_alex": "Portuguese",
        "jf_nezumi": "Japanese",
    },
    "test": {
        "am_michael": "American", "af_nova": "American", "bf_emma": "British", "bm_george": "British", "hf_alpha": "Indian",
        "hm_omega": "Indian", "zf_xiaoxiao": "Chinese", "zm_yunjian": "Chinese", "ef_dora": "Spanish", "em_alex": "Spanish",
        "ff_siwis": "French", "im_nicola": "Italian", "pf_dora": "Portuguese", "jm_kumo": "Japanese", "am_fenrir": "German",
    },
}  # fmt: skip
"""Styles of kokoro-js, each with the accent it speaks in."""
_SPEEDS = (1.0, 1.1, 0.9)
_BETWEEN_S = 0.3


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer said by somebody."""

    voice: str
    accent: str
    item: corpus.Item
    audio: Samples
    channel: str = "clean"
    """Or one of ``CHANNELS``."""


@dataclass(frozen=True, slots=True)
class Heard:
    reading: Reading
    score: Score
    field_words: int
    """Terms of other topics that were said."""
    field_found: int
    field_unaided: int


def answers_of(bank: Bank, part: str, answers: int) -> dict[str, list[corpus.Item]]:
    """What each voice says."""
    dense = dense_answers(bank, part)
    spoken: Counter[str] = Counter()
    found: dict[str, list[corpus.Item]] = {}
    for style, accent in VOICES[part].items():
        found[style] = dense[spoken[accent] * answers :][:answers]
        spoken[accent] += 1
    return found


def voiced(item: corpus.Item, style: str, accent: str) -> Samples:
    path = KEPT / "voices" / f"{style}-{accent}-{corpus.digest(item.text)[:12]}.wav"
    if not path.exists():
        gap = np.zeros(round(_BETWEEN_S * SAMPLE_RATE), np.float32)
        parts: list[Samples] = []
        for sentence in split_sentences(item.text):
            parts += [kokoro.say(sentence, style, accent, _SPEEDS[item.seed % len(_SPEEDS)]), gap]
        speech.write(path, np.concatenate(parts))
    return speech.read(path)


def voiced_readings(bank: Bank, part: str, answers: int, only: Sequence[str] | None) -> Iterator[Reading]:
    channels = itertools.cycle(CHANNELS)
    for style, items in answers_of(bank, part, answers).items():
        for item, channel in zip(items, channels, strict=False):
            if only and style not in only:
                continue
            accent = VOICES[part][style]
            audio = voiced(item, style, accent)
            yield Reading(style, accent, item, audio)
            yield Reading(style, accent, item, CHANNELS[channel](audio, item.seed), channel)


def recorded_readings(bank: Bank) -> Iterator[Reading]:
    for made in record.recordings():
        question = bank.question(made.question)
        item = corpus.Item(made.question, made.text, question, speech.Manner(), 0)
        yield Reading(made.speaker, made.accent, item, speech.read(record.LIST.with_name(made.file)))


async def listen(bank: Bank, readings: Iterator[Reading]) -> list[Heard]:
    bench = Bench(bank)
    measuring = Measuring(bench, bank, None)
    found: list[Heard] = []
    for reading in readings:
        item, audio = reading.item, reading.audio
        own, topic = item.question.key_terms, bank.terms_of(item.question.topic)
        unaided = bench.offline(audio)
        score = await measuring.compared(item, item.question, audio, unaided, reading.voice)
        text = (await bench.heard(audio, own, topic)).text
        near = {term.term.lower() for term in (*own, *topic)}
        others = tuple(term for term in bank.vocabulary.terms if term.term.lower() not in near)
        said = corpus.counts(others, item.text)
        right, alone = ((said & corpus.counts(others, heard)).total() for heard in (text, unaided))
        found.append(Heard(reading, score, said.total(), right, alone))
        print(
            f"{reading.voice} {item.id} {reading.channel}: {score.errors} of {score.words} words wrong",
            file=sys.stderr,
            flush=True,
        )
    return found


def table(found: Sequence[Heard]) -> str:
    """A line for each accent and one for all, then one for each channel, as Markdown."""
    clean = [one for one in found if one.reading.channel == "clean"]
    altered = [one for one in found if one.reading.channel != "clean"]
    head = "WER %; unaided | its terms %; unaided | other topics' terms; unaided | false terms an answer |"
    lines = [f"| accent | voices | heard | {head}", "|---|---|---|---|---|---|---|"]
    for name in (*dict.fromkeys(one.reading.accent for one in found), "all"):
        for what, group in (("clean", clean), ("altered", altered)):
            if some := [one for one in group if name in (one.reading.accent, "all")]:
                lines.append(f"| {name} | {len({one.reading.voice for one in some})} | {what} {_cells(some)}")
    lines += ["", f"| channel | answers | {head}", "|---|---|---|---|---|---|"]
    for channel in CHANNELS:
        if some := [one for one in altered if one.reading.channel == channel]:
            lines.append(f"| {channel} | {len(some)} {_cells(some)}")
    return "\n".join(lines)


def _cells(some: Sequence[Heard]) -> str:
    of = totals([one.score for one in some])
    field, right, alone = (sum(values) for values in zip(
        *((one.field_words, one.field_found, one.field_unaided) for one in some), strict=True
    ))  # fmt: skip
    return (
        f"| {_interval(of['wer'])}; {of['wer_offline'][0]:.1f} | {_interval(of['recall'])}; {of['recall_unaided'][0]:.1f} "
        f"| {right}; {alone} of {field} | {of['false'][1]:.2f} |"
    )


def _interval(values: Sequence[float]) -> str:
    return f"{values[0]:.1f} ({values[1]:.1f} to {values[2]:.1f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=(*VOICES, "recorded"), default="test")
    parser.add_argument("--answers", type=int, default=2, help="for each voice")
    parser.add_argument("--only", nargs="*", help="these voices of the part")
    given = parser.parse_args()
    bank = load_bank(PROJECT / "rubrics")
    if given.part == "recorded":
        readings = recorded_readings(bank)
    else:
        readings = voiced_readings(bank, given.part, given.answers, given.only)
    print(table(asyncio.run(listen(bank, readings))))


if __name__ == "__main__":
    main()
