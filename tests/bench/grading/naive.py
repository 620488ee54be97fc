"""What one plain prompt, "grade this answer 1 to 4", makes of the labelled answers with the packaged language model.

``python -m tests.bench.grading.naive --split report [--limit 40]`` adds ``{"id", "grade"}`` lines to
``data/naive/<split>.jsonl``;
`hotseat bench grading` prints the kappa of what is recorded there. Answers already graded are left alone. 3 to 8 s an answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path

from server.adapters.llama import LlamaServer
from server.adapters.openai_chat import OpenAiChat
from server.adapters.weights import gguf_path
from server.bank.content import load_bank
from server.grading.measuring.items import load_items, load_naive, naive_path
from server.settings import PROJECT, load_settings

DATA = Path(__file__).parent / "data"
PROMPT = """You are an interviewer. Grade the candidate's answer from 1 to 4.
1 = No Hire, 2 = Lean No Hire, 3 = Lean Hire, 4 = Strong Hire.

Question: {question}

Answer: {answer}

Grade:"""
SCHEMA = {
    "type": "object",
    "properties": {"grade": {"enum": [1, 2, 3, 4]}},
    "required": ["grade"],
    "additionalProperties": False,
}


async def run(split: str, limit: int) -> None:
    questions = {question.id: question for question in load_bank(PROJECT / "rubrics").questions}
    done = load_naive(DATA, split)
    todo = [item for item in load_items(DATA, split) if item.id not in done][:limit]
    gguf = gguf_path(load_settings().data_dir, lambda *_: None)
    server = LlamaServer(gguf, threads=2, context=2048, slots=1)
    chat = OpenAiChat(server.url, "qwen", server.key, 120)
    path = naive_path(DATA, split)
    path.parent.mkdir(exist_ok=True)
    try:
        for number, item in enumerate(todo, 1):
            text = PROMPT.format(question=questions[item.question].prompt, answer=item.text)
            reply, _ = await chat.complete([{"role": "user", "content": text}], max_tokens=20, schema=SCHEMA)
            grade = json.loads(reply)["grade"]
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"id": item.id, "grade": grade}) + "\n")
            print(f"{number}/{len(todo)} {item.id}: {grade}, labelled {item.verdict.value}", file=sys.stderr)
    finally:
        await chat.close()
        server.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=["develop", "report"], default="report")
    parser.add_argument("--limit", type=int, default=1000)
    given = parser.parse_args()
    asyncio.run(run(given.split, given.limit))


if __name__ == "__main__":
    main()
