"""Whether a mistake counts as put right after a challenge: ``python -m benchmarks.replies [PART ...]``.

Each line of training/data/replies has an answer with a mistake, the challenge, and replies of five kinds by a writer who saw no
statement. Only ``right`` should make the point that was challenged.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

from hotseat.domain.model import Answer, PointStatus, Transcript
from hotseat.settings import load_settings
from hotseat.startup.assembly import assemble
from hotseat.startup.models import load_for_grading

DATA = Path(__file__).parents[1] / "training" / "data" / "replies"


async def count(part: str) -> dict[str, Counter[PointStatus]]:
    """For each kind of reply, how often the challenged point has each status after it."""
    assembly = assemble(load_settings())
    await load_for_grading(assembly)
    grader = assembly.graders.embedded
    assert grader is not None
    found: dict[str, Counter[PointStatus]] = {}
    for row in map(json.loads, (DATA / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()):
        question = assembly.library.bank.question(row["question"])
        first = Answer.alone(question, Transcript.of_typed(row["answer"]))
        for kind, text in row["replies"].items():
            reply = replace(
                first, turn_id=2, asked=row["asked"], follow_up_id=row["follow_up"], transcript=Transcript.of_typed(text)
            )
            status = grader.findings(question, [first, reply])[row["point"]].status
            found.setdefault(kind, Counter())[status] += 1
    return found


def main() -> None:
    for part in sys.argv[1:] or ("develop", "test"):
        print(part)
        for kind, statuses in asyncio.run(count(part)).items():
            counts = ", ".join(f"{status.value} {number}" for status, number in statuses.most_common())
            print(f"  {kind:13} {counts}")


if __name__ == "__main__":
    main()
