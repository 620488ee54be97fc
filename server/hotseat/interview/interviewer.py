"""The interviewer's side of a follow-up: chosen from the bank by what was missed, tied by the language model to what was said.

The model says a passage of the answer back in a sentence; the question after it is the bank's. A model that is to phrase the
question itself answers it more often than it asks, when it is small (docs/decisions/0014-follow-ups-are-drafted.md). Whatever
it says is checked by core.followups before it is spoken; the bank's words stand alone when it is slow, absent or breaks a rule,
or nothing that was said has to do with the question. drafting.py does all this ahead of time.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from hotseat.background import in_background
from hotseat.chat import ChatModel
from hotseat.domain import followups
from hotseat.domain.model import Answer, Choice, FollowUp, PointFinding, Question
from hotseat.errors import ChatModelError
from hotseat.interview.passages import PassageFor, nearest
from hotseat.prompts import Prompts
from hotseat.text.sentences import Sentences

log = logging.getLogger(__name__)

_MAX_TOKENS = 40


@dataclass(frozen=True, slots=True)
class Chosen:
    """What to ask next."""

    follow_up_id: str
    text: str
    source: str
    """"llm" if it begins in the model's words, else "bank"."""
    reason: str = ""
    """Why the bank's words stand alone."""
    anchor: str | None = None
    """The candidate's words that the model's pick up."""
    choice: Choice | None = None
    """Why it is asked; None while it is only drafted."""


class Interviewer:
    """Chooses and phrases follow-ups. ``chat`` is None when there is no language model."""

    def __init__(self, chat: ChatModel | None, prompts: Prompts, reply_s: float, passage_for: PassageFor = nearest) -> None:
        self._passage_for = passage_for
        self._chat = chat
        self._prompts = prompts
        self._examples = prompts.examples("follow_up_examples.toml")
        self.reply_s = reply_s
        """Seconds from the end of an answer within which a phrasing has to be there."""
        self.usual_s = 0.0
        """How long the last phrasing took to write."""
        self._warming = False

    def rank(
        self, question: Question, answers: Sequence[Answer], findings: Sequence[PointFinding], tier: int
    ) -> tuple[FollowUp, ...]:
        """The bank's follow-ups left after these answers of one round, the most telling first."""
        used = {answer.follow_up_id for answer in answers if answer.follow_up_id}
        return followups.rank(question, findings, used, tier)

    async def passage(self, question: Question, follow_up: FollowUp, answers: Sequence[Answer]) -> str | None:
        """What was said that has most to do with the follow-up; None when nothing has, or nobody could say it back."""
        if self._chat is None:
            return None
        return await in_background(self._passage_for, question, follow_up, answers)

    async def phrase(
        self,
        question: Question,
        follow_up: FollowUp,
        passage: str | None,
        answers: Sequence[Answer],
        findings: Sequence[PointFinding],
        manner: str,
        within_s: float,
    ) -> Chosen:
        """The follow-up tied to the passage in the model's words, or in the bank's alone."""
        bank = Chosen(follow_up.id, follow_up.text, "bank")
        if self._chat is None or passage is None:
            return replace(bank, reason="nothing to tie it to" if self._chat else "no language model")
        try:
            lead = await self._lead(passage, manner, within_s)
        except (ChatModelError, TimeoutError) as error:
            reason = str(error) or "the language model was too slow"
            log.warning("follow-up in the bank's words: %s", reason)
            return replace(bank, reason=reason)
        if wrong := followups.misquotes(lead, passage):
            log.info("follow-up in the bank's words: the model's lead %s", "; ".join(wrong))
            return replace(bank, reason="the model's words broke a rule")
        return self.checked(
            Chosen(follow_up.id, f"{lead} {follow_up.text}", "llm", anchor=passage), question, follow_up, answers, findings
        )

    def checked(
        self,
        chosen: Chosen,
        question: Question,
        follow_up: FollowUp,
        answers: Sequence[Answer],
        findings: Sequence[PointFinding],
    ) -> Chosen:
        """The phrasing if it may be spoken after these answers, else the bank's words."""
        if chosen.source == "bank":
            return chosen
        said, asked = " ".join(answer.transcript.text for answer in answers), [answer.asked for answer in answers]
        wrong = followups.problems(chosen.text, question, follow_up, findings, said, asked)
        if not wrong:
            return chosen
        log.info("follow-up in the bank's words: the model's %s", "; ".join(wrong))
        return Chosen(follow_up.id, follow_up.text, "bank", "the model's words broke a rule")

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

    async def _lead(self, passage: str, manner: str, within_s: float) -> str:
        """The first sentence that the model writes. Raises ChatModelError, TimeoutError."""
        assert self._chat is not None
        began, splitter, sentences = time.monotonic(), Sentences(), list[str]()
        try:
            async with (
                asyncio.timeout(within_s),
                aclosing(self._chat.stream(self._messages(passage, manner), max_tokens=_MAX_TOKENS)) as stream,
            ):
                async for part in stream:
                    if sentences := splitter.feed(part):
                        break
        except TimeoutError:
            self.usual_s = max(self.usual_s, within_s)
            raise
        self.usual_s = time.monotonic() - began
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
