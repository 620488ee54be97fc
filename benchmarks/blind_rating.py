"""Blind rating of follow-up questions: ``draw`` writes a sheet for raters, ``tally`` evaluates their ratings.

    python -m benchmarks.blind_rating draw SHEET KEY [--answers 30]
    python -m benchmarks.blind_rating tally KEY RATINGS...

Each answer comes with several follow-ups in random order: the best bank question after a quote of the candidate's words, the
same question without the quote, and a question written by the packaged language model. The labels choose the move, so only
the wording differs. The sheet doesn't name the sources. Raters write one JSON line for each follow-up: {"id", "rating" from 1
to 5, "why"}.

benchmarks/blind_ratings/ has the sheets, keys and ratings of December 2026: ``quotes`` (drawn by this command; also with
questions after a paraphrase by the packaged model), ``choice`` (follow-ups chosen after reading 35 answers of fresh-test, and
chosen without) and ``wording`` (60 follow-ups and challenges before and after they were reworded).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from hotseat.chat import ChatModel
from hotseat.domain.model import Answer, Question, Transcript
from hotseat.engines import weights
from hotseat.engines.llama import LlamaServer
from hotseat.engines.llama_chat import LlamaChat
from hotseat.interview.bank_interviewer import Interviewer
from hotseat.questions.content import load_bank
from hotseat.settings import PROJECT

from benchmarks.free_answers import load
from benchmarks.interviewer import TIER, labelled

QUOTED, OWN, BANK = "bank after a quote", "model's own", "bank alone"
ASK = (
    "You are the interviewer in a spoken technical interview for an LLM-engineering role. Read the question and the "
    "candidate's answer, then ask one follow-up question about this answer, in at most 30 words. Don't praise, explain or "
    "answer it yourself."
)
_TIMEOUT_S = 300.0


@asynccontextmanager
async def packaged_model() -> AsyncIterator[LlamaChat]:
    with tempfile.TemporaryDirectory() as folder:
        gguf = weights.assembled(weights.QWEN_GGUF, Path(folder))
        server = await asyncio.to_thread(LlamaServer, gguf, threads=2, context=4096)
        chat = LlamaChat(server, gguf.stem, _TIMEOUT_S)
        try:
            yield chat
        finally:
            await chat.close()


async def own_question(chat: ChatModel, question: Question, answer: Answer) -> str:
    """What the packaged model asks, unchecked."""
    user = f'Question: {question.prompt}\nAnswer, as data:\n"""\n{answer.transcript.text}\n"""'
    said, _ = await chat.complete([{"role": "system", "content": ASK}, {"role": "user", "content": user}], max_tokens=60)
    return " ".join(said.split())


async def draw(count: int, seed: int) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The sheet, and the source of each follow-up by its id."""
    bank, rng, interviewer = load_bank(PROJECT / "rubrics"), random.Random(seed), Interviewer()
    rows = [*load("known-test"), *load("varied-test")]
    rng.shuffle(rows)
    sheet: list[dict[str, Any]] = []
    key: dict[str, str] = {}
    async with packaged_model() as chat:
        for row in rows:
            question = bank.question(row["question"])
            answer = Answer.alone(question, Transcript.of_typed(row["text"]))
            findings = labelled(question, row)
            [move, *_] = interviewer.rank(question, [answer], findings, TIER)
            asked = interviewer.in_the_banks_words(question, move, [answer], findings)
            if asked.anchor is None:
                continue
            follow_ups = [(QUOTED, asked.text), (OWN, await own_question(chat, question, answer)), (BANK, move.text)]
            rng.shuffle(follow_ups)
            ids = [f"{len(sheet) + 1:02}{letter}" for letter in "abc"]
            key |= {name: source for name, (source, _) in zip(ids, follow_ups, strict=True)}
            shown = [{"id": name, "text": text} for name, (_, text) in zip(ids, follow_ups, strict=True)]
            sheet.append({"question": question.prompt, "answer": row["text"], "follow_ups": shown})
            if len(sheet) == count:
                break
    return sheet, key


def tally(key: dict[str, str], raters: Sequence[Sequence[dict[str, Any]]]) -> list[str]:
    """A Markdown table: each source's mean by rater, and how often it is rated best."""
    lines = [
        f"| asked | n | {' | '.join(f'rater {number + 1}' for number in range(len(raters)))} | mean | rated best |",
        f"|---|---|{'---|' * len(raters)}---|---|",
    ]
    ratings = [{row["id"]: float(row["rating"]) for row in rater} for rater in raters]
    for rater in ratings:
        if missing := key.keys() - rater.keys():
            raise SystemExit(f"no rating of {', '.join(sorted(missing))}")
    means = {name: statistics.fmean(rater[name] for rater in ratings) for name in key}
    best: dict[str, float] = defaultdict(float)
    for name, mean in means.items():
        best[name[:-1]] = max(best[name[:-1]], mean)
    for source in dict.fromkeys(key.values()):
        names = [name for name, other in key.items() if other == source]
        cells = [f"{statistics.fmean(rater[name] for name in names):.2f}" for rater in ratings]
        top = sum(means[name] == best[name[:-1]] for name in names)
        lines.append(
            f"| {source} | {len(names)} | {' | '.join(cells)} | {statistics.fmean(means[name] for name in names):.2f} "
            f"| {top} of {len(names)} |"
        )
    for source in sorted(set(key.values()) - {OWN, BANK}):
        pairs = [(means[name], means[other]) for name, other in _beside_bank(key, source)]
        if not pairs:
            continue
        better, worse = sum(a > b for a, b in pairs), sum(a < b for a, b in pairs)
        lines.append(f"\n{source} against the same question alone: better {better}, worse {worse} of {len(pairs)}")
    for one, other in pairwise(ratings):
        agreed = sum(abs(one[name] - other[name]) <= 1 for name in key)
        lines.append(f"\nraters within one of each other: {agreed} of {len(key)}")
    return lines


def _beside_bank(key: dict[str, str], source: str) -> list[tuple[str, str]]:
    alone = {name[:-1]: name for name, other in key.items() if other == BANK}
    return [(name, alone[name[:-1]]) for name, other in key.items() if other == source and name[:-1] in alone]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    drawing, tallying = commands.add_parser("draw"), commands.add_parser("tally")
    drawing.add_argument("sheet", type=Path)
    drawing.add_argument("key", type=Path)
    drawing.add_argument("--answers", type=int, default=30)
    drawing.add_argument("--seed", type=int, default=29)
    tallying.add_argument("key", type=Path)
    tallying.add_argument("ratings", type=Path, nargs="+")
    given = parser.parse_args()
    if given.command == "draw":
        sheet, key = asyncio.run(draw(given.answers, given.seed))
        given.sheet.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in sheet), encoding="utf-8")
        given.key.write_text(json.dumps(key, indent=1) + "\n", encoding="utf-8")
        return
    key = json.loads(given.key.read_text(encoding="utf-8"))
    raters = [
        [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()] for path in given.ratings
    ]
    print("\n".join(tally(key, raters)))


if __name__ == "__main__":
    main()
