"""What the interviewer asks after labelled answers: ``python -m benchmarks.interviewer [--part known-test] [--answers 48]``.

Each answer of training/data/free is the first answer to its question. The follow-up is checked against the answer's labels, so
no rater is needed: follow-ups that would be the same without reading the answer, two answers with the same follow-up, questions
about what was said already, false claims that are challenged, and what strong answers get. ``--gold`` chooses by the labels
instead of the reader's findings, which shows how good the choice alone is.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from hotseat.domain.evidence import locate
from hotseat.domain.followups import rank
from hotseat.domain.model import Answer, Evidence, FollowUp, Move, PointFinding, PointStatus, Question, Transcript
from hotseat.grading.embedded import EmbeddedGrader
from hotseat.grading.scoring import implied
from hotseat.interview.bank_interviewer import Interviewer
from hotseat.interview.chosen import Chosen
from hotseat.settings import load_settings
from hotseat.startup.assembly import assemble
from hotseat.startup.models import load_for_grading

from benchmarks.free_answers import load

TIER = 3
LEAST_KEPT = 2
"""Points that the second half of an answer makes, for the half to count."""
STATUS = {"met": PointStatus.MET, "partly": PointStatus.NOT_SURE, "no": PointStatus.NOT_MET, "wrong": PointStatus.CONTRADICTED}


@dataclass(frozen=True)
class Asked:
    """One answer and what was asked after it."""

    row: dict[str, Any]
    chosen: Chosen
    move: FollowUp
    blind: FollowUp
    """What would have been asked without reading the answer."""
    stands_on: Evidence | None
    """The words that a challenge or a deepening is about."""

    @property
    def labels(self) -> Mapping[str, str]:
        return {name: entry["l"] for name, entry in self.row["points"].items()}

    @property
    def was_said(self) -> bool:
        """It asks for points all of which were made."""
        return self.move.move is Move.PROBE and all(self.labels.get(name) == "met" for name in self.move.probes)

    @property
    def false_claims(self) -> set[str]:
        return {name for name, label in self.labels.items() if label == "wrong"}

    @property
    def challenges_false_claim(self) -> bool:
        """It challenges a point that a claim contradicts."""
        return self.move.move is Move.CHALLENGE and set(self.move.probes) <= self.false_claims

    @property
    def accuses(self) -> bool:
        """It challenges words that are neither labelled wrong nor noted as a slip, for a point that nothing contradicts."""
        if self.move.move is not Move.CHALLENGE or self.challenges_false_claim:
            return False
        wrong = [entry["q"] for entry in self.row["points"].values() if entry["l"] == "wrong"] + self.row.get("slips", [])
        transcript = Transcript.of_typed(self.row["text"])
        return not any(_overlap(locate(transcript, quote, turn_id=1), self.stands_on) for quote in wrong if quote)


def _overlap(one: Evidence | None, other: Evidence | None) -> bool:
    if one is None or other is None:
        return False
    return one.word_start < other.word_end and other.word_start < one.word_end


def labelled(question: Question, row: Mapping[str, Any]) -> list[PointFinding]:
    """The labels as findings, with the labeller's words as evidence."""
    found: list[PointFinding] = []
    transcript = Transcript.of_typed(row["text"])
    for point in question.points:
        entry = row["points"].get(point.id, {"l": "no"})  # a point that the bank has got since
        evidence = locate(transcript, entry["q"], turn_id=1) if entry.get("q") else None
        found.append(PointFinding(point.id, STATUS[entry["l"]], evidence))
    return found


async def play(part: str, most: int, *, gold: bool) -> list[Asked]:
    """The follow-up to each of the part's first answers."""
    assembly = assemble(load_settings())
    bank = assembly.library.bank
    interviewer = Interviewer()
    if not gold:
        await load_for_grading(assembly)
    grader = assembly.graders.embedded
    asked: list[Asked] = []
    for row in load(part)[:most]:
        question = bank.question(row["question"])
        answer = Answer.alone(question, Transcript.of_typed(row["text"]))
        findings = labelled(question, row) if gold else read(grader, question, answer)
        [best, *_] = interviewer.rank(question, [answer], findings, TIER)
        chosen = interviewer.in_the_banks_words(question, best, [answer], findings)
        stands_on = next((finding.evidence for finding in findings if finding.point_id == best.probes[0]), None)
        asked.append(Asked(row, chosen, best, rank(question, (), (), TIER)[0], stands_on))
    return asked


def read(grader: EmbeddedGrader | None, question: Question, answer: Answer) -> Sequence[PointFinding]:
    assert grader is not None
    return tuple(implied(question, grader.findings(question, [answer])).values())


def newly_made(parts: Sequence[str]) -> tuple[int, float, float, float]:
    """How many half answers there are, and how many points a follow-up adds on average: the one chosen, one chosen without
    reading the half, and the best of the bank's.

    The candidate is taken to know what the whole answer makes, and to say it when asked. The labels choose the follow-ups, so
    only the choice is measured.
    """
    bank, interviewer = assemble(load_settings()).library.bank, Interviewer()
    chosen: list[int] = []
    blind: list[int] = []
    best: list[int] = []
    for row in (row for part in parts for row in load(part)):
        question = bank.question(row["question"])
        words = row["text"].split()
        half = Answer.alone(question, Transcript.of_typed(" ".join(words[: len(words) // 2])))
        made = {finding.point_id for finding in labelled(question, row) if finding.status is PointStatus.MET}
        said = {name for name in made if (quote := row["points"][name].get("q")) and locate(half.transcript, quote, turn_id=1)}
        if len(kept := made - said) < LEAST_KEPT:
            continue
        status = {True: PointStatus.MET, False: PointStatus.NOT_MET}
        findings = [PointFinding(point.id, status[point.id in said]) for point in question.points]
        for moves, brought in (
            (interviewer.rank(question, [half], findings, TIER)[:1], chosen),
            (rank(question, (), (), TIER)[:1], blind),
            (question.moves, best),
        ):
            brought.append(max(len(kept & set(move.probes)) for move in moves))
    return len(chosen), statistics.fmean(chosen), statistics.fmean(blind), statistics.fmean(best)


def report(asked: Sequence[Asked]) -> list[tuple[str, str]]:
    """The rows of the table."""
    strong = [one for one in asked if one.row["verdict"] == "Strong Hire"]
    claims = [one for one in asked if one.false_claims]
    taken = [one for one in claims if one.challenges_false_claim]
    others = [one.move.move is Move.CHALLENGE and not one.challenges_false_claim for one in asked]
    pairs = [
        (one, other) for one, other in pairwise(asked) if one.row["question"] == other.row["question"] and one.row != other.row
    ]
    return [
        ("answers", str(len(asked))),
        ("the follow-up would be the same without reading the answer", _share([one.move == one.blind for one in asked])),
        ("two answers to one question get the same follow-up", _share([one.move == other.move for one, other in pairs])),
        ("asks for points already made", _share([one.was_said for one in asked])),
        ("... of strong answers", _share([one.was_said for one in strong])),
        ("strong answers taken deeper or challenged", _share([one.move.move is not Move.PROBE for one in strong])),
        ("answers with a false claim: it is challenged", _share([one in taken for one in claims])),
        ("... by quoting it", _share([one in taken and one.chosen.anchor is not None for one in claims])),
        ("challenges a point not labelled wrong", _share(others)),
        ("... about correct words", _share([one.accuses for one in asked])),
        ("... about correct words of strong answers", _share([one.accuses for one in strong])),
    ]


def _share(hits: Sequence[bool]) -> str:
    return f"{sum(hits)} of {len(hits)} ({sum(hits) / max(1, len(hits)):.0%})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", default="known-test")
    parser.add_argument("--answers", type=int, default=48)
    parser.add_argument("--gold", action="store_true", help="choose by the labels, not by the reader's findings")
    parser.add_argument("--write", type=Path, help="write each answer with its follow-up here, one JSON line each, for raters")
    parser.add_argument("--half", action="store_true", help="what follow-ups bring out of candidates who gave half an answer")
    given = parser.parse_args()
    if given.half:
        made = newly_made(("known-test", "varied-test"))
        line = "{} half answers; points that a follow-up adds: {:.2f}; chosen without reading {:.2f}; best possible {:.2f}"
        print(line.format(*made))
        return
    asked = asyncio.run(play(given.part, given.answers, gold=given.gold))
    for name, value in report(asked):
        print(f"{name:60} {value}")
    if given.write is not None:
        lines = [
            {"question": one.row["question"], "answer": one.row["text"], "asked": one.chosen.text, "blind": one.blind.text}
            for one in asked
        ]
        given.write.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
