"""Writes finished interviews with their whole logs into a store, for pages about the past."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from hotseat.domain.endpointing import AudioSpan
from hotseat.domain.model import Evidence, Grade, PointFinding, PointStatus, Question, Transcript, Verdict, Word
from hotseat.grading.scoring import criterion_results, verdict_of
from hotseat.session import events, session
from hotseat.session.eventlog import encode_event, encode_plan
from hotseat.session.phases import Plan, RoundPlan
from hotseat.session.records import LOCAL, InterviewRecord, LoggedEvent
from hotseat.session.summary import summary
from hotseat.storage.store import SqlStore

from tests.support.fakes import BANK

Statuses = Mapping[str, PointStatus]
Log = tuple[tuple[events.Event, float], ...]
DAY_S = 86_400.0
PACE_S = 0.4
"""Seconds a word."""
PAUSED = (AudioSpan(1.0, 10.0), AudioSpan(13.0, 31.0))
"""Where speech was heard: with one long pause."""


def said(text: str) -> Transcript:
    """The text as spoken words, two and a half a second."""
    return Transcript(tuple(Word(word, n * PACE_S, n * PACE_S + 0.9 * PACE_S, 0.9) for n, word in enumerate(text.split())))


def grade_of(question: Question, statuses: Statuses, words: Sequence[Word], fallback: bool) -> Grade:
    """A grade with these statuses, each quoting three words of the answer in its first turn."""

    def finding(point_id: str, number: int) -> PointFinding:
        status = statuses.get(point_id, PointStatus.NOT_MET)
        if status is PointStatus.NOT_MET:
            return PointFinding(point_id, status)
        first = min(3 * number, len(words) - 3)
        quoted = words[first : first + 3]
        quote = " ".join(word.text for word in quoted)
        return PointFinding(point_id, status, Evidence(quote, quoted[0].start, quoted[-1].end, first, first + 3, 1))

    findings = {point.id: finding(point.id, number) for number, point in enumerate(question.points)}
    return Grade(
        question.id,
        verdict_of(question, findings),
        criterion_results(question, findings),
        "embedded",
        rubric_version=question.rubric_version,
        fallback=fallback,
    )


async def sat(
    store: SqlStore,
    interview_id: str,
    created: float,
    rounds: Sequence[tuple[Question, Statuses | None]],
    *,
    fallback: bool = False,
    owner: str = LOCAL,
) -> None:
    """An interview whose rounds were answered with their model answers and graded so; where there is None, nothing was said."""
    plan, log = _log(rounds, fallback)
    logged = [LoggedEvent(n, at, created + at, *encode_event(event)) for n, (event, at) in enumerate(log)]
    record = replace(_record(interview_id, created, plan, log), owner=owner)
    await store.create(record)
    await store.append(interview_id, logged, record.summary)


def _log(rounds: Sequence[tuple[Question, Statuses | None]], fallback: bool) -> tuple[Plan, Log]:
    plan = Plan(tuple(RoundPlan(question.id, question.prompt, question.time_limit_s, follow_ups=0) for question, _ in rounds))
    log: list[tuple[events.Event, float]] = [(events.StartPressed(), 0.0)]
    now = 0.0
    for number, (question, statuses) in enumerate(rounds):
        transcript = said("" if statuses is None else question.model_answer)
        turn_id, seconds = number + 1, transcript.words[-1].end + 0.5 if transcript.words else 6.0
        if statuses is None:
            grade = Grade(question.id, Verdict.NOT_ASSESSABLE, (), "embedded")
        else:
            grade = grade_of(question, statuses, transcript.words, fallback)
        log += [
            (events.PlaybackDone(turn_id), now + 5),
            (events.SpeechStarted(turn_id), now + 7),
            (events.DonePressed(turn_id), now + 7 + min(seconds, question.time_limit_s - 1)),
            (events.Transcribed(turn_id, transcript, seconds, speech=PAUSED), now + 8 + seconds),
            (events.RoundGraded(number, grade), now + 9 + seconds),
        ]
        now += 20 + seconds
    return plan, tuple(log)


def _record(interview_id: str, created: float, plan: Plan, log: Log) -> InterviewRecord:
    title = BANK.question(plan.rounds[0].question_id).title if len(plan.rounds) == 1 else "Full mock"
    return InterviewRecord(
        interview_id, created, "drill", title, {}, encode_plan(plan), summary(session.replay(plan, log)), LOCAL
    )


def some_met(question: Question, share: float, chance: random.Random) -> Statuses:
    """Each point met with this probability, else now and then contradicted."""
    return {
        point.id: PointStatus.MET
        if chance.random() < share
        else PointStatus.CONTRADICTED
        if chance.random() < 0.1
        else PointStatus.NOT_MET
        for point in question.points
    }


async def many(store: SqlStore, count: int, until: float, seed: int = 0) -> None:
    """So many interviews of one to eleven rounds over the year before ``until``, getting better all the while; without logs."""
    chance = random.Random(seed)
    for number in range(count):
        share = 0.25 + 0.5 * number / count
        created = until - DAY_S * 364 * (1 - (number + 1) / count) ** 1.2 - chance.random() * 3600
        questions = chance.sample(BANK.questions, chance.choice((1, 1, 1, 5, 11)))
        rounds = [(question, some_met(question, share, chance)) for question in questions]
        await store.create(_record(f"past{number:04d}", created, *_log(rounds, chance.random() < 0.08)))
