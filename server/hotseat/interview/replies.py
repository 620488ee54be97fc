"""Chooses what one interview asks next.

While the candidate speaks, the moves that fit best so far are synthesised in advance, so that one can be heard as soon as they
stop. The move to ask is chosen only once the whole answer has been read.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from hotseat.domain.acts import Act
from hotseat.domain.claims import claims
from hotseat.domain.model import Answer, Bank, Choice, FollowUp, Move, PointFinding, PointStatus, Question, Source, Transcript
from hotseat.grading.graders import Graders
from hotseat.grading.scoring import implied
from hotseat.interview.bank_interviewer import Interviewer
from hotseat.interview.callbacks import contradiction
from hotseat.interview.chosen import Chosen
from hotseat.interview.llm_interviewer import Situation, Speak
from hotseat.interview.voice_out import VoiceOut
from hotseat.session import moves
from hotseat.session.phases import Progress, Utterance
from hotseat.telemetry.logs import failed
from hotseat.telemetry.metrics import Metrics

log = logging.getLogger(__name__)

_PREPARED = 2
"""Moves synthesised in advance: the last words of an answer often make the first one's point."""
_RECORDED = 3
"""Best-ranked moves recorded with a choice."""


@dataclass(slots=True, eq=False)
class Replies:
    """One interview's follow-ups. A draft is the moves synthesised in advance; at most one is being made."""

    interviewer: Interviewer
    graders: Graders
    bank: Bank
    metrics: Metrics
    tier: int
    manner: str
    voice: VoiceOut
    _words: int = field(default=0, init=False)
    """Words of the open answer that the latest draft was made for."""
    _wanted: Sequence[Answer] | None = field(default=None, init=False)
    """The round's answers to draft for next, the last one as far as it is known; None if there is nothing new."""
    _drafting: asyncio.Task[None] | None = field(default=None, init=False)

    def on_words(self, question: Question, progress: Progress, utterance: Utterance, committed: str) -> None:
        """Drafts anew: ``committed`` is the final text so far of the open answer, to ``utterance``."""
        words = len(committed.split())
        if progress.asked >= progress.current.follow_ups or words == self._words:
            return
        self._words = words
        alone = Answer.alone(question, Transcript.of_typed(committed))
        open_answer = replace(
            alone, turn_id=utterance.turn_id, asked=utterance.text, follow_up_id=utterance.follow_up_id, round=progress.round
        )
        self._wanted = [*progress.answers_of(progress.round), open_answer]
        if self._drafting is None or self._drafting.done():
            self._drafting = asyncio.create_task(self._draft(question))

    async def choose(self, question: Question, progress: Progress, speak: Speak | None = None) -> Chosen | None:
        """The follow-up to the round's answers, the last of which is complete; None if no move is left that fits."""
        self.forget()
        try:
            chosen = await self._choose(question, progress, speak)
        except Exception as error:  # the bank's next move is asked
            failed(log, "choosing a follow-up", error)
            left = self.interviewer.rank(question, progress.round_answers, (), self.tier)
            chosen = self.interviewer.in_the_banks_words(question, left[0], (), ()) if left else None
        if chosen is None:
            return None
        if question.has_rubric and not (chosen.choice and chosen.choice.known):
            log.warning("a follow-up was chosen without findings about the answer")
            self.metrics.fell_back("findings")
        if self.interviewer.endpoint is not None and chosen.source is Source.BANK:
            self.metrics.fell_back("follow_up")
        return chosen

    async def _choose(self, question: Question, progress: Progress, speak: Speak | None) -> Chosen | None:
        answers = progress.round_answers
        findings = await self._find(question, answers)
        ranked = self.interviewer.rank(question, answers, findings, self.tier)
        if not ranked:
            return None
        chosen = self.interviewer.in_the_banks_words(question, ranked[0], answers, findings)
        if (endpoint := self.interviewer.endpoint) is not None:
            rounds = progress.plan.rounds
            earlier = claims((rounds[number].question_in(self.bank), grade) for number, grade in progress.graded)
            situation = Situation(question, self.manner, answers, findings, ranked, earlier, progress.left_s)
            chosen = await endpoint.ask(situation, chosen, partial(self._says, question), speak)
        choice = _choice(chosen, findings, ranked)
        if chosen.source is Source.BANK and choice.move is not Move.CHALLENGE:
            called_back = await contradiction(question, progress, choice, self._find)
            if called_back is not None:
                return called_back
        return replace(chosen, choice=choice)

    async def reword(self, question: Question, progress: Progress, asked: Utterance, act: Act, text: str) -> str:
        """What was asked, in the endpoint's words, if the candidate asks for others; "" if the bank's have to do."""
        endpoint = self.interviewer.endpoint
        if endpoint is None or not moves.says_it_differently(progress, asked, act, text):
            return ""
        answers, reworded = progress.round_answers, ""
        try:
            situation = Situation(question, self.manner, answers, await self._find(question, answers), ())
            reworded = await endpoint.reword(situation, asked.text, text, partial(self._says, question))
        except Exception as error:
            failed(log, "putting a question differently", error)
        if not reworded:
            self.metrics.fell_back("follow_up")
        return reworded

    async def prepare(self, progress: Progress) -> None:
        """Synthesises the start of the next question, if it comes right after this answer."""
        following = progress.plan.rounds[progress.round + 1 : progress.round + 2]
        if following and progress.asked >= progress.current.follow_ups:
            await self.voice.prepare(following[0].opening)

    def forget(self) -> None:
        """Drops the draft, before an answer and after it."""
        self._words = 0
        self._wanted = None
        if self._drafting is not None:
            self._drafting.cancel()
            self._drafting = None

    async def _draft(self, question: Question) -> None:
        try:
            while (answers := self._wanted) is not None:
                self._wanted = None
                findings = await self._find(question, answers)
                ranked = self.interviewer.rank(question, answers, findings, self.tier)
                for move in ranked[:_PREPARED]:
                    await self.voice.prepare(self.interviewer.in_the_banks_words(question, move, answers, findings).text)
        except Exception as error:  # ``choose`` doesn't depend on drafts
            failed(log, "drafting a follow-up", error)

    async def _says(self, question: Question, text: str) -> set[str]:
        """Ids of the points that a text makes, by the reader."""
        as_answer = Answer.alone(question, Transcript.of_typed(text))
        return {finding.point_id for finding in await self._find(question, [as_answer]) if finding.status is PointStatus.MET}

    async def _find(self, question: Question, answers: Sequence[Answer]) -> Sequence[PointFinding]:
        """The reader's findings about the answers; empty if it isn't loaded or failed, or the question has left the bank."""
        if not question.has_rubric or self.graders.embedded is None:
            return ()
        try:
            found = await asyncio.to_thread(self.graders.embedded.findings, question, answers)
        except Exception as error:
            failed(log, "reading an answer", error)
            return ()
        return tuple(implied(question, found).values())


def _choice(chosen: Chosen, findings: Sequence[PointFinding], ranked: Sequence[FollowUp]) -> Choice:
    known = tuple((finding.point_id, finding.status) for finding in findings)
    between = tuple(move.id for move in ranked[:_RECORDED])
    return Choice(chosen.move or ranked[0].move, chosen.source, chosen.anchor, between, known)
