"""Changes to an interview once it is over: notes, corrections, disputes, yes or no to points not sure, and later grades.

The latest grade of a round counts. Everything is stored beside the log, so that the transcript and earlier grades are kept.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, field
from weakref import WeakValueDictionary

from hotseat.background import in_background
from hotseat.clock import Clock
from hotseat.domain.corrections import Change, Correction, corrections_in_force, outcome, why_not
from hotseat.domain.evidence import evidence_between
from hotseat.domain.model import Grade, PointFinding, PointStatus
from hotseat.errors import GraderError, InputError
from hotseat.grading import disputes
from hotseat.grading.clauses import excerpt, in_whole_clauses
from hotseat.grading.disputes import CANDIDATE, UPHELD, Claim
from hotseat.grading.graders import Graders
from hotseat.practice.due import Practice
from hotseat.review.rounds import Round, Rounds
from hotseat.review.view import ungraded
from hotseat.server_status import ServerStatus
from hotseat.session.eventlog import decode_grade, encode_grade
from hotseat.session.records import Note, Regrade, RegradeKind


@dataclass(slots=True, eq=False)
class Amending:
    """Every method raises StorageError, InputError if the change isn't possible, MissingError if what it names doesn't exist.

    Rounds are numbered from 1; ``by`` is the name of the account that makes the change.
    """

    rounds: Rounds
    clock: Clock
    practice: Practice
    graders: Graders
    status: ServerStatus
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary, init=False)

    async def note(self, interview_id: str, number: int, text: str) -> None:
        """Stores the note on a round in place of the one before."""
        entry = await self.rounds.find(interview_id, number)
        await self.rounds.store.keep_note(interview_id, Note(entry.index, text, self.clock.wall()))

    async def correct(self, interview_id: str, turn_id: int, word: int, change: Change, text: str, by: str) -> None:
        """Stores a correction of one word (by index). It changes no grade until ``grade_again``."""
        async with self._lock(interview_id):
            answer = await self.rounds.answer(interview_id, turn_id)
            entry = await self._round(interview_id, answer.round + 1)
            now = corrections_in_force(entry.amendments.corrections).get((turn_id, word))
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
                made=self.clock.wall(),
                by=by,
            )
            await self.rounds.store.amend(interview_id, made)

    async def grade_again(self, interview_id: str, number: int, by: str) -> None:
        """Grades a round with its corrections.

        A finding that a dispute or the candidate decided is kept if the new grade finds the point not met or not sure.
        """
        async with self._lock(interview_id):
            entry = await self._round(interview_id, number)
            if not ungraded(entry.corrections, entry.regrades):
                raise InputError("Every correction has been graded already.")
            # Before grading, so that a correction made meanwhile counts as not graded yet.
            made = self.clock.wall()
            assert self.graders.in_use is not None
            try:
                grade = await self.graders.in_use.grade(entry.question, entry.amended)
            except GraderError as error:
                raise InputError(f"It could not be graded: {error}") from error
            settled = _settled(entry, grade)
            grade = disputes.with_findings(entry.question, grade, settled) if settled else grade
            in_force = corrections_in_force(entry.corrections).values()
            reason = ", ".join(f"“{_original(entry, c)}” to “{c.text}”" for c in in_force) or "all corrections taken back"
            regrade = Regrade(entry.index, RegradeKind.CORRECTED, reason, encode_grade(grade), {}, made, by)
            await self._keep(interview_id, entry, regrade)

    async def dispute(self, interview_id: str, number: int, claim: Claim, by: str) -> None:
        """Rules on the candidate's claim that a passage makes a point, and stores the ruling."""
        async with self._lock(interview_id):
            entry = await self._round(interview_id, number)
            answers = entry.amended
            if entry.grade is None:
                raise InputError("This question wasn’t graded, so there is no point to answer.")
            point = next((point for point in entry.question.points if point.id == claim.point_id), None)
            if refusal := disputes.why_not(answers, point, entry.grade, claim):
                raise InputError(refusal)
            claim = disputes.in_whole_clauses(claim, answers)
            made = self.clock.wall()
            if self.graders.embedded is None:
                raise InputError("This server can’t check the passage again: its reader isn’t loaded.")
            ruling = await in_background(disputes.rule, self.graders.embedded.reader, entry.question, answers, claim)
            grade = entry.grade_with({claim.point_id: ruling.finding}) if ruling.upheld else entry.grade
            [named] = [excerpt(answer, claim.span) for answer in answers if answer.turn_id == claim.turn_id]
            kept = {**asdict(claim), "quote": named.transcript.text, "upheld": ruling.upheld, "why": ruling.reason}
            regrade = Regrade(entry.index, RegradeKind.DISPUTED, "", encode_grade(grade), kept, made, by)
            await self._keep(interview_id, entry, regrade)

    async def answer(self, interview_id: str, number: int, point_id: str, said: bool, by: str) -> None:
        """Stores the candidate's yes or no about a point that is not sure; they may change it later."""
        async with self._lock(interview_id):
            entry = await self._round(interview_id, number)
            finding = disputes.answered(entry.grade, point_id, said) if entry.grade is not None else None
            if finding is None or finding.evidence is None:
                raise InputError("Only a point we’re not sure about is answered with yes or no.")
            evidence = finding.evidence
            [heard] = [one for one in entry.amended if one.turn_id == evidence.turn_id]
            passage = Claim(point_id, evidence.turn_id, evidence.word_start, evidence.word_end)
            kept = {**asdict(passage), "quote": in_whole_clauses(heard, evidence).quote, "said": said}
            grade = encode_grade(entry.grade_with({point_id: finding}))
            regrade = Regrade(entry.index, RegradeKind.ANSWERED, "", grade, kept, self.clock.wall(), by)
            await self._keep(interview_id, entry, regrade)

    def _lock(self, interview_id: str) -> asyncio.Lock:
        """Allows one change of an interview at a time: a change depends on those before it."""
        return self._locks.setdefault(interview_id, asyncio.Lock())

    async def _keep(self, interview_id: str, entry: Round, regrade: Regrade) -> None:
        """Stores the grade, which counts from now on, and rates its points anew for practice."""
        await self.rounds.store.amend(interview_id, regrade)
        grade = decode_grade(regrade.grade)
        await self.practice.rate_round(interview_id, entry.owner, entry.progress, entry.index, grade)

    async def _round(self, interview_id: str, number: int) -> Round:
        """A round that can be graded again. Raises InputError until its first grade is there, or if its rubric is gone."""
        entry = await self.rounds.find(interview_id, number)
        if entry.first_grade is None:
            raise InputError("This question isn’t graded yet. Try again once its grade is there.")
        if not entry.question.has_rubric:
            raise InputError("This question is no longer in the bank, so there is no rubric to grade it by again.")
        if not self.status.is_ready:
            raise InputError("The models are still loading; try again in a moment.")
        return entry


def _settled(entry: Round, grade: Grade) -> dict[str, PointFinding]:
    """Findings that disputes or the candidate decided, for the points that ``grade`` finds not met or not sure.

    Quotes are of the corrected transcript.
    """
    is_open = {f.point_id for f in grade.findings if f.status in (PointStatus.NOT_MET, PointStatus.NOT_SURE)}
    answers = {answer.turn_id: answer for answer in entry.amended}
    settled: dict[str, PointFinding] = {}
    for ruling in (regrade.ruling for regrade in entry.regrades):
        if ruling.get("point_id") in is_open and (ruling.get("upheld") or "said" in ruling):
            span = ruling["word_start"], ruling["word_end"]
            quote = evidence_between(answers[ruling["turn_id"]].transcript, *span, ruling["turn_id"])
            status = PointStatus.MET if ruling.get("said", True) else PointStatus.NOT_MET
            note = CANDIDATE if "said" in ruling else UPHELD
            settled[ruling["point_id"]] = PointFinding(ruling["point_id"], status, quote, note)
    return settled


def _original(entry: Round, correction: Correction) -> str:
    """The word before any correction."""
    [answer] = [answer for answer in entry.answers if answer.turn_id == correction.turn_id]
    return answer.transcript.words[correction.word].text
