"""The exam of a remote language model as the interviewer: are its follow-ups to scripted dialogues usable, and do they fit?

A model that has failed is not used any more. One that hasn't sat the exam yet is used: code checks each question anyway.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

from pydantic import TypeAdapter

from hotseat.domain import followups
from hotseat.domain.acts import Act
from hotseat.domain.model import Answer, Bank, Move, PointFinding, PointStatus, Transcript
from hotseat.errors import ContentError
from hotseat.exams import BeforeEach, keep_result, kept_results, load_items
from hotseat.interview.llm_interviewer import Endpoint, Reply, Situation, problems

FILE = "interviewer_exam.jsonl"
"""Name of the file in the question bank's folder; a bank without it has no exam."""
USABLE, FITTING = 0.8, 0.7
"""To pass, replies have to be usable, and fitting, in at least these shares of the dialogues."""
_TIER = 3


@dataclass(frozen=True, slots=True)
class Dialogue:
    """An answer to a question, with what a careful reader found in it."""

    id: str
    situation: Situation
    act: Act
    """What the candidate does with the utterance."""

    @property
    def has_false_claim(self) -> bool:
        """Whether the answer contradicts a point, which the interviewer has to challenge."""
        return any(finding.status is PointStatus.CONTRADICTED for finding in self.situation.findings)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the model did in one dialogue."""

    is_usable: bool
    is_fitting: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Sitting:
    """One model's result."""

    model: str
    dialogues: int
    usable: int
    """Replies that name the right act, or ask a question that passes the checks."""
    fitting: int
    """Usable replies that also challenge a false claim, and take no act for an answer or the reverse."""
    seconds: float
    """Mean seconds for a reply."""

    @property
    def passed(self) -> bool:
        return self.usable >= USABLE * self.dialogues and self.fitting >= FITTING * self.dialogues

    @property
    def in_words(self) -> str:
        return f"{self.usable} of {self.dialogues} replies usable, {self.fitting} fitting, {self.seconds:.1f} s each"


_KEPT: TypeAdapter[dict[str, Sitting]] = TypeAdapter(dict[str, Sitting])


def load_dialogues(path: Path, bank: Bank) -> tuple[Dialogue, ...]:
    """The exam's dialogues; empty if there is no such file. Raises ContentError naming the line."""
    return load_items(path, bank, _dialogue)


def _dialogue(line: str, bank: Bank, where: str) -> Dialogue:
    try:
        row = json.loads(line)
        question, act = bank.question(row["question"]), Act(row.get("act", "answer"))
        made, denied = set(row.get("made", ())), set(row.get("denied", ()))
        answer = Answer.alone(question, Transcript.of_typed(row["said"]))
        row_id = str(row["id"])
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise ContentError(f"{where}: expected id, question (of the bank), said, made and denied, found {error!r}") from None
    if strange := (made | denied) - {point.id for point in question.points}:
        raise ContentError(f"{where}: {question.id} has no point {min(strange)!r}")
    status = dict.fromkeys(made, PointStatus.MET) | dict.fromkeys(denied, PointStatus.CONTRADICTED)
    findings = tuple(PointFinding(point.id, status.get(point.id, PointStatus.NOT_MET)) for point in question.points)
    ranked = followups.rank(question, findings, (), _TIER, answer.transcript.text)
    return Dialogue(row_id, Situation(question, "You are friendly and exact.", (answer,), findings, ranked), act)


def outcome_of(dialogue: Dialogue, reply: Reply | None, seconds: float) -> Outcome:
    """``reply`` is None if none came in time or it couldn't be read."""
    if reply is None:
        return Outcome(False, False, seconds)
    if reply.act is not Act.ANSWER or dialogue.act is not Act.ANSWER:
        return Outcome(reply.act is dialogue.act, reply.act is dialogue.act, seconds)
    is_usable = not problems(reply, dialogue.situation)
    takes_up = not dialogue.has_false_claim or Move(reply.does) is Move.CHALLENGE
    return Outcome(is_usable, is_usable and takes_up, seconds)


@dataclass(slots=True)
class Exam:
    """The exam of one language model, with its outcomes so far."""

    model: str
    endpoint: Endpoint
    dialogues: Sequence[Dialogue]
    path: Path
    """File with the results of all models."""
    key: str
    """This model's key in the file (``key_of``)."""
    sitting: Sitting | None = None
    """The result, once there is one."""
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sitting = kept_results(self.path, _KEPT).get(self.key)

    async def sit(self, before_each: BeforeEach) -> Sitting:
        """Sits the exam and stores the result. Raises ChatModelError if the endpoint fails; called again, it resumes there."""
        for dialogue in self.dialogues:
            if dialogue.id in self.outcomes:
                continue
            await before_each(len(self.outcomes))
            reply, seconds = await self.endpoint.reply(dialogue.situation)
            self.outcomes[dialogue.id] = outcome_of(dialogue, reply, seconds)
        found = list(self.outcomes.values())
        self.sitting = Sitting(
            self.model,
            len(found),
            sum(outcome.is_usable for outcome in found),
            sum(outcome.is_fitting for outcome in found),
            round(fmean(outcome.seconds for outcome in found), 2),
        )
        await keep_result(self.path, _KEPT, self.key, self.sitting)
        return self.sitting


def key_of(model: str, address: str, endpoint: Endpoint, dialogues: Sequence[Dialogue]) -> str:
    """Identifies a result: a hash of the model, its address and the exam's prompts. After a change the exam is sat again."""
    told = [json.dumps(endpoint.messages(dialogue.situation)) + dialogue.act for dialogue in dialogues]
    return hashlib.sha256("\n".join((model, address, *told)).encode()).hexdigest()[:24]
