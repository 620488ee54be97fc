"""What one interview asks next: worked out while the candidate speaks, and ready to be heard when they stop."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Sequence
from functools import partial

from hotseat.domain.model import Answer, PointFinding, Question, Transcript, Word
from hotseat.errors import SpeakerError
from hotseat.interview.drafting import Drafter
from hotseat.interview.interviewer import Chosen, Interviewer
from hotseat.interview.voice import VoiceOut
from hotseat.services import Services
from hotseat.session.phases import Progress, Utterance
from hotseat.telemetry.logs import failed

log = logging.getLogger(__name__)


class Replies:
    """Belongs to one interview; holds the open answer's drafts."""

    def __init__(self, services: Services, tier: int, voice: VoiceOut) -> None:
        assert services.interviewer is not None
        self._services = services
        self._interviewer: Interviewer = services.interviewer
        self._tier = tier
        self._manner = services.catalogue.manner(tier)
        self._voice = voice
        self._drafter: Drafter | None = None
        self._drafted = 0
        """Words of the open answer that drafting knows of."""
        self._ended_at: float | None = None
        """When the last answer ended."""

    def begin(self, question: Question) -> None:
        """A new answer is being given."""
        self.forget()
        self._ended_at = None
        self._drafter = self._new_drafter(question)

    def heard(self, progress: Progress, utterance: Utterance, committed: str) -> None:
        """More of the open answer is known for good."""
        words = committed.split()
        if self._drafter is None or progress.asked >= progress.current.follow_ups:
            return
        if len(words) == self._drafted:
            return
        self._drafted = len(words)
        open_answer = Answer(
            utterance.turn_id,
            progress.round,
            progress.current.question_id,
            utterance.text,
            utterance.follow_up_id,
            Transcript(tuple(Word(word, 0.0, 0.0) for word in words)),
            0.0,
            "done",
        )
        self._drafter.offer([*progress.answers_of(progress.round), open_answer])

    def ended(self) -> None:
        """The answer is over; from now on the candidate waits."""
        self._ended_at = self._services.clock.now()

    async def choose(self, question: Question, answers: Sequence[Answer]) -> Chosen | None:
        """The follow-up to these answers of one round, the last one complete; None when the bank has nothing left."""
        drafter = self._drafter or self._new_drafter(question)
        now = self._services.clock.now()
        waited = now - (self._ended_at if self._ended_at is not None else now)
        try:
            chosen = await drafter.choose(answers, max(0.0, self._interviewer.reply_s - waited))
        except Exception as error:
            failed(log, "choosing a follow-up", error)
            left = self._interviewer.rank(question, answers, (), self._tier)
            chosen = Chosen(left[0].id, left[0].text, "bank", "choosing failed") if left else None
        if chosen is not None and chosen.source == "bank":
            self._services.metrics.fell_back("follow_up")
        return chosen

    async def warm(self, progress: Progress, question: Question) -> None:
        """Makes ready for the end of the answer while the question is being asked, what is needed first first.

        A follow-up can be heard, should nothing be known of the answer in time; the language model has read its task, which it
        may take long to begin with while it is being loaded.
        """
        if progress.current.follow_ups:
            for follow_up in self._interviewer.rank(question, (), (), self._tier)[:1]:
                with contextlib.suppress(SpeakerError):
                    await self._voice.prepare(follow_up.text)
            if not self._services.quiet.crowded:  # else it is not asked, and reads at the cost of others' captions
                await self._interviewer.warm(self._manner)

    async def prepare(self, progress: Progress) -> None:
        """Makes the next question ready to be heard, if it comes right after this answer."""
        following = progress.plan.rounds[progress.round + 1 : progress.round + 2]
        if following and progress.asked >= progress.current.follow_ups:
            with contextlib.suppress(SpeakerError):  # it will be tried again when it is asked
                await self._voice.prepare(following[0].opening)

    def forget(self) -> None:
        """Drops the drafts."""
        self._drafted = 0
        if self._drafter is not None:
            self._drafter.close()

    def _new_drafter(self, question: Question) -> Drafter:
        return Drafter(
            self._interviewer,
            question,
            self._tier,
            self._manner,
            partial(self._find, question),
            self._voice.prepare,
            lambda: self._services.quiet.crowded,
        )

    async def _find(self, question: Question, answers: Sequence[Answer]) -> Sequence[PointFinding]:
        if not question.has_rubric:
            return ()
        grader = self._services.glance or self._services.embedded
        assert grader is not None
        try:
            return (await grader.grade(question, answers)).findings
        except Exception as error:
            failed(log, "the glance at what was missed", error)
            return ()
