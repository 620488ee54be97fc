"""Says labelled answers aloud and writes down what is heard, for measuring what speech does to grades.

``python -m tests.bench.grading.speak --split develop [--each 2] [--limit 20]``: up to ``--each`` answers of every verdict and
question go through the packaged voice and the whole hearing path (cuts, the question's biasing, repair) and are added to
``data/spoken/<split>.jsonl``, one ``{"id", "words": [[text, start s, end s, probability, raw?], …]}`` a line. Answers already
there are left alone; ``--limit`` bounds the new ones of one run. About 6 s of two cores an answer. ``--again`` says those that
are there once more instead, for when the voice or the hearing has changed.

``--sentences 500`` adds so many sentences that the network learns from (``sentences.py``) to ``data/heard.jsonl`` instead, each
as it was written and as it was heard.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from server.adapters.phonemes import EspeakPhonemes
from server.adapters.silero import SileroModel
from server.adapters.weights import whisper_dir
from server.adapters.whisper import WhisperTranscriber
from server.bank.content import load_bank
from server.core.domain import Bank, Question, Word
from server.grading.items import Item, load_items, load_spoken, spoken_path
from server.room.listening import Listener, hear_recording
from server.settings import PROJECT
from tests.audio import speech
from tests.bench.grading import sentences

DATA = Path(__file__).parent / "data"
FAMILIES = ("level", "false-claims")
"""Other families are rewordings of these or adversarial."""


def chosen(items: list[Item], each: int) -> list[Item]:
    """The first ``each`` answers of every question and verdict, in the order of their ids."""
    taken: Counter[tuple[str, str]] = Counter()
    out = []
    for item in items:
        key = (item.question, item.verdict.value)
        if item.family in FAMILIES and taken[key] < each:
            taken[key] += 1
            out.append(item)
    return out


async def heard(
    transcriber: WhisperTranscriber, vad: SileroModel, text: str, question: Question, bank: Bank
) -> tuple[Word, ...]:
    listener = Listener(
        "speak",
        transcriber,
        vad.session(),
        question.key_terms,
        bank.terms_of(question.topic),
        on_caption=lambda _: None,
        on_speech=lambda _: None,
        sounds=EspeakPhonemes(),
        common_words=bank.common_words,
    )
    return (await hear_recording(listener, await asyncio.to_thread(speech.say, text))).words


def line(item: Item, words: tuple[Word, ...]) -> str:
    rows = [
        [word.text, round(word.start, 2), round(word.end, 2), round(word.probability, 2)]
        + ([] if word.raw is None else [word.raw])
        for word in words
    ]
    return json.dumps({"id": item.id, "words": rows}, ensure_ascii=False)


async def run(split: str, each: int, limit: int, again: bool) -> None:
    bank = load_bank(PROJECT / "rubrics")
    items, done = load_items(DATA, split), load_spoken(DATA, split)
    todo = [item for item in (items if again else chosen(items, each)) if (item.id in done) == again][:limit]
    transcriber, vad = models()
    path = spoken_path(DATA, split)
    path.parent.mkdir(exist_ok=True)
    if again:
        path.unlink(missing_ok=True)
    for number, item in enumerate(todo, 1):
        words = await heard(transcriber, vad, item.text, bank.question(item.question), bank)
        with path.open("a", encoding="utf-8") as file:
            file.write(line(item, words) + "\n")
        print(f"{number}/{len(todo)} {item.id}: {len(item.text.split())} words said, {len(words)} heard", file=sys.stderr)


async def run_sentences(many: int) -> None:
    bank = load_bank(PROJECT / "rubrics")
    done, unseen = sentences.heard(), sentences.kept_out()
    rows = [row for row in sentences.rows() if row["point"].split("#")[0] not in unseen]
    todo = [(row["point"].split("#")[0], text) for row in rows for text in (*row["says"], *row["denies"]) if text not in done]
    random.Random(len(done)).shuffle(todo)
    transcriber, vad = models()
    for name, text in todo[:many]:
        words = await heard(transcriber, vad, text, bank.question(name), bank)
        with sentences.HEARD.open("a", encoding="utf-8") as file:
            said = {"text": text, "heard": " ".join(word.text for word in words)}
            file.write(json.dumps(said, ensure_ascii=False) + "\n")


def models() -> tuple[WhisperTranscriber, SileroModel]:
    folder = Path(tempfile.gettempdir()) / "hotseat-bench"
    return WhisperTranscriber(str(whisper_dir(folder, lambda *_: None))), SileroModel()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=["tune", "develop", "report"], default="develop")
    parser.add_argument("--each", type=int, default=2)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--limit", type=int, default=1000)
    which.add_argument("--again", action="store_true")
    parser.add_argument("--sentences", type=int)
    given = parser.parse_args()
    asyncio.run(run_sentences(given.sentences) if given.sentences else run(given.split, given.each, given.limit, given.again))


if __name__ == "__main__":
    main()
