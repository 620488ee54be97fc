"""What the candidate adds once an interview is over: notes, corrections of misheard words, disputes, and the grades after them.

The grade of the interview stays the one that counts; what was said is never overwritten. Everything here is stored beside it.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from typing import Any
from weakref import WeakValueDictionary

from server.core.corrections import Change, Correction, corrected, outcome, standing, why_not
from server.core.domain import Answer, Grade, PointFinding, PointStatus, Question
from server.core.evidence import evidence_between
from server.core.sentences import Sentences
from server.errors import GraderError, InputError, MissingError, SpeakerError
from server.grading import disputes
from server.grading.disputes import Claim
from server.grading.quoting import cut
from server.ports import Afterwards, Note, Regrade, Voice
from server.review.view import ungraded
from server.room.eventlog import decode_grade, encode_grade
from server.room.interviews import Interviews
from server.services import Services

I_DID = "I did say this."
_PAUSE_S = 0.25
"""Between the sentences of a question read aloud again."""


@dataclass(frozen=True, slots=True)
class _Round:
    """One round with what was added to it."""

    index: int
    question: Question
    answers: tuple[Answer, ...]
    """As they were heard."""
    grade: Grade | None
    """The one that counts."""
    afterwards: Afterwards
    """Of the whole interview."""

    @property
    def amended(self) -> list[Answer]:
        """The answers as corrected."""
        in_force = standing(self.afterwards.corrections)
        return [corrected(answer, in_force) for answer in self.answers]

    @property
    def regrades(self) -> list[Regrade]:
        return [entry for entry in self.afterwards.regrades if entry.round == self.index]

    @property
    def latest(self) -> Grade | None:
        """The newest grade, amended or not."""
        return decode_grade(self.regrades[-1].grade) if self.regrades else self.grade


class Amending:
    """Every method raises StorageError, InputError for what can't be done, and MissingError for what there isn't."""

    def __init__(self, services: Services, interviews: Interviews) -> None:
        self._services = services
        self._interviews = interviews
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def note(self, interview_id: str, number: int, text: str) -> None:
        """Keeps the note of a round; ``number`` counts from 1."""
        found = await self._interviews.load(interview_id)
        if found is None or not 1 <= number <= len(found[1].progress.plan.rounds):
            raise MissingError("there is no such round of an interview")
        await self._services.store.keep_note(interview_id, Note(number - 1, text, self._services.clock.wall()))

    async def correct(self, interview_id: str, turn_id: int, word: int, change: Change, text: str, by: str) -> None:
        """Records a correction of one word. No grade changes by it; that is ``grade_again``."""
        async with self._alone(interview_id):
            index = await self._round_of(interview_id, turn_id)
            entry = await self._round(interview_id, index)
            [answer] = [answer for answer in entry.answers if answer.turn_id == turn_id]
            now = standing(entry.afterwards.corrections).get((turn_id, word))
            current = None if now is None else now.text
            if reason := why_not(answer.transcript, word, change, text, current):
                raise InputError(reason)
            stored = answer.transcript.words[word]
            made = Correction(
                turn_id,
                word,
                change,
                before=stored.text if current is None else current,
                text=outcome(stored, change, text),
                made=self._services.clock.wall(),
                by=by,
            )
            await self._services.store.add_correction(interview_id, made)

    async def grade_again(self, interview_id: str, number: int, by: str) -> None:
        """Grades a round as corrected. Points won by dispute stay won."""
        async with self._alone(interview_id):
            entry = await self._round(interview_id, number - 1)
            corrections = [c for c in entry.afterwards.corrections if c.turn_id in {a.turn_id for a in entry.answers}]
            if not ungraded(corrections, entry.regrades):
                raise InputError("There is no correction that has not been graded yet.")
            # The moment before grading, so that a correction made meanwhile is not taken for one that was graded.
            now = self._services.clock.wall()
            assert self._services.grader is not None
            try:
                grade = await self._services.grader.grade(entry.question, entry.amended)
            except GraderError as error:
                raise InputError(f"It could not be graded: {error}") from error
            upheld = _upheld(entry, grade)
            grade = disputes.decided(entry.question, grade, upheld) if upheld else grade
            in_force = standing(corrections).values()
            reason = ", ".join(f"“{_original(entry, c)}” to “{c.text}”" for c in in_force) or "all corrections taken back"
            await self._keep(interview_id, entry, "corrected", reason, grade, {}, now, by)

    async def dispute(self, interview_id: str, number: int, claim: Claim, reason: str, by: str) -> None:
        """Looks again at one point where the candidate says it was made."""
        async with self._alone(interview_id):
            entry = await self._round(interview_id, number - 1)
            before, answers = entry.latest, entry.amended
            if before is None:
                raise InputError("This question was not graded, so there is no point to dispute.")
            point = next((point for point in entry.question.points if point.id == claim.point_id), None)
            if refusal := disputes.why_not(answers, point, before, claim):
                raise InputError(refusal)
            claim = disputes.whole(claim, answers)
            now = self._services.clock.wall()
            assert self._services.disputes is not None
            ruling = await self._services.disputes.hear(entry.question, answers, claim)
            upheld = ruling.upheld
            grade = disputes.decided(entry.question, before, {claim.point_id: ruling.finding}) if upheld else before
            [named] = [cut(answer, claim.span) for answer in answers if answer.turn_id == claim.turn_id]
            kept = {
                **asdict(claim),
                "quote": named.transcript.text,
                "upheld": upheld,
                "why": ruling.reason,
            }
            await self._keep(interview_id, entry, "disputed", reason.strip() or I_DID, grade, kept, now, by)

    async def asked(self, interview_id: str, turn_id: int) -> Voice:
        """What the interviewer said in a turn, spoken anew. Raises SpeakerError where there is no voice."""
        found = await self._interviews.load(interview_id)
        answers = found[1].progress.answers if found is not None else ()
        text = next((answer.asked for answer in answers if answer.turn_id == turn_id), None)
        if text is None:
            raise MissingError("there is no such turn")
        return await spoken(self._services, text)

    async def recording(self, interview_id: str, turn_id: int) -> bytes:
        """The turn's PCM16, empty where there is none."""
        return await asyncio.to_thread(self._services.archive.read, interview_id, turn_id)

    def _alone(self, interview_id: str) -> asyncio.Lock:
        """One change of an interview at a time, so that a grade is never made of half of what came before it."""
        return self._locks.setdefault(interview_id, asyncio.Lock())

    async def _keep(
        self,
        interview_id: str,
        entry: _Round,
        kind: str,
        reason: str,
        grade: Grade,
        ruling: dict[str, Any],
        made: float,
        by: str,
    ) -> None:
        regrade = Regrade(entry.index, kind, reason, encode_grade(grade), ruling, made, by)
        await self._services.store.add_regrade(interview_id, regrade)

    async def _round_of(self, interview_id: str, turn_id: int) -> int:
        found = await self._interviews.load(interview_id)
        answers = found[1].progress.answers if found is not None else ()
        index = next((answer.round for answer in answers if answer.turn_id == turn_id), None)
        if index is None:
            raise MissingError("there is no such turn of an interview")
        return index

    async def _round(self, interview_id: str, index: int) -> _Round:
        """Raises InputError while its first grade is outstanding or its rubric is gone."""
        found = await self._interviews.load(interview_id)
        if found is None or not 0 <= index < len(found[1].progress.plan.rounds):
            raise MissingError("there is no such round of an interview")
        progress = found[1].progress
        graded = next((item for item in progress.grades if item.round == index), None)
        question = progress.plan.rounds[index].question_in(self._services.bank)
        if graded is None:
            raise InputError("This question is not graded yet. Correct or dispute it once its first grade is there.")
        if not question.has_rubric:
            raise InputError("This question is no longer in the bank, so there is no rubric to grade it by again.")
        if not self._services.ready:
            raise InputError("The models are still loading; try again in a moment.")
        afterwards = await self._services.store.afterwards(interview_id)
        return _Round(index, question, progress.answers_of(index), graded.grade, afterwards)


async def spoken(services: Services, text: str) -> Voice:
    """Text read aloud by the interviewer's voice. Raises SpeakerError where there is none."""
    splitter = Sentences()
    voices: list[Voice] = []
    for sentence in [*splitter.feed(text), *splitter.flush()]:
        if services.voice is None:
            raise SpeakerError("The voice is still loading; try again in a moment.")
        voice = await services.voice.speak(sentence)
        if voice is None:
            raise SpeakerError("There is no voice on this server to read it aloud with. The words are on the page.")
        voices.append(voice)
    if not voices:
        raise SpeakerError("There is nothing to read aloud.")
    rate = voices[0].sample_rate
    pause = b"\0\0" * int(rate * _PAUSE_S)
    return Voice(pause.join(voice.pcm for voice in voices), rate)


def _upheld(entry: _Round, grade: Grade) -> dict[str, PointFinding]:
    """Findings that disputes won and this grade lacks, quoted as the words now are."""
    missing = {finding.point_id for finding in grade.findings if finding.status is PointStatus.NOT_MET}
    answers = {answer.turn_id: answer for answer in entry.amended}
    won: dict[str, PointFinding] = {}
    for ruling in (regrade.ruling for regrade in entry.regrades if regrade.ruling.get("upheld")):
        if ruling["point_id"] in missing:
            quote = evidence_between(
                answers[ruling["turn_id"]].transcript, ruling["word_start"], ruling["word_end"], ruling["turn_id"]
            )
            won[ruling["point_id"]] = PointFinding(ruling["point_id"], PointStatus.MET, quote, "found on dispute")
    return won


def _original(entry: _Round, correction: Correction) -> str:
    [answer] = [answer for answer in entry.answers if answer.turn_id == correction.turn_id]
    return answer.transcript.words[correction.word].text
