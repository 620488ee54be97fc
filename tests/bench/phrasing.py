"""How often a follow-up may begin in the embedded language model's words, and how long it takes to write them.

    python -m tests.bench.phrasing [--skip 0] [--answers 40] [--show]

The answers are of the grading bench's develop half, over all its questions in turn, and each gets its two most telling
follow-ups. Nothing is voiced and nothing waits for real time.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

from server.adapters import weights
from server.adapters.embedder import open_embedder
from server.adapters.llama import LlamaServer
from server.adapters.openai_chat import OpenAiChat
from server.bank.content import load_bank
from server.bank.formats import load_catalogue
from server.core.domain import Answer, Bank, Transcript, Word
from server.grading.embedded import EmbeddedGrader
from server.prompts import Prompts
from server.room.interviewer import Interviewer
from server.room.passages import Passages
from server.settings import PROJECT

TIER = 3
EACH = 2
"""Follow-ups phrased after each answer."""
DEVELOP = Path(__file__).parent / "grading" / "data" / "develop"


def answers(bank: Bank, skip: int, count: int) -> list[Answer]:
    """Answers that say something, of every question in turn."""
    found: dict[str, list[Answer]] = defaultdict(list)
    for path in sorted(DEVELOP.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            if item["family"] == "level" and len(item["text"].split()) >= 60:
                words = tuple(Word(word, 0.0, 0.0) for word in item["text"].split())
                question = bank.question(item["question"])
                found[question.id].append(Answer(1, 0, question.id, question.prompt, None, Transcript(words), 50.0, "done"))
    in_turn = itertools.chain.from_iterable(itertools.zip_longest(*found.values()))
    return [answer for answer in in_turn if answer is not None][skip : skip + count]


async def measure(skip: int, count: int, show: bool) -> None:
    bank, manner = load_bank(PROJECT / "rubrics"), load_catalogue(PROJECT / "rubrics").manner(TIER)
    embedder = open_embedder()
    grader = EmbeddedGrader(embedder)
    gguf = weights.gguf_path(Path(tempfile.gettempdir()) / "hotseat-bench", lambda *_: None)
    server = LlamaServer(gguf, threads=1, context=4096)
    whose: Counter[str] = Counter()
    took: list[float] = []
    try:
        chat = OpenAiChat(server.url, gguf.stem, server.key, 60)
        interviewer = Interviewer(chat, Prompts(PROJECT / "prompts"), 60, Passages(embedder))
        await interviewer.warm(manner)
        for answer in answers(bank, skip, count):
            question = bank.question(answer.question_id)
            findings = (await grader.grade(question, [answer])).findings
            for follow_up in interviewer.rank(question, [answer], findings, TIER)[:EACH]:
                passage = await interviewer.passage(question, follow_up, [answer])
                began = time.perf_counter()
                chosen = await interviewer.phrase(question, follow_up, passage, [answer], findings, manner, 60)
                if passage is not None:
                    took.append(time.perf_counter() - began)
                whose[chosen.reason or "the model's words"] += 1
                if show:
                    print(f"{question.id}: {passage}\n  -> {chosen.text} [{chosen.reason}]\n", flush=True)
    finally:
        server.close()
    print(f"{whose.total()} follow-ups: {dict(whose)}")
    print(f"seconds to write a lead: median {statistics.median(took):.1f}, worst {max(took):.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--answers", type=int, default=40)
    parser.add_argument("--show", action="store_true", help="print every passage and what became of it")
    given = parser.parse_args()
    asyncio.run(measure(given.skip, given.answers, given.show))


if __name__ == "__main__":
    main()
