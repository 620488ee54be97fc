"""Robustness of the grader: ``python -m benchmarks.guards``.

False claims, answers without content, prompt injection, rewording, speech instead of text, repeated grading.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence

from hotseat.domain.model import PointStatus
from hotseat.grading.grader import Grader
from hotseat.settings import load_settings
from hotseat.startup.assembly import Assembly, assemble
from hotseat.startup.models import load_for_grading

from benchmarks.guards.items import Item, as_answer, load_items, load_spoken
from benchmarks.guards.metrics import ranks
from benchmarks.guards.robustness import run
from training.examples import DATA


async def statuses(assembly: Assembly, grader: Grader, item: Item) -> dict[str, PointStatus]:
    question = assembly.library.bank.question(item.question)
    grade = await grader.grade(question, [as_answer(item, question)])
    return {finding.point_id: finding.status for finding in grade.findings}


async def false_claims(assembly: Assembly, grader: Grader, items: Sequence[Item]) -> tuple[int, int, int]:
    """How many points labelled contradicted are credited, how many are named or to check, of how many."""
    found = []
    for item in items:
        given = await statuses(assembly, grader, item)
        found += [given.get(name) for name, label in item.points.items() if label is PointStatus.CONTRADICTED]
    noticed = (PointStatus.CONTRADICTED, PointStatus.NOT_SURE)
    return sum(status is PointStatus.MET for status in found), sum(status in noticed for status in found), len(found)


async def work(injections: int, each: int) -> None:
    assembly = assemble(load_settings())
    grader = await load_for_grading(assembly)
    for split in ("told", "tricky"):
        items = load_items(DATA, split)
        credited, noticed, total = await false_claims(assembly, grader, items)
        print(
            f"{split}: false claims credited as points made {credited} of {total}, named or marked to check {noticed}",
            flush=True,
        )
    nothing = load_items(DATA, "nothing")
    above = 0
    for item in nothing:
        question = assembly.library.bank.question(item.question)
        above += ranks([(await grader.grade(question, [as_answer(item, question)])).verdict])[0] > 1
    print(f"texts that make no point, graded above Lean No Hire: {above} of {len(nothing)}", flush=True)
    changed = total = 0
    heard = load_spoken(DATA, "report")
    for item in (item for item in load_items(DATA, "report") if item.id in heard):
        question = assembly.library.bank.question(item.question)
        typed, spoken = [await grader.grade(question, [as_answer(item, question, words)]) for words in (None, heard[item.id])]
        changed, total = changed + (typed.verdict is not spoken.verdict), total + 1
    print(f"verdicts changed by speech: {changed} of {total}", flush=True)
    held = await run("embedded", grader, assembly.library.bank, DATA, "report", injections=injections, each=each)
    for kind, tried in held.tried.items():
        print(f"{kind}: {len(held.failed.get(kind, []))} of {tried} did not hold {held.failed.get(kind, [])[:3]}")
    print(f"quotes that do not occur: {held.bad_quotes}; not graded: {held.ungraded}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--injections", type=int, default=204)
    parser.add_argument("--each", type=int, default=21, help="answers reworded in each way")
    given = parser.parse_args()
    asyncio.run(work(given.injections, given.each))


if __name__ == "__main__":
    main()
