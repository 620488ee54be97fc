"""The next follow-up, worked out while the candidate still speaks, so that it can be asked as soon as they stop.

Each time more of the answer is known, the follow-up is chosen and phrased as if that were all, and its first sentence is
voiced. When the answer ends it is chosen once more from the whole of it; if the choice is still the same, the draft is asked.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from server.core.domain import Answer, FollowUp, PointFinding, Question
from server.errors import SpeakerError
from server.interviewer import Chosen, Interviewer

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
        self._draft: Draft | None = None
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
        follow_up = self._interviewer.pick(self._question, answers, findings, self._tier)
        if follow_up is None:
            return None
        if self._task is not None and self._making is not None and self._making.id == follow_up.id:
            await asyncio.wait({self._task}, timeout=self._interviewer.first_token_s)
        self.close()
        draft = self._draft.chosen if self._draft is not None else None
        if draft is not None and draft.follow_up_id == follow_up.id:
            return self._interviewer.checked(draft, self._question, follow_up, answers, findings)
        return await self._interviewer.phrase(self._question, follow_up, answers, findings, self._manner)

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
            chosen = await self._interviewer.phrase(
                self._question, follow_up, answers, findings, self._manner, patience_s=_PATIENCE_S
            )
            self._draft = Draft(chosen, words)
            with contextlib.suppress(SpeakerError):  # it will be said in writing, with a notice
                await self._voice(chosen.text)
            self._making = None

    def _still_good(self, follow_up: FollowUp, words: int) -> bool:
        draft = self._draft
        return draft is not None and draft.chosen.follow_up_id == follow_up.id and draft.words >= _STALE * words
