"""Speaks free answers with the packaged voice, and stores the transcript beside each answer's text, as ``heard``.

``python -m training.speak --part known-test [--limit 20]``: every other answer without ``heard`` is synthesised and recognised
as in an interview (segments, the question's hotwords, term repair). About 7 s an answer on two cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

from hotseat.rehearsal.audio_files import transcribe_samples
from hotseat.settings import load_settings
from hotseat.startup.assembly import assemble
from hotseat.startup.models import load_for_hearing

from benchmarks.free_answers import PARTS
from tests.audio import speech
from training.examples import DATA, rows


async def run(part: str, limit: int) -> None:
    assembly = assemble(load_settings())
    await load_for_hearing(assembly)
    answers = list(rows("free", part))
    todo = [row for row in answers[::2] if "heard" not in row][:limit]
    for number, row in enumerate(todo, 1):
        samples = await asyncio.to_thread(speech.say, row["text"])
        transcript = await transcribe_samples(
            assembly.speech, assembly.library.bank, samples, assembly.library.bank.question(row["question"])
        )
        row["heard"] = " ".join(word["text"] for word in transcript["words"])
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in answers)
        (DATA / "free" / f"{part}.jsonl").write_text(text, encoding="utf-8")
        print(f"{number}/{len(todo)} {row['id']}", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, required=True)
    parser.add_argument("--limit", type=int, default=1000)
    given = parser.parse_args()
    asyncio.run(run(given.part, given.limit))


if __name__ == "__main__":
    main()
