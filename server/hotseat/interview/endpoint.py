"""A capable language model as the interviewer: it is told everything and asks; code checks only for harm.

It may choose and phrase freely. What it asks is dropped for the bank's move if it takes too long, if what it picks up was never
said, if it asks more or less than one question, gives away a point, repeats a question, praises, or is too long to be heard.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from hotseat.chat import ChatModel
from hotseat.domain import followups
from hotseat.domain.acts import Act
from hotseat.domain.evidence import locate
from hotseat.domain.ledger import Claim
from hotseat.domain.model import Answer, FollowUp, Move, PointFinding, PointStatus, Question, Source, Transcript
from hotseat.errors import ChatModelError
from hotseat.interview.chosen import Chosen
from hotseat.prompts import Prompts
from hotseat.text.matching import find_phrase
from hotseat.text.normal import tokenize

log = logging.getLogger(__name__)

MAX_WORDS, MIN_WORDS = 45, 4
MAX_ACT_WORDS = 25
"""Anything longer that was said is an answer, whatever the model takes it for."""
_MAX_TOKENS = 300
_SUGGESTED = 4
_REPEAT_OVERLAP = 0.7
_STATUS = {
    PointStatus.MET: "made",
    PointStatus.NOT_SURE: "not sure",
    PointStatus.NOT_MET: "not heard",
    PointStatus.CONTRADICTED: "contradicted",
}
_PRAISE = re.compile(
    r"\W*(?:(?:that(?:'s| is| was)|what) (?:a |an )?)?(?:very |really |absolutely |quite )?"
    r"(?:great|good|nice|excellent|exactly|perfect|correct|right|wonderful|impressive|well done|well said|spot on|fantastic"
    r"|i like)\b",
    re.I,
)
_CORRECTS = re.compile(
    r"\W*(?:no, |that(?:'s| is| was) (?:wrong|incorrect|false|not (?:quite )?(?:right|correct|true))\b)", re.I
)
_QUOTED = re.compile(r"[\"“”]([^\"“”]+)[\"“”]")
_MARKUP = frozenset("*_#`<>{}[]|\n")


class Reply(BaseModel):
    """What the model returns."""

    model_config = ConfigDict(extra="forbid")

    act: Literal["answer", "repeat", "clarify", "think", "dont_know", "objection", "off_topic"] = "answer"
    move: Literal["probe", "challenge", "deepen", "callback"]
    point: str
    anchor: str
    question: str


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that the next question depends on."""

    question: Question
    manner: str
    answers: Sequence[Answer]
    """Of the round, the last one complete."""
    findings: Sequence[PointFinding]
    suggested: Sequence[FollowUp]
    """The bank's moves, the best first."""
    claims: Sequence[Claim] = ()
    """Of earlier rounds."""
    left_s: float = 0.0
    """Planned seconds to the end of the interview."""


class Endpoint:
    """Asks a language model for the next question."""

    def __init__(self, chat: ChatModel, prompts: Prompts, reply_s: float) -> None:
        self._chat = chat
        self._prompts = prompts
        self._reply_s = reply_s

    async def ask(self, situation: Situation, bank: Chosen, says: Callable[[str], Awaitable[set[str]]] | None = None) -> Chosen:
        """The model's question, or ``bank`` with the reason, or with the act that the model takes the answer for.

        ``says`` tells which points the reader hears in a text.
        """
        try:
            reply, _ = await self.reply(situation)
        except ChatModelError as error:
            return _fallen_back(bank, str(error))
        if reply is None:
            return _fallen_back(bank, "the language model was too slow, or its reply not of the form asked for")
        act = Act(reply.act)
        if act is not Act.ANSWER and len(situation.answers[-1].transcript.words) <= MAX_ACT_WORDS:
            return replace(bank, act=act)
        wrong = problems(reply, situation)
        if not wrong and says is not None:
            given = (await says(reply.question)) & _unmade(situation)
            wrong = [f"gives away point {name}" for name in sorted(given)]
        if wrong:
            return _fallen_back(bank, f"the language model's question {'; '.join(wrong)}")
        name = bank.follow_up_id if _is_suggestion(reply, situation) else f"own-{reply.move}-{reply.point or 'free'}"
        return Chosen(name, " ".join(reply.question.split()), Source.LLM, anchor=reply.anchor or None, move=Move(reply.move))

    async def reply(self, situation: Situation) -> tuple[Reply | None, float]:
        """What the model replies, and the seconds it took; None when it is too slow or its reply can't be read.

        Raises ChatModelError when the endpoint fails.
        """
        began, reply = time.monotonic(), None
        with contextlib.suppress(TimeoutError, ValidationError):
            async with asyncio.timeout(self._reply_s):
                text, _ = await self._chat.complete(self.messages(situation), max_tokens=_MAX_TOKENS, schema=_schema())
            reply = Reply.model_validate_json(text)
        return reply, time.monotonic() - began

    def messages(self, situation: Situation) -> list[dict[str, str]]:
        """All that the model is told."""
        system = self._prompts.render("interview_system.j2", manner=situation.manner)
        user = self._prompts.render("interview_user.j2", situation=_told(situation))
        return [{"role": "system", "content": system}, {"role": "user", "content": user}]


def problems(reply: Reply, situation: Situation) -> list[str]:
    """Why the question may not be asked; empty when it may."""
    text = reply.question.strip()
    words = text.split()
    said = [answer.transcript for answer in situation.answers]
    earlier = [Transcript.of_typed(claim.quote) for claim in situation.claims]
    found: list[str] = []
    if text.count("?") != 1 or not text.endswith("?"):
        found.append("is not exactly one question")
    if not MIN_WORDS <= len(words) <= MAX_WORDS:
        found.append(f"has {len(words)} words, expected {MIN_WORDS} to {MAX_WORDS}")
    if _MARKUP & set(text):
        found.append("has markup or several lines")
    if _PRAISE.match(text) or _CORRECTS.match(text):
        found.append("praises or judges")
    quotes = [reply.anchor, *_QUOTED.findall(text)]
    if not all(_was_said(quote, [*said, *earlier]) for quote in quotes if quote.strip()):
        found.append("quotes what was not said")
    asked = [situation.question.prompt, *(answer.asked for answer in situation.answers)]
    if any(followups.overlap(text, before) >= _REPEAT_OVERLAP for before in asked):
        found.append("repeats an earlier question")
    found.extend(_leaks(text, situation))
    return found


def _leaks(text: str, situation: Situation) -> list[str]:
    """Points that were not made and that the text says, and terms of theirs that nobody has used."""
    question, unmade = situation.question, _unmade(situation)
    answered = " ".join(answer.transcript.text for answer in situation.answers)
    tokens, known = tokenize(text), tokenize(f"{question.prompt} {answered}")
    found: list[str] = []
    for point in question.points:
        if point.id not in unmade:
            continue
        if followups.says(text, point) and not followups.says(answered, point):
            found.append(f"gives away point {point.id}")
        statement = tokenize(point.statement)
        for term in question.key_terms:
            spellings = (term.term, *term.spoken)
            named = any(find_phrase(tokens, spelling) for spelling in spellings)
            is_answer = any(find_phrase(statement, spelling) for spelling in spellings)
            if named and is_answer and not any(find_phrase(known, spelling) for spelling in spellings):
                found.append(f"names {term.term}, which nobody has mentioned")
    return found


def _unmade(situation: Situation) -> set[str]:
    made = {finding.point_id for finding in situation.findings if finding.status is PointStatus.MET}
    return {point.id for point in situation.question.points} - made


def _was_said(quote: str, transcripts: Sequence[Transcript]) -> bool:
    wanted = [token.text for token in tokenize(quote)]
    for transcript in transcripts:
        said = [token.text for token in tokenize(transcript.text)]
        if any(said[at : at + len(wanted)] == wanted for at in range(len(said) - len(wanted) + 1)):
            return bool(wanted)
        if locate(transcript, quote) is not None:
            return True
    return False


def _is_suggestion(reply: Reply, situation: Situation) -> bool:
    return bool(situation.suggested) and followups.overlap(situation.suggested[0].text, reply.question) >= _REPEAT_OVERLAP


def _fallen_back(bank: Chosen, reason: str) -> Chosen:
    log.warning("follow-up in the bank's words: %s", reason)
    return replace(bank, reason=reason)


def _told(situation: Situation) -> dict[str, Any]:
    found = {finding.point_id: finding for finding in situation.findings}
    points = []
    for point in situation.question.points:
        finding = found.get(point.id)
        entry = {"id": point.id, "statement": point.statement, "status": _STATUS[finding.status] if finding else "not known"}
        if finding is not None and finding.evidence is not None:
            entry["words"] = finding.evidence.quote
        points.append(entry)
    return {
        "question": situation.question.prompt,
        "points": points,
        "dialogue": [{"you": answer.asked, "candidate": answer.transcript.text} for answer in situation.answers],
        "earlier_claims": [
            {"words": claim.quote, "about": claim.question_title, "status": _STATUS[claim.status]} for claim in situation.claims
        ],
        "minutes_left": round(situation.left_s / 60, 1),
        "suggestions": [{"move": move.move, "question": move.text} for move in situation.suggested[:_SUGGESTED]],
    }


def _schema() -> dict[str, Any]:
    schema = json.loads(json.dumps(Reply.model_json_schema()))
    return {
        "type": "object",
        "properties": schema["properties"],
        "required": list(schema["properties"]),
        "additionalProperties": False,
    }
