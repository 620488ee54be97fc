"""The interviewer's side of a follow-up: chosen from the bank by what was missed, phrased by the language model.

Whatever the model says is checked by core.followups before it is spoken; the bank's own words stand in when it is slow,
absent or breaks a rule. drafting.py does all this ahead of time.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.core import followups
from server.core.domain import Answer, FollowUp, PointFinding, Question
from server.errors import ChatModelError
from server.ports import ChatModel
from server.prompts import Prompts

log = logging.getLogger(__name__)

_MAX_TOKENS = 70
_WHOLE_S = 6.0
"""Seconds for the whole phrasing, once its first token is there."""
_MAX_ANSWER_CHARS = 4000


@dataclass(frozen=True, slots=True)
class Chosen:
    """What to ask next."""

    follow_up_id: str
    text: str
    source: str
    """"llm" or "bank"."""
    reason: str = ""
    """Why the bank's words were used."""


class Interviewer:
    """Chooses and phrases follow-ups. ``chat`` is None when there is no language model."""

    def __init__(self, chat: ChatModel | None, prompts: Prompts, first_token_s: float) -> None:
        self._chat = chat
        self._prompts = prompts
        self._examples = prompts.examples("follow_up_examples.toml")
        self.first_token_s = first_token_s
        """Longest wait for a phrasing to begin, once the candidate waits for it."""

    def pick(
        self, question: Question, answers: Sequence[Answer], findings: Sequence[PointFinding], tier: int
    ) -> FollowUp | None:
        """The bank's most telling follow-up after these answers of one round; None when it has none left."""
        used = {answer.follow_up_id for answer in answers if answer.follow_up_id}
        return next(iter(followups.rank(question, findings, used, tier)), None)

    async def phrase(
        self,
        question: Question,
        follow_up: FollowUp,
        answers: Sequence[Answer],
        findings: Sequence[PointFinding],
        manner: str,
        patience_s: float | None = None,
    ) -> Chosen:
        """The follow-up in the model's words, or in the bank's. ``patience_s`` is for the first token, else first_token_s."""
        if self._chat is None:
            return Chosen(follow_up.id, follow_up.text, "bank", "no language model")
        try:
            text = await self._phrase(question, _said(answers), follow_up, manner, patience_s or self.first_token_s)
        except (ChatModelError, TimeoutError) as error:
            reason = str(error) or "the language model was too slow"
            log.warning("follow-up in the bank's words: %s", reason)
            return Chosen(follow_up.id, follow_up.text, "bank", reason)
        return self.checked(Chosen(follow_up.id, text, "llm"), question, follow_up, answers, findings)

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
        asked = [answer.asked for answer in answers]
        # A small model often begins well and then answers instead of asking: its beginning goes with the bank's question.
        texts = [chosen.text, *(f"{lead} {follow_up.text}" for lead in followups.lead_in(chosen.text))]
        for text in texts:
            wrong = followups.problems(text, question, follow_up, findings, _said(answers), asked)
            if not wrong:
                return replace(chosen, text=text)
        log.info("follow-up in the bank's words: the model's %s", "; ".join(wrong))
        return Chosen(follow_up.id, follow_up.text, "bank", "the model's words broke a rule")

    async def warm(self, question: Question, manner: str) -> None:
        """Lets the endpoint read the prompt up to the answer, so that the first token comes sooner. Never fails."""
        if self._chat is not None:
            with contextlib.suppress(ChatModelError):
                await self._chat.complete(self._messages(question, "", "", manner), max_tokens=1)

    async def _phrase(self, question: Question, said: str, follow_up: FollowUp, manner: str, patience_s: float) -> str:
        """Raises ChatModelError, TimeoutError."""
        assert self._chat is not None
        stream = self._chat.stream(self._messages(question, said, follow_up.text, manner), max_tokens=_MAX_TOKENS)
        parts = [await asyncio.wait_for(anext(stream, ""), patience_s)]
        async with asyncio.timeout(_WHOLE_S):
            parts.extend([part async for part in stream])
        return " ".join("".join(parts).split()).strip('"“” ')

    def _messages(self, question: Question, said: str, follow_up: str, manner: str) -> list[dict[str, str]]:
        # What never changes comes first, so that an endpoint which keeps prefixes has read it before.
        system = self._prompts.render("follow_up_system.j2", manner=manner, max_words=followups.MAX_WORDS)
        messages = [{"role": "system", "content": system}]
        for example in self._examples:
            messages.append(self._turn(example["question"], example["answer"], example["follow_up"]))
            messages.append({"role": "assistant", "content": example["says"]})
        # Three quotes delimit the answer in the prompt; the candidate can't be heard to say them, but can type them.
        return [*messages, self._turn(question.prompt, said.replace('"""', "")[-_MAX_ANSWER_CHARS:], follow_up)]

    def _turn(self, question: str, answer: str, follow_up: str) -> dict[str, str]:
        text = self._prompts.render("follow_up_user.j2", question=question, answer=answer, follow_up=follow_up)
        return {"role": "user", "content": text}


def _said(answers: Sequence[Answer]) -> str:
    return " ".join(answer.transcript.text for answer in answers)
