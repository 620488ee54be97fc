"""Accuracy of recognition: word error rate and key terms, compared with the same model used as it comes.

``python -m benchmarks.accuracy --part report [--answers 64] [--seed 1] [--only clean noisy ...] [--json]``. The questions are
split into two parts by a hash of their ids. Errors of the develop part may be looked at (``--misses``); of the report part only
totals are printed. Half of the answers are model answers, half spoken-style answers (tests/audio/corpus.py), drawn with
``--seed``; ``--answers 0`` takes all. Synthesised audio and transcripts are cached by content.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import inspect
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
from faster_whisper import WhisperModel
from hotseat.domain.model import Bank, KeyTerm, Question, Transcript, Word
from hotseat.engines.phonemes import phonemes
from hotseat.engines.silero import SileroActivity
from hotseat.engines.weights import whisper_dir
from hotseat.engines.whisper import WhisperTranscriber, transcriber
from hotseat.questions.content import load_bank
from hotseat.settings import PROJECT
from hotseat.speech.audio import SAMPLE_RATE, Samples
from hotseat.speech.listening import Listener, hear_recording
from hotseat.speech.recognition import Priority, RecognitionJob
from hotseat.text.normal import tokenize

from benchmarks import KEPT
from tests.audio import corpus, speech

DEVELOP = 1 / 3
"""Share of the questions whose answers may be looked at."""
_DENSE_WORDS = range(60, 90)
"""Of a dense answer: 25 to 35 s."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One way to voice the answers and to listen to them."""

    name: str
    what: str
    snr_db: float | None = None
    noise: str = "room"
    voice: str = "piper"
    terms: str = "own"
    """Of which question: "own", or "other": one of another topic."""
    offline: bool = True
    """Whether the unaided pass is made as well."""
    share: float = 1.0
    """Of the answers."""


CONDITIONS = (
    Condition("clean", "clean"),
    Condition("noisy", "room noise, 15 dB", snr_db=15.0),
    Condition("other", "clean, terms of an unrelated question", terms="other", offline=False),
    Condition("near", "near misses of the question's terms", offline=False, share=0.5),
    Condition("crowd", "a crowd at 10 dB", snr_db=10.0, noise="crowd", share=0.25),
    Condition("flite", "flite's voices (slt, rms, awb)", voice="flite", share=0.25),
    Condition("espeak", "espeak-ng", voice="espeak", share=0.25),
)


@dataclass(frozen=True, slots=True)
class Score:
    """One answer in one condition. Errors and words are numbers of words; those of ``raw`` are before the repair."""

    answer: str
    wanted: int
    """Key terms of the question said."""
    found: int
    found_raw: int
    found_offline: int
    false: int
    """Terms of the question or its topic that were heard and not said."""
    false_raw: int
    false_offline: int
    words: int
    errors: int
    errors_raw: int
    errors_offline: int
    other_words: int
    """Words that are no part of a key term."""
    other: int
    other_raw: int
    other_offline: int


class Remembering:
    """A recogniser that keeps what it heard on disk, by the audio, the terms and its own source."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._inner: WhisperTranscriber | None = None
        self._source = hashlib.sha256(inspect.getsource(transcriber).encode()).digest()

    async def recognise(self, job: RecognitionJob) -> tuple[Word, ...]:
        key = hashlib.sha256(
            self._source + job.samples.tobytes() + repr((job.terms, job.priority is Priority.PARTIAL)).encode()
        )
        path = KEPT / "heard" / f"{key.hexdigest()[:24]}.json"
        if not path.exists():
            if self._inner is None:
                self._inner = WhisperTranscriber(self._model)
            words = await self._inner.recognise(replace(job, priority=min(job.priority, Priority.COMMIT)))
            keep(path, json.dumps([asdict(word) for word in words]))
        return tuple(Word(**word) for word in json.loads(path.read_text()))


class Bench:
    """The models, each loaded when it is first needed."""

    def __init__(self, bank: Bank) -> None:
        self._vocabulary = bank.vocabulary
        self._model = str(whisper_dir(KEPT))
        self._transcriber = Remembering(self._model)
        self._naive: WhisperModel | None = None

    async def heard(self, audio: Samples, terms: Sequence[KeyTerm], topic_terms: Sequence[KeyTerm]) -> Transcript:
        """Through the same cuts, biasing and repair as live audio, without waiting for real time."""
        listener = Listener(
            "bench",
            self._transcriber,
            SileroActivity(),
            terms,
            topic_terms,
            on_caption=lambda _: None,
            on_speech=lambda _: None,
            sounds=phonemes,
            vocabulary=self._vocabulary,
        )
        return Transcript((await hear_recording(listener, audio)).words)

    def offline(self, audio: Samples) -> str:
        """One pass with beam 5 and no terms over the whole answer."""
        path = KEPT / "offline" / f"{hashlib.sha256(audio.tobytes()).hexdigest()[:24]}.txt"
        if not path.exists():
            self._naive = self._naive or WhisperModel(
                self._model, compute_type="int8", cpu_threads=len(os.sched_getaffinity(0))
            )
            segments, _ = self._naive.transcribe(audio, language="en", beam_size=5, condition_on_previous_text=False)
            keep(path, " ".join(segment.text.strip() for segment in segments))
        return path.read_text()


def keep(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def voiced(item: corpus.Item, condition: Condition) -> Samples:
    manner = replace(item.manner, voice=condition.voice)
    if condition.voice == "flite":
        manner = replace(manner, voice=("flite-slt", "flite-rms", "flite-awb")[item.seed % 3], pitch=1.0)
    path = KEPT / "speech" / f"{item.id.replace('/', '-')}-{corpus.digest(f'{item.text} {manner} {item.seed}')[:12]}.wav"
    if not path.exists():
        speech.write(path, speech.say(item.text, manner, item.seed))
    audio = speech.read(path)
    if condition.snr_db is None:
        return audio
    return speech.mixed(audio, speech.noise(condition.noise, len(audio), item.seed), condition.snr_db)


def questions_of(bank: Bank, part: str) -> list[Question]:
    """The questions of the develop or the report part."""
    ordered = sorted(bank.questions, key=lambda question: corpus.digest(question.id))
    develop = round(DEVELOP * len(ordered))
    return ordered[:develop] if part == "develop" else ordered[develop:]


def drawn(bank: Bank, part: str, answers: int, seed: int) -> list[corpus.Item]:
    """So many answers of the part, half of them model answers, half spoken ones, topics mixed; all for 0."""
    ids = {question.id for question in questions_of(bank, part)}
    kinds = [
        [item for item in kind if item.question.id in ids] for kind in (corpus.model_answers(bank), corpus.spoken_answers(bank))
    ]
    rng = random.Random(seed)
    for kind in kinds:
        rng.shuffle(kind)
    if not answers:
        return [item for kind in kinds for item in kind]
    return [item for pair in zip(*kinds, strict=False) for item in pair][:answers]


def dense_answers(bank: Bank, part: str) -> list[corpus.Item]:
    """Answers to the part's questions that say the most terms, one to a question, the densest first."""
    short = [
        item for item in drawn(bank, "report" if part == "test" else "develop", 0, 1) if len(item.text.split()) in _DENSE_WORDS
    ]
    questions: dict[str, corpus.Item] = {}
    for item in sorted(short, key=lambda item: -_density(bank, item)):
        questions.setdefault(item.question.id, item)
    dense = list(questions.values())
    return dense if part == "test" else dense[part == "develop" :: 2]


def _density(bank: Bank, item: corpus.Item) -> float:
    """Terms of any topic a word."""
    return corpus.counts(bank.vocabulary.terms, item.text).total() / len(item.text.split())


def normal(text: str) -> str:
    """What words are compared by: number words as digits, no case, punctuation, hyphens or British spelling."""
    text = corpus.apart(text).replace("modell", "model").replace("labell", "label").replace("haviour", "havior")
    return " ".join(token.text for token in tokenize(text))


def errors(said: str, heard: str, terms: Sequence[KeyTerm]) -> tuple[int, int, int, int]:
    """Words said, errors in them, words that are no part of a term, errors in those.

    A wrong or missing word counts where it was said; an added one with the words around it: if one of them is a term's and
    was heard wrong, it belongs to the term ("low array" for "LoRA").
    """
    reference, hypothesis = normal(said).split(), normal(heard).split()
    of_term = _of_terms(reference, terms)
    aligned = jiwer.process_words(" ".join(reference), " ".join(hypothesis) or " ").alignments[0]
    wrong = {
        at
        for chunk in aligned
        if chunk.type in ("substitute", "delete")
        for at in range(chunk.ref_start_idx, chunk.ref_end_idx)
    }
    total, other = len(wrong), len(wrong - of_term)
    for chunk in aligned:
        if chunk.type == "insert":
            added = chunk.hyp_end_idx - chunk.hyp_start_idx
            total += added
            if not wrong & of_term & {chunk.ref_start_idx - 1, chunk.ref_start_idx}:
                other += added
    return len(reference), total, len(reference) - len(of_term), other


def _of_terms(words: Sequence[str], terms: Sequence[KeyTerm]) -> set[int]:
    """Indexes of the words that are part of a term."""
    names = {normal(term.term).replace(" ", "") for term in terms}
    return {
        at
        for start in range(len(words))
        for end in range(start + 1, min(start + 8, len(words)) + 1)
        if "".join(words[start:end]) in names
        for at in range(start, end)
    }


class Measuring:
    """Scores answers under conditions; tells of each miss if it may be looked at."""

    def __init__(self, bench: Bench, bank: Bank, tell: Callable[[str], None] | None) -> None:
        self._bench, self._bank, self._tell = bench, bank, tell

    async def score(self, item: corpus.Item, condition: Condition, number: int) -> Score:
        question = item.question
        if condition.terms == "other":
            others = [other for other in self._bank.questions if other.topic != question.topic]
            question = others[(number * 37) % len(others)]
        audio = voiced(item, condition)
        offline = self._bench.offline(audio) if condition.offline else item.text  # no errors where it was not asked
        return await self.compared(item, question, audio, offline, condition.name)

    async def compared(self, item: corpus.Item, question: Question, audio: Samples, offline: str, name: str) -> Score:
        """The score of one answer, heard with the question's terms, beside what was heard unaided."""
        own, topic = question.key_terms, self._bank.terms_of(question.topic)
        transcript = await self._bench.heard(audio, own, topic)
        wanted = corpus.counts(own, item.text)
        known = {term.term.lower(): term for term in (*topic, *own)}.values()
        said = corpus.counts(tuple(known), item.text)
        false = corpus.counts(tuple(known), transcript.text) - said
        words, wrong, others_said, other = errors(item.text, transcript.text, item.question.key_terms)
        _, wrong_raw, _, other_raw = errors(item.text, transcript.raw_text, item.question.key_terms)
        _, wrong_offline, _, other_offline = errors(item.text, offline, item.question.key_terms)
        if self._tell is not None:
            self._tell_misses(item, name, transcript, wanted, false)
        return Score(
            item.id,
            wanted.total(),
            *((wanted & corpus.counts(own, text)).total() for text in (transcript.text, transcript.raw_text, offline)),
            false.total(),
            (corpus.counts(tuple(known), transcript.raw_text) - said).total(),
            (corpus.counts(tuple(known), offline) - said).total(),
            words,
            wrong,
            wrong_raw,
            wrong_offline,
            others_said,
            other,
            other_raw,
            other_offline,
        )

    def _tell_misses(
        self, item: corpus.Item, name: str, transcript: Transcript, wanted: Counter[str], false: Counter[str]
    ) -> None:
        assert self._tell is not None
        missed = wanted - corpus.counts(item.question.key_terms, transcript.text)
        repaired = [f"{word.raw} -> {word.text} ({word.probability:.2f})" for word in transcript.words if word.raw is not None]
        heard = [f"{word.text}({word.probability:.2f})" if word.probability < 0.9 else word.text for word in transcript.words]
        self._tell(f"\n## {item.id} {name}\nmissed {dict(missed)} false {dict(false)}")
        self._tell(f"repaired: {'; '.join(repaired)}\nsaid:  {item.text}\nheard: {' '.join(heard)}")


def totals(scores: Sequence[Score]) -> dict[str, Any]:
    """Sums over the answers, each with its 95% interval: answers drawn again with replacement, 2,000 times."""
    table = np.array([[value for name, value in asdict(score).items() if name != "answer"] for score in scores], float)
    names = [name for name in asdict(scores[0]) if name != "answer"]
    rng = np.random.default_rng(0)
    sums = table[rng.integers(0, len(table), (2000, len(table)))].sum(axis=1)
    whole = {name: table[:, i].sum() for i, name in enumerate(names)}
    again = {name: sums[:, i] for i, name in enumerate(names)}
    shares: dict[str, Callable[[dict[str, Any]], Any]] = {
        "recall": lambda of: 100 * of["found"] / np.maximum(1, of["wanted"]),
        "recall_raw": lambda of: 100 * of["found_raw"] / np.maximum(1, of["wanted"]),
        "recall_unaided": lambda of: 100 * of["found_offline"] / np.maximum(1, of["wanted"]),
        "wer": lambda of: 100 * of["errors"] / of["words"],
        "wer_raw": lambda of: 100 * of["errors_raw"] / of["words"],
        "wer_offline": lambda of: 100 * of["errors_offline"] / of["words"],
        "wer_more": lambda of: 100 * (of["errors"] - of["errors_offline"]) / of["words"],
        "other": lambda of: 100 * of["other"] / of["other_words"],
        "other_offline": lambda of: 100 * of["other_offline"] / of["other_words"],
        "other_more": lambda of: 100 * (of["other"] - of["other_offline"]) / of["other_words"],
        "other_repair": lambda of: 100 * (of["other"] - of["other_raw"]) / of["other_words"],
    }
    out: dict[str, Any] = {"answers": len(scores), "terms": int(whole["wanted"]), "words": int(whole["words"])}
    for name, share in shares.items():
        low, high = np.quantile(share(again), (0.025, 0.975))
        out[name] = [round(float(share(whole)), 2), round(float(low), 2), round(float(high), 2)]
    for name in ("false", "false_raw", "false_offline"):
        low, high = poisson(int(whole[name]))
        out[name] = [int(whole[name]), *(round(count / len(scores), 3) for count in (whole[name], low, high))]
    return out


def poisson(count: int) -> tuple[float, float]:
    """The exact 95% interval of a mean of which ``count`` was seen."""

    def at_most(mean: float, number: int) -> float:
        term = total = float(np.exp(-mean))
        for k in range(1, number + 1):
            term *= mean / k
            total += term
        return total

    def solved(too_small: Callable[[float], bool]) -> float:
        low, high = 0.0, 5.0 * count + 20.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if too_small(middle) else (low, middle)
        return low

    lower = solved(lambda mean: 1 - at_most(mean, count - 1) < 0.025) if count else 0.0
    return lower, solved(lambda mean: at_most(mean, count) > 0.025)


async def human(bench: Bench) -> float:
    """Word error rate in percent over the recorded human speech."""
    directory = Path(speech.__file__).parent / "human"
    said = speech.transcripts(directory)
    texts = [normal((await bench.heard(speech.read(directory / f"{name}.flac"), (), ())).text) for name in said]
    return 100 * jiwer.wer([normal(text) for text in said.values()], texts)


async def invented(bench: Bench) -> dict[str, int]:
    """Words heard in 20 s where nobody answers."""
    terms = (KeyTerm("LoRA"), KeyTerm("KV cache"))
    sounds = {name: make(20 * SAMPLE_RATE) for name, make in speech.NON_SPEECH.items()}
    return {name: len((await bench.heard(samples, terms, ())).words) for name, samples in sounds.items()}


async def run(
    part: str, answers: int, seed: int, conditions: Sequence[Condition], tell: Callable[[str], None] | None
) -> dict[str, Any]:
    bank = load_bank(PROJECT / "rubrics")
    bench = Bench(bank)
    items = drawn(bank, part, answers, seed)
    measuring = Measuring(bench, bank, tell)
    results: dict[str, Any] = {"part": part, "seed": seed, "answers": len(items)}
    for condition in conditions:
        chosen = items
        if condition.name == "near":
            questions = list({item.question.id: item.question for item in items}.values())
            near = [corpus.near_misses(bank, question, phonemes) for question in questions]
            chosen = [item for item in near if item is not None]
        chosen = chosen[: round(condition.share * len(items))]
        scores = []
        for number, item in enumerate(chosen, start=1):
            scores.append(await measuring.score(item, condition, number))
            print(f"{condition.name} {number}/{len(chosen)}", file=sys.stderr, flush=True)
        results[condition.name] = totals(scores)
    results["human_wer"] = round(await human(bench), 1)
    results["invented"] = await invented(bench)
    return results


def table(results: dict[str, Any]) -> str:
    """The results as Markdown."""
    lines = [
        f"{results['part']} part, {results['answers']} answers, seed {results['seed']}; 95% intervals in brackets.",
        "",
        "| | answers | terms | recognised / unaided, % | WER / offline, % | more | other words, more | false terms an answer |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for condition in CONDITIONS:
        if (of := results.get(condition.name)) is None:
            continue
        cells = [condition.what, str(of["answers"]), str(of["terms"])]
        both = of["wer_offline"][0] > 0
        cells.append(_range(of["recall"]) + (f" / {of['recall_unaided'][0]:.1f}" if both else ""))
        cells.append(f"{of['wer'][0]:.1f}" + (f" / {of['wer_offline'][0]:.1f}" if both else ""))
        cells += [_range(of["wer_more"]), _range(of["other_more"])] if both else ["", ""]
        count, each, low, high = of["false"]
        before = f"{of['false_raw'][0]} before the repair" + (f", {of['false_offline'][0]} unaided" if both else "")
        cells.append(f"{each:.3f} ({low:.3f} to {high:.3f}; {count}, {before})")
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", f"WER of recorded human speech (LibriVox), %: {results['human_wer']}"]
    lines += [f"Words heard in 20 s of {name}: {words}" for name, words in results["invented"].items()]
    return "\n".join(lines)


def _range(values: Sequence[float]) -> str:
    return f"{values[0]:.1f} ({values[1]:.1f} to {values[2]:.1f})"


def main() -> None:
    names = [condition.name for condition in CONDITIONS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=("develop", "report"), default="develop")
    parser.add_argument("--answers", type=int, default=64, help="0 for all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", choices=names, default=names)
    parser.add_argument("--misses", action="store_true", help="print what was missed and repaired; develop part only")
    parser.add_argument("--streamed", action="store_true", help="without the unaided pass, which takes most of the time")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.misses and given.part == "report":
        parser.error("the report part is only totalled; look at the misses of the develop part")
    conditions = [
        replace(condition, offline=condition.offline and not given.streamed)
        for condition in CONDITIONS
        if condition.name in given.only
    ]
    work = run(given.part, given.answers, given.seed, conditions, partial(print, flush=True) if given.misses else None)
    results = asyncio.run(work)
    print(json.dumps(results, indent=2) if given.json else table(results))


if __name__ == "__main__":
    main()
