"""The next follow-up, got ready while the candidate still speaks, so that it can be heard as soon as they stop.

Each time more of the answer is known, the moves that fit it best are voiced in the bank's words, and the language model may
write a lead-in to the best. When the answer ends it is read to its end, and the move that fits it best is asked: nobody waits
for the language model, and nothing is chosen before the answer has been read.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from hotseat.domain.ledger import Claim
from hotseat.domain.model import Answer, Choice, FollowUp, Move, PointFinding, PointStatus, Question, Source, Transcript
from hotseat.errors import SpeakerError
from hotseat.interview.chosen import Chosen
from hotseat.interview.endpoint import Endpoint, Situation, Speak
from hotseat.interview.interviewer import Interviewer
from hotseat.telemetry.logs import failed

log = logging.getLogger(__name__)

_FEWEST_WORDS = 12
"""The model is not asked to lead on from a shorter answer."""
_VOICED = 2
"""Moves voiced ahead: the last words of an answer often make the first one's point."""
_NAMED = 3
"""Moves named in the account of a choice."""

Findings = Callable[[Sequence[Answer]], Awaitable[Sequence[PointFinding]]]


class Drafter:
    """One answer's drafts. Belongs to one event loop; at most one draft is being made."""

    def __init__(
        self,
        interviewer: Interviewer,
        question: Question,
        tier: int,
        manner: str,
        find: Findings,
        voice: Callable[[str], Awaitable[None]],
        is_shedding: Callable[[], bool] = lambda: False,
        endpoint: Endpoint | None = None,
    ) -> None:
        """``find`` reads answers, and returns nothing where it can't; ``voice`` makes a text's first sentence ready.

        While ``is_shedding`` the language model is left alone: it would be at others' cost. An ``endpoint`` has the last word.
        """
        self._interviewer = interviewer
        self._question = question
        self._tier = tier
        self._manner = manner
        self._find = find
        self._voice = voice
        self._is_shedding = is_shedding
        self._endpoint = endpoint
        self._wanted: Sequence[Answer] | None = None
        self._led: dict[str, Chosen] = {}
        """By the move's id, those that the model has written a lead-in to and that can be heard at once."""
        self._task: asyncio.Task[None] | None = None

    def offer(self, answers: Sequence[Answer]) -> None:
        """All answers of the round, the last one as far as it is known. Only the latest offer counts."""
        self._wanted = answers
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())

    async def choose(
        self,
        answers: Sequence[Answer],
        claims: Sequence[Claim] = (),
        left_s: float = 0.0,
        speak: Speak | None = None,
    ) -> Chosen | None:
        """What to ask after these answers, the last one complete; None when nothing is left that fits.

        ``claims`` are those of earlier rounds, ``left_s`` the planned seconds to the end of the interview.
        """
        self.close()
        findings = await self._find(answers)
        ranked = self._interviewer.rank(self._question, answers, findings, self._tier)
        if not ranked:
            return None
        chosen = self._interviewer.in_the_banks_words(self._question, ranked[0], answers, findings)
        if led := self._led.get(ranked[0].id):
            chosen = self._interviewer.checked(led, chosen, self._question, ranked[0], answers, findings)
        if self._endpoint is not None:
            situation = Situation(self._question, self._manner, answers, findings, ranked, claims, left_s)
            chosen = await self._endpoint.ask(situation, chosen, self._says, speak)
        return replace(chosen, choice=_choice(chosen, findings, ranked))

    async def _says(self, text: str) -> set[str]:
        """The points that a text makes, as the reader sees it."""
        read = Answer.alone(self._question, Transcript.of_typed(text))
        return {finding.point_id for finding in await self._find([read]) if finding.status is PointStatus.MET}

    def close(self) -> None:
        """Stops drafting."""
        self._wanted = None
        if self._task is not None:
            self._task.cancel()

    async def _work(self) -> None:
        try:
            await self._draft()
        except Exception as error:  # what is asked doesn't depend on it
            failed(log, "getting a follow-up ready", error)

    async def _draft(self) -> None:
        while (answers := self._wanted) is not None:
            self._wanted = None
            findings = await self._find(answers)
            ranked = self._interviewer.rank(self._question, answers, findings, self._tier)
            for move in ranked[:_VOICED]:
                await self._voiced(self._interviewer.in_the_banks_words(self._question, move, answers, findings).text)
            if ranked and self._wanted is None and len(answers[-1].transcript.words) >= _FEWEST_WORDS:
                await self._lead(ranked[0], answers, findings)

    async def _lead(self, move: FollowUp, answers: Sequence[Answer], findings: Sequence[PointFinding]) -> None:
        if move.move is not Move.PROBE or move.id in self._led or self._is_shedding():
            return
        chosen = await self._interviewer.led(self._question, move, answers, findings, self._manner)
        if chosen.source is Source.LLM:
            await self._voiced(chosen.text)
            self._led[move.id] = chosen

    async def _voiced(self, text: str) -> None:
        with contextlib.suppress(SpeakerError):  # it will be said in writing, with a notice
            await self._voice(text)


def _choice(chosen: Chosen, findings: Sequence[PointFinding], ranked: Sequence[FollowUp]) -> Choice:
    known = tuple((finding.point_id, finding.status) for finding in findings)
    between = tuple(move.id for move in ranked[:_NAMED])
    return Choice(chosen.move or ranked[0].move, chosen.source, chosen.anchor, between, known)
