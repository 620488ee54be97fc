"""The next follow-up, got ready while the candidate still speaks, so that it can be heard as soon as they stop.

Each time more of the answer is known, the moves that fit it best are voiced. When the answer ends it is read to its end, and
the move that fits it best is asked: nothing is chosen before the answer has been read.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from hotseat.domain.ledger import Claim
from hotseat.domain.model import Answer, Choice, FollowUp, PointFinding, PointStatus, Question, Transcript
from hotseat.errors import SpeakerError
from hotseat.interview.chosen import Chosen
from hotseat.interview.endpoint import Endpoint, Situation, Speak
from hotseat.interview.interviewer import Interviewer
from hotseat.telemetry.logs import failed

log = logging.getLogger(__name__)

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
        endpoint: Endpoint | None = None,
    ) -> None:
        """``find`` reads answers, and returns nothing where it can't; ``voice`` makes a text's first sentence ready.

        An ``endpoint`` has the last word.
        """
        self._interviewer = interviewer
        self._question = question
        self._tier = tier
        self._manner = manner
        self._find = find
        self._voice = voice
        self._endpoint = endpoint
        self._wanted: Sequence[Answer] | None = None
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

    async def _voiced(self, text: str) -> None:
        with contextlib.suppress(SpeakerError):  # it will be said in writing, with a notice
            await self._voice(text)


def _choice(chosen: Chosen, findings: Sequence[PointFinding], ranked: Sequence[FollowUp]) -> Choice:
    known = tuple((finding.point_id, finding.status) for finding in findings)
    between = tuple(move.id for move in ranked[:_NAMED])
    return Choice(chosen.move or ranked[0].move, chosen.source, chosen.anchor, between, known)
