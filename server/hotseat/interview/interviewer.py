"""The interviewer's side of a follow-up: the bank's move that fits the answer best, tied to what was said.

A challenge stands after the candidate's own words, cut by code. Before a probe the language model may say a passage of the
answer back in a sentence; the question after it is the bank's. A model that is to phrase the question itself answers it more
often than it asks, when it is small (docs/decisions/0034-moves.md). Whatever it says is checked by
domain.followups before it is spoken; the bank's words stand alone when it is slow, absent or breaks a rule.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace

from hotseat.background import in_background
from hotseat.chat import ChatModel
from hotseat.domain import followups
from hotseat.domain.model import Answer, FollowUp, Move, PointFinding, Question, Source
from hotseat.errors import ChatModelError
from hotseat.interview.chosen import Chosen
from hotseat.interview.endpoint import Endpoint
from hotseat.interview.exam import Exam
from hotseat.interview.passages import PassageFor, nearest
from hotseat.interview.quotes import clause_of, said_back
from hotseat.prompts import Prompts
from hotseat.text.sentences import Sentences

log = logging.getLogger(__name__)

_MAX_TOKENS = 40


def _quote_for(question: Question, move: FollowUp, answers: Sequence[Answer], findings: Sequence[PointFinding]) -> str | None:
    """The words that a challenge or a deepening takes up; None where they don't stand by themselves, don't bear on what is
    asked, or were taken up before."""
    if move.move not in (Move.CHALLENGE, Move.DEEPEN):
        return None
    evidence = next((finding.evidence for finding in findings if finding.point_id == move.probes[0]), None)
    quote = clause_of(answers, evidence) if evidence is not None else None
    if quote is None or not followups.is_about(quote, question, move):
        return None
    return None if any(said_back(quote) in answer.asked for answer in answers) else quote


def _lead_in(quote: str, answers: Sequence[Answer]) -> str:
    """What the interviewer says before a question about these words; not the same twice in a round."""
    said = said_back(quote)
    if quote.lower() not in answers[-1].transcript.text.lower():
        return f"Earlier you said {said}."
    if not any("ou said " in answer.asked for answer in answers):
        return f"You said {said}."
    return f"{said[:2].upper()}{said[2:]}, you said." if said.startswith("\u201c") else f"And you said {said}."


class Interviewer:
    """Chooses moves and leads on to them. ``chat`` is None when there is no language model."""

    def __init__(self, chat: ChatModel | None, prompts: Prompts, passage_for: PassageFor = nearest) -> None:
        self._passage_for = passage_for
        self._chat = chat
        self._prompts = prompts
        self._examples = prompts.examples("follow_up_examples.toml")
        self._warming = False
        self.endpoint: Endpoint | None = None
        """A model that asks by itself; it is told what would be asked without it."""
        self.exam: Exam | None = None
        """What that model sits."""

    def use(self, chat: ChatModel) -> None:
        """From now on follow-ups are phrased by this language model."""
        self._chat = chat

    def rank(
        self, question: Question, answers: Sequence[Answer], findings: Sequence[PointFinding], tier: int
    ) -> tuple[FollowUp, ...]:
        """The bank's moves that fit these answers of one round, the best first."""
        used = {answer.follow_up_id for answer in answers if answer.follow_up_id}
        said = " ".join(answer.transcript.text for answer in answers)
        ranked = followups.rank(question, findings, used, tier, said)
        if not ranked or ranked[0].move is not Move.CHALLENGE:
            return ranked
        # Of claims that are as surely wrong, one that can be quoted is taken up first.
        status = {finding.point_id: finding.status for finding in findings}
        alike = [m for m in ranked if m.move is Move.CHALLENGE and status[m.probes[0]] is status[ranked[0].probes[0]]]
        first = next((move for move in alike if _quote_for(question, move, answers, findings)), ranked[0])
        return (first, *(move for move in ranked if move is not first))

    def in_the_banks_words(
        self, question: Question, move: FollowUp, answers: Sequence[Answer], findings: Sequence[PointFinding]
    ) -> Chosen:
        """The move as the bank has it, after what it takes up of the answer, where that stands as a clause."""
        quote = _quote_for(question, move, answers, findings)
        text = f"{_lead_in(quote, answers)} {move.text}" if quote else move.text
        return Chosen(move.id, text, Source.BANK, anchor=quote)

    async def led(
        self,
        question: Question,
        follow_up: FollowUp,
        answers: Sequence[Answer],
        findings: Sequence[PointFinding],
        manner: str,
    ) -> Chosen:
        """The follow-up after a sentence in the model's words, or in the bank's alone with the reason."""
        bank = Chosen(follow_up.id, follow_up.text, Source.BANK)
        if self._chat is None:
            return replace(bank, reason="no language model")
        passage = await in_background(self._passage_for, question, follow_up, answers)
        if passage is None:
            return replace(bank, reason="nothing to tie it to")
        try:
            lead = await self._lead(passage, manner)
        except ChatModelError as error:
            log.warning("follow-up in the bank's words: %s", error)
            return replace(bank, reason=str(error))
        if wrong := followups.misquotes(lead, passage):
            log.info("follow-up in the bank's words: the model's lead %s", "; ".join(wrong))
            return replace(bank, reason="the model's words broke a rule")
        led = Chosen(follow_up.id, f"{lead} {follow_up.text}", Source.LLM, anchor=passage)
        return self.checked(led, bank, question, follow_up, answers, findings)

    def checked(
        self,
        led: Chosen,
        bank: Chosen,
        question: Question,
        follow_up: FollowUp,
        answers: Sequence[Answer],
        findings: Sequence[PointFinding],
    ) -> Chosen:
        """``led`` if it may be spoken after these answers, else ``bank``."""
        said, asked = " ".join(answer.transcript.text for answer in answers), [answer.asked for answer in answers]
        wrong = followups.problems(led.text, question, follow_up, findings, said, asked)
        if not wrong:
            return led
        log.info("follow-up in the bank's words: the model's %s", "; ".join(wrong))
        return replace(bank, reason="the model's words broke a rule")

    async def warm(self, manner: str) -> None:
        """Lets the endpoint read the prompt up to the passage, so that the first token comes sooner. Never fails.

        Once is enough for all who begin meanwhile.
        """
        if self._chat is None or self._warming:
            return
        self._warming = True
        try:
            with contextlib.suppress(ChatModelError):
                await self._chat.complete(self._messages("", manner), max_tokens=1)
        finally:
            self._warming = False

    async def _lead(self, passage: str, manner: str) -> str:
        """The first sentence that the model writes. Raises ChatModelError."""
        assert self._chat is not None
        splitter, sentences = Sentences(), list[str]()
        async with aclosing(self._chat.stream(self._messages(passage, manner), max_tokens=_MAX_TOKENS)) as stream:
            async for part in stream:
                if sentences := splitter.feed(part):
                    break
        [lead, *_] = [*sentences, *splitter.flush(), ""]
        lead = followups.addressed(lead.strip('"“” '))
        return lead if lead.endswith((".", "!", "?")) else f"{lead}."

    def _messages(self, passage: str, manner: str) -> list[dict[str, str]]:
        # What never changes comes first, so that an endpoint which keeps prefixes has read it before.
        system = self._prompts.render("follow_up_system.j2", manner=manner)
        messages = [{"role": "system", "content": system}]
        for example in self._examples:
            messages.append(self._turn(example["passage"]))
            messages.append({"role": "assistant", "content": example["says"]})
        # Three quotes delimit the passage in the prompt; the candidate can't be heard to say them, but can type them.
        return [*messages, self._turn(passage.replace('"""', ""))]

    def _turn(self, passage: str) -> dict[str, str]:
        return {"role": "user", "content": self._prompts.render("follow_up_user.j2", passage=passage)}
