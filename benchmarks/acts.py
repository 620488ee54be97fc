"""Accuracy of the act classifier: ``python -m benchmarks.acts [PART ...]`` prints a confusion matrix for each part."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hotseat.domain.acts import Act
from hotseat.interview.act_classifier import recognise

from tests.support.fakes import BANK, reader

DATA = Path(__file__).parents[1] / "training" / "data" / "acts"


@dataclass(frozen=True)
class Utterance:
    """What somebody says to a question, and what they do by it."""

    act: Act
    text: str
    question: str
    """The question's words."""

    @property
    def understood(self) -> Act:
        return recognise(self.text, self.question, reader())


def utterances(name: str) -> list[Utterance]:
    prompts = {question.id: question.prompt for question in BANK.questions}
    lines = (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Utterance(Act(row["act"]), row["text"], prompts[row["question"]]) for row in map(json.loads, lines)]


def recognised(entries: Sequence[Utterance]) -> float:
    """Share of the acts that are recognised as what they are."""
    acts = [entry for entry in entries if entry.act is not Act.ANSWER]
    return sum(entry.understood is entry.act for entry in acts) / len(acts)


def noticed(entries: Sequence[Utterance]) -> float:
    """Share of the acts that are taken for some act."""
    acts = [entry for entry in entries if entry.act is not Act.ANSWER]
    return sum(entry.understood is not Act.ANSWER for entry in acts) / len(acts)


def lost(entries: Sequence[Utterance]) -> float:
    """Share of the answers that are taken for an act."""
    answers = [entry for entry in entries if entry.act is Act.ANSWER]
    return sum(entry.understood is not Act.ANSWER for entry in answers) / len(answers)


def main() -> None:
    for name in sys.argv[1:] or ("develop", "test", "test-2", "test-3", "test-4"):
        entries = utterances(name)
        print(
            f"{name}: {recognised(entries):.1%} of acts recognised, {noticed(entries):.1%} noticed, "
            f"{lost(entries):.1%} of answers taken for one"
        )
        for act in Act:
            table = Counter(entry.understood.value for entry in entries if entry.act is act)
            print(f"  {act.value:10}", ", ".join(f"{other} {count}" for other, count in table.most_common()))


if __name__ == "__main__":
    main()
