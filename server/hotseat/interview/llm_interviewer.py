"""A capable language model as the interviewer: it is told everything, and chooses and phrases the follow-up.

Code only checks the result. The bank's move is asked instead if the model is too slow, quotes what was never said, asks
nothing, gives away a point, repeats a question, praises, or talks too long. The reply is streamed, so that a sentence before
the question is spoken while the question is still being written.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import ValidationError
from pydantic_core import from_json

from hotseat.chat import ChatModel, Schema
from hotseat.domain import followups
from hotseat.domain.acts import Act
from hotseat.domain.claims import Claim
from hotseat.domain.evidence import locate
from hotseat.domain.model import Answer, FollowUp, Move, PointFinding, PointStatus, Question, Source, Transcript
from hotseat.errors import ChatModelError
from hotseat.interview import act_classifier
from hotseat.interview.chosen import Chosen
from hotseat.prompts import Prompts
from hotseat.strict_model import StrictModel
from hotseat.text.matching import find_phrase
from hotseat.text.normal import tokenize
from hotseat.text.sentences import complete_sentences, split_sentences

log = logging.getLogger(__name__)

MAX_WORDS, MIN_WORDS = 45, 4
"""Words of a question."""
_MAX_TOKENS = 300
_SUGGESTED = 4
"""Bank moves that the model is shown."""
_REPEAT_OVERLAP = 0.7
"""Share of a question's content words in another from which the two are the same question."""
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
_MOVES = frozenset((Move.PROBE, Move.CHALLENGE, Move.DEEPEN, Move.CALLBACK))
_MARKUP = frozenset("*_#`<>{}[]|\n")
_ASKED = re.compile(r"(?:[^?“]|“[^”]*”)*\?")
"""Everything up to the first question mark that is not within a quote."""

Says = Callable[[str], Awaitable[set[str]]]
"""Ids of the points that a text makes, by the reader."""
Speak = Callable[[str], Awaitable[None]]
"""Speaks a sentence that comes before the question, which is still being written."""


class Reply(StrictModel):
    """The model's reply. The question comes last, so that it is checked as it is written; more fields would cost time."""

    does: Literal[
        "probe", "challenge", "deepen", "callback", "repeat", "clarify", "think", "dont_know", "objection", "off_topic"
    ]
    """The interviewer's move, or the act with which the candidate avoided answering."""
    anchor: str
    """The candidate's words that the question picks up; may be empty."""
    question: str

    @property
    def act(self) -> Act:
        return Act.ANSWER if self.does in _MOVES else Act(self.does)


class Rewording(StrictModel):
    """The model's reply to a candidate who asks what a question means."""

    question: str


def _schema(reply: type[StrictModel]) -> Schema:
    """A reply's, without the docstring as description, which costs tokens."""
    return {name: part for name, part in reply.model_json_schema().items() if name not in ("title", "description")}


_SCHEMA, _REWORDING_SCHEMA = _schema(Reply), _schema(Rewording)


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that the next question depends on."""

    question: Question
    manner: str
    """How the interviewer is to speak, for the system prompt."""
    answers: Sequence[Answer]
    """The round's answers; the last one is complete."""
    findings: Sequence[PointFinding]
    suggested: Sequence[FollowUp]
    """The bank's moves, the best first."""
    claims: Sequence[Claim] = ()
    """What was claimed in earlier rounds."""
    left_s: float = 0.0
    """Planned seconds to the end of the interview."""


class Endpoint:
    """Asks a language model for the next question."""

    def __init__(self, chat: ChatModel, prompts: Prompts, reply_s: float) -> None:
        """``reply_s``: seconds that each sentence of the reply may take."""
        self._chat = chat
        self._prompts = prompts
        self._reply_s = reply_s

    async def ask(self, situation: Situation, bank: Chosen, says: Says | None = None, speak: Speak | None = None) -> Chosen:
        """The model's question; ``bank`` if that can't be asked, or with the act that the model sees in it.

        ``says`` helps to reject a question that gives a point away. ``speak`` is called with each sentence before the question
        once it has passed the checks; if the rest then fails them, the result is those sentences with the bank's question.
        """
        reason, spoken = "the language model was too slow, or its reply not of the form asked for", ""
        try:
            async with asyncio.timeout(self._reply_s) as limit, aclosing(self._replies(situation)) as replies:
                async for reply, is_whole in replies:
                    limit.reschedule(asyncio.get_running_loop().time() + self._reply_s)
                    if reply.act is not Act.ANSWER:
                        is_short = len(situation.answers[-1].transcript.words) <= act_classifier.MAX_WORDS
                        return replace(bank, act=reply.act if is_short else Act.ANSWER)
                    if wrong := await _all_problems(reply, situation, says, is_whole=is_whole):
                        reason = f"the language model's question {'; '.join(wrong)}"
                        break
                    if is_whole:
                        return _chosen(reply, situation, bank)
                    if speak is not None:
                        await speak(reply.question.removeprefix(spoken).strip())
                        spoken = reply.question
        except (TimeoutError, ValidationError):
            pass
        except ChatModelError as error:
            reason = str(error)
        log.warning("follow-up in the bank's words: %s", reason)
        if not spoken:
            return bank
        asked = situation.suggested[0].text if situation.suggested else bank.text
        return replace(bank, text=f"{spoken} {asked}", source=Source.LLM, anchor=None)

    async def reword(self, situation: Situation, asked: str, request: str, says: Says | None = None) -> str:
        """``asked`` in other words, for a candidate whose ``request`` is to have it explained; "" if the model's can't be said.

        ``says`` helps to reject words that give a point away.
        """
        messages = [
            {"role": "system", "content": self._prompts.render("reword_system.j2", manner=situation.manner)},
            {"role": "user", "content": self._render(_prompt_values(situation) | {"asked": asked, "request": request})},
        ]
        try:
            async with asyncio.timeout(self._reply_s):
                reply, _ = await self._chat.complete(messages, max_tokens=_MAX_TOKENS, schema=_REWORDING_SCHEMA)
            text = " ".join(Rewording.model_validate_json(reply).question.split())
        except (TimeoutError, ValidationError):
            wrong = ["the language model was too slow, or its reply not of the form asked for"]
        except ChatModelError as error:
            wrong = [str(error)]
        else:
            wrong = [*_unsayable(text, is_whole=True), *_leaks(text, situation, asked)]
            if not wrong and says is not None:
                wrong = [f"gives away point {name}" for name in sorted((await says(text)) & _unmade(situation))]
        if wrong:
            log.warning("a question stays in its own words: %s", "; ".join(wrong))
        return "" if wrong else text

    async def reply(self, situation: Situation) -> tuple[Reply | None, float]:
        """The unchecked reply, and the seconds it took; None if the model is too slow or its reply can't be read.

        Raises ChatModelError when the endpoint fails.
        """
        began, whole = time.monotonic(), None
        with contextlib.suppress(TimeoutError, ValidationError):
            async with asyncio.timeout(self._reply_s) as limit, aclosing(self._replies(situation)) as replies:
                async for reply, is_whole in replies:
                    limit.reschedule(asyncio.get_running_loop().time() + self._reply_s)
                    whole = reply if is_whole else None
        return whole, time.monotonic() - began

    async def _replies(self, situation: Situation) -> AsyncGenerator[tuple[Reply, bool]]:
        """The reply so far, each time another sentence of it is complete, and whether it is whole.

        Ends at the question mark: what a model writes after it isn't waited for. Raises ChatModelError, ValidationError.
        """
        text, known = "", 0
        stream = self._chat.stream(self.messages(situation), max_tokens=_MAX_TOKENS, schema=_SCHEMA)
        async with aclosing(stream):
            async for part in stream:
                text += part
                partial = _partial_reply(text)
                if partial is None:
                    continue
                if asked := _ASKED.match(partial.question):
                    yield partial.model_copy(update={"question": asked[0]}), True
                    return
                sentences = complete_sentences(partial.question)
                if len(sentences) > known:
                    known = len(sentences)
                    yield partial.model_copy(update={"question": " ".join(sentences)}), False
        yield Reply.model_validate_json(text), True

    def messages(self, situation: Situation) -> list[dict[str, str]]:
        """The prompt, as chat messages."""
        system = self._prompts.render("interview_system.j2", manner=situation.manner)
        return [{"role": "system", "content": system}, {"role": "user", "content": self._render(_prompt_values(situation))}]

    def _render(self, values: dict[str, Any]) -> str:
        return self._prompts.render("interview_user.j2", situation=values)


def _partial_reply(text: str) -> Reply | None:
    """The reply so far; None until all fields before the question are complete."""
    try:
        found = from_json(text, allow_partial="trailing-strings")
        return Reply.model_validate(found) if list(found)[-1:] == ["question"] else None
    except (ValueError, TypeError):
        return None


async def _all_problems(reply: Reply, situation: Situation, says: Says | None, *, is_whole: bool) -> list[str]:
    """``problems``, and the points that the reader finds given away if there are none."""
    wrong = problems(reply, situation, is_whole=is_whole)
    if wrong or says is None:
        return wrong
    given = (await says(reply.question)) & _unmade(situation)
    return [f"gives away point {name}" for name in sorted(given)]


def _chosen(reply: Reply, situation: Situation, bank: Chosen) -> Chosen:
    is_banks = situation.suggested and followups.overlap(situation.suggested[0].text, reply.question) >= _REPEAT_OVERLAP
    name = bank.follow_up_id if is_banks else f"own-{reply.does}-{len(situation.answers)}"
    return Chosen(name, " ".join(reply.question.split()), Source.LLM, anchor=reply.anchor or None, move=Move(reply.does))


def problems(reply: Reply, situation: Situation, *, is_whole: bool = True) -> list[str]:
    """Why the question may not be asked; empty if it may. Unless ``is_whole``, sentences before the question are checked."""
    text = reply.question.strip()
    said = [answer.transcript for answer in situation.answers]
    earlier = [Transcript.of_typed(claim.quote) for claim in situation.claims]
    found = _unsayable(text, is_whole=is_whole)
    quotes = [reply.anchor, *_QUOTED.findall(text)]
    if not all(_was_said(quote, [*said, *earlier]) for quote in quotes if quote.strip()):
        found.append("quotes what was not said")
    asked = [situation.question.prompt, *(answer.asked for answer in situation.answers)]
    if any(followups.overlap(text, before) >= _REPEAT_OVERLAP for before in asked):
        found.append("repeats an earlier question")
    found.extend(_leaks(text, situation))
    return found


def _unsayable(text: str, *, is_whole: bool) -> list[str]:
    """What is wrong with a question whatever it is about. Unless ``is_whole``, it is sentences before the question."""
    words, found = text.split(), list[str]()
    if is_whole and (text.count("?") != 1 or not text.endswith("?")):
        found.append("is not exactly one question")
    if not MIN_WORDS * is_whole <= len(words) <= MAX_WORDS:
        found.append(f"has {len(words)} words, expected {MIN_WORDS} to {MAX_WORDS}")
    if _MARKUP & set(text):
        found.append("has markup or several lines")
    if any(_PRAISE.match(sentence) or _CORRECTS.match(sentence) for sentence in split_sentences(text)):
        found.append("praises or judges")
    return found


def _leaks(text: str, situation: Situation, asked: str = "") -> list[str]:
    """Points not made yet that the text gives away, and key terms of theirs that nobody has used yet, nor ``asked``."""
    question, unmade = situation.question, _unmade(situation)
    answered = " ".join(answer.transcript.text for answer in situation.answers)
    tokens, known = tokenize(text), tokenize(f"{question.prompt} {asked} {answered}")
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


def _prompt_values(situation: Situation) -> dict[str, Any]:
    """The situation as the template interview_user.j2 takes it."""
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
