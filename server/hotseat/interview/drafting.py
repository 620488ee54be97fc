"""The next follow-up, worked out while the candidate still speaks, so that it can be asked as soon as they stop.

Each time more of the answer is known, the most telling follow-ups are chosen and phrased as if that were all, and their first
sentences voiced. When the answer ends, the most telling of those is asked that still fit the whole of it. What is not ready
by the time a reply is due is asked in the bank's words: nobody waits for the language model.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from hotseat.domain.model import Answer, Choice, FollowUp, PointFinding, PointStatus, Question
from hotseat.errors import SpeakerError
from hotseat.interview.interviewer import Chosen, Interviewer

log = logging.getLogger(__name__)

_FEWEST_WORDS = 12
"""Of an answer shorter than this nearly everything is still missing: the model is not asked about it yet."""
_DRAFTED = 3
"""Follow-ups drafted at a time: the last words of an answer often make the first choice's point."""
_PATIENCE_S = 15.0
"""For a draft: nobody waits for it yet, and speech recognition comes first on shared cores."""
_GRADING_S = 0.25
"""Always allowed for seeing what was missed, however late it is."""
_VOICING_S = 0.3
"""For a first sentence that was not voiced in advance; the model's words have to be there so long before a reply is due."""

Findings = Callable[[Sequence[Answer]], Awaitable[Sequence[PointFinding]]]


@dataclass(frozen=True, slots=True)
class Draft:
    """A follow-up ready to be asked, and the passage of the answer that it picks up."""

    follow_up: FollowUp
    passage: str | None
    chosen: Chosen


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
        crowded: Callable[[], bool] = lambda: False,
    ) -> None:
        """``find`` grades answers for the moment; ``voice`` makes a text's first sentence ready to be heard.

        While it is ``crowded`` only the bank's words of the first choice are made ready: the model would be at others' cost.
        """
        self._interviewer = interviewer
        self._question = question
        self._tier = tier
        self._manner = manner
        self._find = find
        self._voice = voice
        self._crowded = crowded
        self._wanted: Sequence[Answer] | None = None
        self._making: FollowUp | None = None
        self._drafts: dict[str, Draft] = {}
        """By the follow-up's id, each the latest that can be heard at once."""
        self._findings: Sequence[PointFinding] = ()
        """The latest, of what was known then."""
        self._ended = False
        self._task: asyncio.Task[None] | None = None
        self._in_case: asyncio.Task[None] | None = None

    def offer(self, answers: Sequence[Answer]) -> None:
        """All answers of the round, the last one as far as it is known. Only the latest offer counts."""
        self._wanted = answers
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())

    async def choose(self, answers: Sequence[Answer], within_s: float) -> Chosen | None:
        """What to ask after these answers, the last one complete; None when the bank has nothing left.

        ``within_s`` is how long the candidate may still wait for it.
        """
        until = time.monotonic() + within_s
        self._wanted, self._ended = None, True
        try:
            async with asyncio.timeout(max(_GRADING_S, within_s - _VOICING_S)):
                findings = await self._find(answers)
        except TimeoutError:  # what was missed in the end is not known, but something can be asked
            findings = self._findings
        ranked = self._interviewer.rank(self._question, answers, findings, self._tier)
        if not ranked:
            return None
        chosen = await self._ready(answers, findings, ranked, until)
        return replace(chosen, choice=_choice(chosen, findings, ranked))

    async def _ready(
        self, answers: Sequence[Answer], findings: Sequence[PointFinding], ranked: Sequence[FollowUp], until: float
    ) -> Chosen:
        """What can be asked by then."""
        best = ranked[0]
        # Should nothing be ready, the bank's words are: they are voiced while the model still writes.
        self._in_case = None if best.id in self._drafts else asyncio.create_task(self._voiced(best.text))
        if self._making == best and self._task is not None:
            await asyncio.wait({self._task}, timeout=max(0.0, until - time.monotonic()))
        self.close()
        made = {finding.point_id for finding in findings if finding.status is PointStatus.MET}
        for follow_up in ranked[:_DRAFTED]:
            draft = self._drafts.get(follow_up.id)
            # The first choice stands whatever it probes; another has to be after nothing that was said meanwhile.
            if draft is not None and (follow_up == best or made.isdisjoint(follow_up.probes)):
                chosen = self._interviewer.checked(draft.chosen, self._question, follow_up, answers, findings)
                if chosen.source == "llm":
                    return chosen
        written_by, draft = until - _VOICING_S, self._drafts.get(best.id)
        tried = draft is not None and draft.passage is not None
        chosen = Chosen(best.id, best.text, "bank", "no phrasing was ready")
        if not tried and not self._crowded() and self._interviewer.usual_s <= written_by - time.monotonic():
            passage = await self._interviewer.passage(self._question, best, answers)
            left = written_by - time.monotonic()
            chosen = await self._interviewer.phrase(self._question, best, passage, answers, findings, self._manner, left)
        if chosen.source == "bank" and self._in_case is not None:
            await self._in_case
        return chosen

    def close(self) -> None:
        """Stops drafting."""
        if self._task is not None:
            self._task.cancel()

    async def _work(self) -> None:
        while (answers := self._wanted) is not None:
            self._wanted = None
            findings = self._findings = await self._find(answers)
            bare = self._crowded() or len(answers[-1].transcript.words) < _FEWEST_WORDS
            ranked = self._interviewer.rank(self._question, answers, findings, self._tier)
            for follow_up in ranked[: 1 if bare else _DRAFTED]:
                passage = None if bare else await self._interviewer.passage(self._question, follow_up, answers)
                if self._ended:
                    return
                await self._draft(follow_up, passage, answers, findings)
                if self._wanted is not None:  # more was said, and the first choice may be another
                    break

    async def _draft(
        self, follow_up: FollowUp, passage: str | None, answers: Sequence[Answer], findings: Sequence[PointFinding]
    ) -> None:
        draft = self._drafts.get(follow_up.id)
        if draft is not None and draft.passage == passage:
            return
        self._making = follow_up
        chosen = await self._interviewer.phrase(
            self._question, follow_up, passage, answers, findings, self._manner, _PATIENCE_S
        )
        await self._voiced(chosen.text)
        self._drafts[follow_up.id] = Draft(follow_up, passage, chosen)
        self._making = None

    async def _voiced(self, text: str) -> None:
        with contextlib.suppress(SpeakerError):  # it will be said in writing, with a notice
            await self._voice(text)


def _choice(chosen: Chosen, findings: Sequence[PointFinding], ranked: Sequence[FollowUp]) -> Choice:
    known = {finding.point_id: finding.status for finding in findings}
    asked = next(follow_up for follow_up in ranked if follow_up.id == chosen.follow_up_id)
    contradicted = any(known.get(name) is PointStatus.CONTRADICTED for name in asked.probes)
    move = "challenge" if contradicted else "deepen" if asked.deeper else "probe"
    between = tuple(follow_up.id for follow_up in ranked[:_DRAFTED])
    return Choice(move, chosen.source, chosen.anchor, between, tuple(known.items()))
