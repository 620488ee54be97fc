"""The next follow-up, worked out while the candidate still speaks, so that it can be asked as soon as they stop.

Each time more of the answer is known, the follow-up is chosen and phrased as if that were all, and its first sentence is
voiced. When the answer ends, the draft is asked if everything it is after is still missing from the whole of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from server.core.domain import Answer, FollowUp, PointFinding, PointStatus, Question
from server.errors import SpeakerError
from server.room.interviewer import Chosen, Interviewer

log = logging.getLogger(__name__)

_FEWEST_WORDS = 12
"""Of an answer shorter than this nearly everything is still missing, so any choice would be a guess."""
_STALE = 0.5
"""A draft that knew less than this share of what was said is written anew, so that it picks up what was said later."""
_PATIENCE_S = 15.0
"""For a draft's first token: nobody waits for it yet, and speech recognition comes first on shared cores."""

Findings = Callable[[Sequence[Answer]], Awaitable[Sequence[PointFinding]]]


@dataclass(frozen=True, slots=True)
class Draft:
    """A follow-up ready to be asked, and how many words of the answer it was made from."""

    follow_up: FollowUp
    chosen: Chosen
    words: int


class Drafter:
    """One answer's draft. Belongs to one event loop; at most one draft is being made."""

    def __init__(
        self,
        interviewer: Interviewer,
        question: Question,
        tier: int,
        manner: str,
        find: Findings,
        voice: Callable[[str], Awaitable[None]],
    ) -> None:
        """``find`` grades answers for the moment; ``voice`` makes a text's first sentence ready to be heard."""
        self._interviewer = interviewer
        self._question = question
        self._tier = tier
        self._manner = manner
        self._find = find
        self._voice = voice
        self._wanted: Sequence[Answer] | None = None
        self._making: FollowUp | None = None
        self._drafts: dict[str, Draft] = {}
        """By the follow-up's id, each the latest."""
        self._task: asyncio.Task[None] | None = None

    def offer(self, answers: Sequence[Answer]) -> None:
        """All answers of the round, the last one as far as it is known. Only the latest offer counts."""
        if len(answers[-1].transcript.words) < _FEWEST_WORDS:
            return
        self._wanted = answers
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())

    async def choose(self, answers: Sequence[Answer]) -> Chosen | None:
        """What to ask after these answers, the last one complete; None when the bank has nothing left."""
        self._wanted = None
        findings = await self._find(answers)
        best = self._interviewer.pick(self._question, answers, findings, self._tier)
        if best is None:
            return None
        making = self._making
        if making is not None and self._task is not None and (making == best or not self._fitting(best, findings)):
            await asyncio.wait({self._task}, timeout=self._interviewer.first_token_s)
        self.close()
        draft = self._fitting(best, findings)
        if draft is not None:
            return self._interviewer.checked(draft.chosen, self._question, draft.follow_up, answers, findings)
        return await self._interviewer.phrase(self._question, best, answers, findings, self._manner)

    def _fitting(self, best: FollowUp, findings: Sequence[PointFinding]) -> Draft | None:
        """The draft of the best choice, or else the latest of those after points that are all still missing."""
        made = {finding.point_id for finding in findings if finding.status is PointStatus.MET}
        others = [draft for draft in self._drafts.values() if made.isdisjoint(draft.follow_up.probes)]
        return self._drafts.get(best.id) or max(others, key=lambda draft: draft.words, default=None)

    def close(self) -> None:
        """Stops drafting."""
        if self._task is not None:
            self._task.cancel()

    async def _work(self) -> None:
        while (answers := self._wanted) is not None:
            self._wanted = None
            findings = await self._find(answers)
            follow_up = self._interviewer.pick(self._question, answers, findings, self._tier)
            words = len(answers[-1].transcript.words)
            if follow_up is None or self._still_good(follow_up, words):
                continue
            self._making = follow_up
            began = time.monotonic()
            chosen = await self._interviewer.phrase(
                self._question, follow_up, answers, findings, self._manner, patience_s=_PATIENCE_S
            )
            log.debug("drafted %s from %d words in %.1f s", follow_up.id, words, time.monotonic() - began)
            self._drafts[follow_up.id] = Draft(follow_up, chosen, words)
            with contextlib.suppress(SpeakerError):  # it will be said in writing, with a notice
                await self._voice(chosen.text)
            self._making = None

    def _still_good(self, follow_up: FollowUp, words: int) -> bool:
        draft = self._drafts.get(follow_up.id)
        return draft is not None and draft.words >= _STALE * words
