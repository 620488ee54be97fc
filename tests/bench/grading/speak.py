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
from collections import Counter
from pathlib import Path

from server.core.domain import Question, Word
from server.grading.measuring.items import Item, load_items, load_spoken, spoken_path
from server.loading import make_services
from server.models import load_for_hearing
from server.rehearsal.audio_files import transcribe_samples
from server.services import Services
from server.settings import load_settings
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


async def heard(services: Services, text: str, question: Question) -> tuple[Word, ...]:
    transcript = await transcribe_samples(services, await asyncio.to_thread(speech.say, text), question)
    return tuple(Word(**word) for word in transcript["words"])


def line(item: Item, words: tuple[Word, ...]) -> str:
    rows = [
        [word.text, round(word.start, 2), round(word.end, 2), round(word.probability, 2)]
        + ([] if word.raw is None else [word.raw])
        for word in words
    ]
    return json.dumps({"id": item.id, "words": rows}, ensure_ascii=False)


async def run(split: str, each: int, limit: int, again: bool) -> None:
    services = await hearing()
    items, done = load_items(DATA, split), load_spoken(DATA, split)
    todo = [item for item in (items if again else chosen(items, each)) if (item.id in done) == again][:limit]
    path = spoken_path(DATA, split)
    path.parent.mkdir(exist_ok=True)
    if again:
        path.unlink(missing_ok=True)
    for number, item in enumerate(todo, 1):
        words = await heard(services, item.text, services.bank.question(item.question))
        with path.open("a", encoding="utf-8") as file:
            file.write(line(item, words) + "\n")
        print(f"{number}/{len(todo)} {item.id}: {len(item.text.split())} words said, {len(words)} heard", file=sys.stderr)


async def run_sentences(many: int) -> None:
    services = await hearing()
    done, unseen = sentences.heard(), sentences.kept_out()
    rows = [row for row in sentences.rows() if row["point"].split("#")[0] not in unseen]
    todo = [(row["point"].split("#")[0], text) for row in rows for text in (*row["says"], *row["denies"]) if text not in done]
    random.Random(len(done)).shuffle(todo)
    for name, text in todo[:many]:
        words = await heard(services, text, services.bank.question(name))
        with sentences.HEARD.open("a", encoding="utf-8") as file:
            said = {"text": text, "heard": " ".join(word.text for word in words)}
            file.write(json.dumps(said, ensure_ascii=False) + "\n")


async def hearing() -> Services:
    """All that a recording is transcribed with, as `hotseat transcribe` loads it."""
    services = make_services(load_settings())
    await load_for_hearing(services)
    return services


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
