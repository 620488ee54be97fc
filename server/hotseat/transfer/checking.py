"""Validates an import before anything is stored: in a scratch database, every log is replayed and every page built."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from pydantic import ValidationError

from hotseat.clock import Clock
from hotseat.domain.endpointing import AudioSpan
from hotseat.domain.model import Grade, Word
from hotseat.errors import InputError
from hotseat.practice.agenda import Agenda
from hotseat.practice.due import Practice
from hotseat.practice.preparation import Preparation
from hotseat.practice.trends import progress
from hotseat.questions.library import Library
from hotseat.review.reviews import Reviews
from hotseat.review.rounds import Rounds
from hotseat.session import session
from hotseat.session.eventlog import decode_event, decode_grade, decode_plan
from hotseat.session.events import Event, RoundGraded, Transcribed
from hotseat.session.phases import State
from hotseat.session.summary import summary
from hotseat.settings import InterviewSettings
from hotseat.speech.audio import SAMPLE_RATE
from hotseat.storage.rows import Row, Rows, Scope
from hotseat.storage.storage import Storage
from hotseat.strict_model import first_error
from hotseat.transfer.document import MAX_SAMPLES, Recording

_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_RATINGS = range(1, 5)
_LONGEST_S = MAX_SAMPLES / SAMPLE_RATE
"""Longest answer, in seconds: the review has an entry for every few seconds."""
_MOST_WORDS = 36_000
"""Most words of an answer: ten a second for an hour."""
_LATEST = 4_102_444_800.0
"""The year 2100, in seconds since the epoch."""


async def checked_rows(scratch: Storage, library: Library, clock: Clock, recordings: Sequence[Recording]) -> Rows:
    """All rows of the scratch database, with each summary computed from its log. Raises InputError for rows that a page, or the
    server's next start, would fail on."""
    rows = await scratch.tables.read(Scope())
    logs: dict[str, list[Row]] = {}
    for event in rows.tables["events"]:
        logs.setdefault(event["interview_id"], []).append(event)
    states = {row["id"]: _state(row, logs.get(row["id"], [])) for row in rows.tables["interviews"]}
    _check_turns(states, recordings)
    _check_ratings(rows.tables["ratings"])
    _check_regrades(rows.tables["regrades"])
    interviews = [
        # Leased to a process that doesn't exist, so that pending work is found as for an orphaned interview.
        {**row, "summary": summary(states[row["id"]]), "replica": "import"}
        for row in rows.tables["interviews"]
    ]
    checked = replace(rows, tables={**rows.tables, "interviews": interviews})
    # Now the scratch database holds what will be stored.
    await scratch.tables.erase(Scope())
    await scratch.tables.add(checked)
    await _try_pages(scratch, library, clock, checked)
    return checked


async def _try_pages(scratch: Storage, library: Library, clock: Clock, rows: Rows) -> None:
    """Builds every page, and every card: from the ratings, and from the grades.

    Raises InputError naming the table of what can't be shown.
    """
    store = scratch.store
    shown = Reviews(Rounds(store, library.bank, store.load_state), scratch.archive)
    practice = Practice(store, clock, library.bank)
    await _try("tables.ratings", practice.recompute(rows.tables["ratings"]))
    for row in rows.tables["interviews"]:
        await _try(f"tables.interviews: {row['id']}", shown.review(row["id"]))
        await _try(f"tables.events: {row['id']}", practice.rate_interview(row["id"]))
    for owner in {row["owner"] for name in ("assessments", "settings", "interviews") for row in rows.tables[name]}:
        preparation = Preparation(store, clock, library, owner)
        await _try("tables.assessments", preparation.assessments())
        await _try("tables.settings", preparation.plan())
        await _try("tables.settings", preparation.checkpoints())
        await _try("tables.interviews", progress(store, clock, library, owner))
        await _try("tables.ratings", Agenda(preparation, practice, InterviewSettings()).today())


async def _try(place: str, work: Awaitable[object]) -> None:
    try:
        await work
    except Exception as error:  # the page would fail with it, too
        raise InputError(f"{place}: can't be shown: {type(error).__name__}: {error}") from None


def _state(row: Row, log: Sequence[Row]) -> State:
    """The interview's state after its log. Raises InputError."""
    place = f"tables.interviews: {row['id']!r:.40}"
    if not _ID.fullmatch(row["id"]):
        raise InputError(f"{place} is not an interview id")
    if not _is_date(row["created"]) or not isinstance(row["options"], dict):
        raise InputError(f"{place} has no date or no options")
    if [event["seq"] for event in log] != list(range(len(log))):
        raise InputError(f"{place} has gaps in its log")
    if not all(_is_date(event["wall"]) and _is_date(event["monotonic"]) for event in log):
        raise InputError(f"{place} has an event with an impossible time")
    with _naming(place):
        try:
            history = tuple((decode_event(event["type"], event["payload"]), event["monotonic"]) for event in log)
        except KeyError as error:
            raise InputError(f"{place}: its log has an event of an unknown type: {error}") from None
        for event, _ in history:
            _check_extent(event)
        plan = decode_plan(row["plan"])
        state = session.replay(plan, history)
        if any(isinstance(event, RoundGraded) and event.round not in range(len(plan.rounds)) for event, _ in history):
            raise ValueError("its log grades a round that it does not have")
        return state


def _check_extent(event: Event) -> None:
    """Raises ValueError for an answer too long to be shown."""
    if isinstance(event, RoundGraded):
        _check_quotes(event.grade)
    if isinstance(event, Transcribed):
        spans: tuple[Word | AudioSpan, ...] = (*event.transcript.words, *event.speech)
        if any(abs(at) > _LONGEST_S for at in (event.duration_s, *(at for span in spans for at in (span.start, span.end)))):
            raise ValueError(f"an answer is longer than {_LONGEST_S:.0f} seconds")


def _check_quotes(grade: Grade) -> None:
    """Raises ValueError."""
    quotes = [finding.evidence for finding in grade.findings if finding.evidence is not None]
    if not all(0 <= quote.word_start <= quote.word_end <= _MOST_WORDS for quote in quotes):
        raise ValueError(f"a grade quotes words that no answer has; it may have {_MOST_WORDS}")


def _check_regrades(rows: Sequence[Row]) -> None:
    """Raises InputError."""
    for row in rows:
        with _naming(f"tables.regrades: {row['interview_id']}"):
            _check_quotes(decode_grade(row["grade"]))


@contextmanager
def _naming(place: str) -> Iterator[None]:
    """Turns ValueError and ValidationError into InputError that names the place."""
    try:
        yield
    except ValidationError as error:
        raise InputError(f"{place}: {first_error(error)}") from None
    except ValueError as error:
        raise InputError(f"{place}: {error}") from None


def _check_turns(states: Mapping[str, State], recordings: Sequence[Recording]) -> None:
    """Raises InputError for audio of a turn that the interview doesn't have."""
    for recording in recordings:
        state = states[recording.interview_id]
        turns = {*(answer.turn_id for answer in state.progress.answers), session.turn_of(state)}
        if recording.turn_id not in turns:
            raise InputError(f"{recording.file}: interview {recording.interview_id} has no turn {recording.turn_id}")


def _check_ratings(rows: Sequence[Row]) -> None:
    """Raises InputError."""
    for row in rows:
        given = row["ratings"]
        rated = isinstance(given, dict) and all(type(value) is int and value in _RATINGS for value in given.values())
        if not rated or not _is_date(row["at"]):
            raise InputError(f"tables.ratings: {row['interview_id']} {row['round']}: has no date, or ratings other than 1 to 4")


def _is_date(seconds: float) -> bool:
    return 0 <= seconds <= _LATEST
