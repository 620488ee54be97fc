"""What one interview asks next, prepared while the candidate speaks."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from functools import partial

from hotseat.domain.ledger import claims
from hotseat.domain.model import Answer, Bank, EndedBy, Move, PointFinding, Question, Source, Transcript, Word
from hotseat.errors import SpeakerError
from hotseat.grading.graders import Graders
from hotseat.grading.scoring import implied
from hotseat.interview.callbacks import contradiction
from hotseat.interview.chosen import Chosen
from hotseat.interview.drafting import Drafter
from hotseat.interview.endpoint import Speak
from hotseat.interview.interviewer import Interviewer
from hotseat.interview.voice import VoiceOut
from hotseat.session.phases import Progress, Utterance
from hotseat.telemetry.logs import failed
from hotseat.telemetry.metrics import Metrics

log = logging.getLogger(__name__)


class Replies:
    """Belongs to one interview; holds the open answer's drafts."""

    def __init__(
        self,
        interviewer: Interviewer,
        graders: Graders,
        bank: Bank,
        metrics: Metrics,
        tier: int,
        manner: str,
        voice: VoiceOut,
    ) -> None:
        self._interviewer = interviewer
        self._graders = graders
        self._bank = bank
        self._metrics = metrics
        self._tier = tier
        self._manner = manner
        self._voice = voice
        self._drafter: Drafter | None = None
        self._drafted = 0
        """Words of the open answer that drafting knows of."""

    def begin(self, question: Question) -> None:
        """A new answer is being given."""
        self.forget()
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
            EndedBy.DONE,
        )
        self._drafter.offer([*progress.answers_of(progress.round), open_answer])

    async def choose(self, question: Question, progress: Progress, speak: Speak | None = None) -> Chosen | None:
        """What to ask after the round's answers, the last one complete; None when nothing is left that fits."""
        try:
            chosen = await self._choose(question, progress, speak)
        except Exception as error:  # something is asked all the same
            failed(log, "choosing a follow-up", error)
            left = self._interviewer.rank(question, progress.round_answers, (), self._tier)
            chosen = self._interviewer.in_the_banks_words(question, left[0], (), ()) if left else None
        if chosen is None:
            return None
        if question.has_rubric and not (chosen.choice and chosen.choice.known):
            log.warning("a follow-up was chosen without knowing what the answer said")
            self._metrics.fell_back("findings")
        if self._interviewer.endpoint is not None and chosen.source is Source.BANK:
            self._metrics.fell_back("follow_up")
        return chosen

    async def _choose(self, question: Question, progress: Progress, speak: Speak | None) -> Chosen | None:
        drafter = self._drafter or self._new_drafter(question)
        questions = {number: entry.question_in(self._bank) for number, entry in enumerate(progress.plan.rounds)}
        graded = [(entry.round, entry.grade) for entry in progress.grades if entry.grade is not None]
        chosen = await drafter.choose(progress.round_answers, claims(graded, questions), progress.left_s, speak)
        if chosen is None or chosen.choice is None:
            return chosen
        if chosen.source is Source.BANK and chosen.choice.move is not Move.CHALLENGE:
            return await contradiction(question, progress, chosen.choice, self._find) or chosen
        return chosen

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
            self._interviewer.endpoint,
        )

    async def _find(self, question: Question, answers: Sequence[Answer]) -> Sequence[PointFinding]:
        """What the answers say, or nothing where that can't be known."""
        if not question.has_rubric or self._graders.embedded is None:
            return ()
        try:
            found = await asyncio.to_thread(self._graders.embedded.findings, question, answers)
        except Exception as error:
            failed(log, "reading what was said", error)
            return ()
        return tuple(implied(question, found).values())
