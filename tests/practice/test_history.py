"""Trends, days of practice, comparison of attempts, and lists of five hundred interviews."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hotseat.domain.model import PointStatus, Verdict
from hotseat.domain.practice import Assessment
from hotseat.practice import trends
from hotseat.practice.progress import AnsweredRound, measure
from hotseat.review.reviews import attempts_in
from hotseat.session.records import LOCAL, InterviewRecord
from hotseat.storage.store import SqlStore

from tests.support.fake_interview import LORA as CHOICES
from tests.support.fake_interview import QUIET, finish, sitting
from tests.support.fakes import BANK, fake_assembly
from tests.support.past_interviews import DAY_S, many, sat

LORA = BANK.question("finetuning/lora")
RAG = BANK.question("rag/core")
ALL_MET = {point.id: PointStatus.MET for point in LORA.points}
DAY = date(2026, 3, 2)
"""A Monday."""


def graded(day: date, verdict: str, aside: str | None = None, question_id: str = "rag/core") -> AnsweredRound:
    return AnsweredRound(day, question_id, verdict, aside)


# ---- Trends ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("span", "unit", "start"),
    [
        (0, "day", DAY + timedelta(days=3)),
        (45, "day", DAY + timedelta(days=3)),
        (46, "week", DAY),
        (730, "week", DAY),
        (731, "month", date(2026, 3, 1)),
    ],
)
def test_the_longer_the_history_the_longer_the_periods(span: int, unit: str, start: date) -> None:
    """Days, then weeks from Monday, then months."""
    found = trends.unit_for(DAY, DAY + timedelta(days=span))
    assert found == unit
    assert trends.start_of(DAY + timedelta(days=3), found) == start


def test_a_level_is_the_mean_of_the_latest_five_that_count() -> None:
    """Stand-in grades and those that could not be assessed are counted, and change nothing."""
    rounds = [graded(DAY, "No Hire")] * 5 + [
        graded(DAY + timedelta(days=1), "Strong Hire", "fallback"),
        graded(DAY + timedelta(days=1), "Not Assessable"),
        graded(DAY + timedelta(days=2), "Strong Hire"),
        graded(DAY + timedelta(days=3), "Strong Hire"),
    ]
    shown = trends.levels_over_time(rounds, "day")
    assert [period["level"] for period in shown] == [1.0, 1.0, 1.8, 2.6]
    assert [period["answers"] for period in shown] == [5, 0, 1, 1]
    assert [period["aside"] for period in shown] == [0, 2, 0, 0]
    assert trends.levels_over_time([graded(DAY, "No Hire", "fallback")], "day")[0]["level"] is None


def test_verdicts_are_counted_by_period() -> None:
    """Each once, those left out apart."""
    rounds = [graded(DAY, "No Hire"), graded(DAY, "No Hire", "fallback"), graded(DAY + timedelta(days=7), "Lean Hire")]
    assert trends.verdicts_over_time(rounds, "week") == [
        {"from": "2026-03-02", "verdicts": {"No Hire": 1}, "aside": 1},
        {"from": "2026-03-09", "verdicts": {"Lean Hire": 1}, "aside": 0},
    ]


@pytest.mark.parametrize(
    ("practised", "current", "longest"),
    [([], 0, 0), ([0], 1, 1), ([1], 1, 1), ([2], 0, 1), ([0, 1, 2, 9, 10], 3, 3), ([1, 2, 5, 6, 7, 8], 2, 4)],
)
def test_days_in_a_row(practised: list[int], current: int, longest: int) -> None:
    """A run lasts until a whole day has passed without practice: today is not over yet."""
    today = DAY + timedelta(days=4)
    found = trends.practice_days({today - timedelta(days=ago): 2 for ago in practised}, today)
    assert (found["current"], found["longest"], found["total"]) == (current, longest, len(practised))
    assert len(found["days"]) == 11 * 7 + 5 and found["days"][0]["date"] == "2025-12-15"
    assert found["days"][-1] == {"date": today.isoformat(), "answers": 2 if 0 in practised else 0}


def test_a_rating_is_kept_where_it_changed() -> None:
    """Rating oneself the same again adds nothing to the line."""
    noon = datetime(2026, 3, 2, 12).timestamp()
    taken = [Assessment(noon + n * DAY_S, {"rag": score}) for n, score in enumerate((3, 3, 4))]
    assert trends.ratings_of("rag", taken) == [(DAY, 3), (DAY + timedelta(days=2), 4)]
    assert trends.ratings_of("safety", taken) == []


def test_stand_in_grades_are_left_out_of_the_plan() -> None:
    """The measured level by which days are planned knows no stand-in grades either."""
    rounds = {"rounds": [{"question_id": "rag/core"}] * 2}
    summary = {"verdicts": ["No Hire", "Strong Hire"], "asides": ["fallback", None], "said": [True, True]}
    record = InterviewRecord("x", 0.0, "drill", "x", {}, rounds, summary, LOCAL)
    assert measure([record]) == {"rag": [5.0]}
    assert [entry.aside for entry in trends.graded([record])] == ["fallback", None]


def test_a_round_that_was_never_reached_is_no_attempt() -> None:
    """An interview ended early lists only what was answered."""
    rounds = {"rounds": [{"question_id": "rag/core"}] * 2}
    record = InterviewRecord("x", 0.0, "five", "x", {}, rounds, {"verdicts": ["Lean Hire", None], "answered": 1}, LOCAL)
    assert [entry["id"] for entry in attempts_in(record, "rag/core")] == ["x.1"]


# ---- Over REST, with the real SQLite ---------------------------------------------------------------------------------


async def get(browser: httpx.AsyncClient, path: str) -> dict[str, Any]:
    answer = await browser.get(path)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_progress_of_nothing_and_of_something(browser: httpx.AsyncClient, store: SqlStore) -> None:
    """Every topic and competency is there from the start; grades and ratings appear where they belong."""
    empty = await get(browser, "/api/progress")
    assert len(empty["topics"]) == 11 and len(empty["competencies"]) == 5
    assert empty["verdicts"] == [] and empty["answers"] == 0
    now = time.time()
    await sat(store, "old", now - 3 * DAY_S, [(LORA, {})])
    await sat(store, "odd", now - 2 * DAY_S, [(LORA, ALL_MET)], fallback=True)
    await sat(store, "new", now, [(LORA, ALL_MET), (RAG, {})])
    await store.add_assessment(LOCAL, Assessment(now, {"finetuning": 4}))
    progress = await get(browser, "/api/progress")
    topics = {topic["id"]: topic for topic in progress["topics"]}
    assert [period["level"] for period in topics["finetuning"]["periods"]] == [1.0, 1.0, 3.0]
    assert (topics["finetuning"]["answers"], topics["finetuning"]["aside"]) == (2, 1)
    assert topics["finetuning"]["ratings"][0]["score"] == 4
    assert topics["rag"]["level"] == 1.0 and topics["safety"]["periods"] == []
    assert progress["answers"] == 4 and progress["interviews"] == 3
    assert sum(period["aside"] for period in progress["verdicts"]) == 1
    asked_for = {entry["id"]: entry["answers"] for entry in progress["competencies"]}
    assert all(asked_for[name] >= 2 for name in LORA.competencies)


async def test_silence_is_neither_an_attempt_nor_counted(browser: httpx.AsyncClient, store: SqlStore) -> None:
    """An interview in which nothing was said leaves no trace, and of another one a round passed over."""
    await sat(store, "silent", DAY_S, [(LORA, None)])
    await sat(store, "passed", 2 * DAY_S, [(RAG, None), (LORA, ALL_MET)])
    assert [entry["id"] for entry in (await get(browser, "/api/attempts/finetuning/lora"))["attempts"]] == ["passed.2"]
    assert (await get(browser, "/api/attempts/rag/core"))["attempts"] == []
    assert [entry["id"] for entry in (await get(browser, "/api/interviews"))["interviews"]] == ["passed"]
    progress = await get(browser, "/api/progress")
    assert (progress["interviews"], progress["answers"], progress["practice"]["total"]) == (1, 1, 1)
    assert [period["verdicts"] for period in progress["verdicts"]] == [{"Strong Hire": 1}]


async def test_attempts_at_a_question(browser: httpx.AsyncClient, store: SqlStore) -> None:
    """Oldest first, each with its verdict; only rounds with this question count."""
    await sat(store, "new", 2 * DAY_S, [(RAG, {}), (LORA, ALL_MET)])
    await sat(store, "old", DAY_S, [(LORA, {})])
    found = await get(browser, "/api/attempts/finetuning/lora")
    assert found["question"]["prompt"] == LORA.prompt
    assert [attempt["id"] for attempt in found["attempts"]] == ["old.1", "new.2"]
    assert [attempt["verdict"] for attempt in found["attempts"]] == ["No Hire", "Strong Hire"]
    assert (await get(browser, "/api/attempts/rag/chunking"))["attempts"] == []


async def test_two_attempts_side_by_side(browser: httpx.AsyncClient, store: SqlStore) -> None:
    """What the later one gained and lost, point by point, with the words each rests on."""
    gained, lost, kept = (point.id for point in LORA.points[:3])
    await sat(store, "old", DAY_S, [(LORA, {lost: PointStatus.MET, kept: PointStatus.MET})])
    await sat(store, "new", 2 * DAY_S, [(LORA, {gained: PointStatus.MET, kept: PointStatus.MET})])
    found = await get(browser, "/api/attempts/finetuning/lora/compared?earlier=old.1&later=new.1")
    assert (found["gained"], found["lost"]) == (1, 1)
    points = {point["id"]: point for criterion in found["criteria"] for point in criterion["points"]}
    assert [points[name]["change"] for name in (gained, lost, kept)] == ["gained", "lost", "same"]
    assert points[gained]["later"]["quote"] and points[gained]["earlier"]["quote"] is None
    assert (found["earlier"]["met"], found["later"]["met"], found["later"]["points"]) == (2, 2, len(LORA.points))
    assert found["later"]["answers"][0]["delivery"]["pauses"] == [{"start": 10.0, "end": 13.0}]
    backwards = await get(browser, "/api/attempts/finetuning/lora/compared?earlier=new.1&later=old.1")
    assert (backwards["gained"], backwards["lost"]) == (1, 1)


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/api/attempts/finetuning/nothing", "unknown question 'finetuning/nothing'"),
        ("/api/attempts/finetuning/lora/compared?earlier=old.1", "later"),
        ("/api/attempts/finetuning/lora/compared?earlier=old&later=old.1", "'old' is not an attempt at finetuning/lora"),
        ("/api/attempts/finetuning/lora/compared?earlier=old.1&later=old.2", "'old.2' is not an attempt at finetuning/lora"),
        ("/api/attempts/rag/core/compared?earlier=old.1&later=old.1", "'old.1' is not an attempt at rag/core"),
        ("/api/interviews?limit=0", "limit"),
        ("/api/interviews?limit=201", "limit"),
        ("/api/interviews?offset=-1", "offset"),
    ],
)
async def test_unknown_attempts_and_parameters_are_named(
    browser: httpx.AsyncClient, store: SqlStore, path: str, named: str
) -> None:
    """The answer says which attempt, question or parameter is wrong."""
    await sat(store, "old", DAY_S, [(LORA, {})])
    answer = await browser.get(path)
    assert answer.status_code == 422
    assert named in answer.json()["error"]


async def test_another_persons_past_is_not_there(browser: httpx.AsyncClient, store: SqlStore) -> None:
    """Neither listed, nor counted, nor compared when its id is guessed."""
    await sat(store, "theirs", DAY_S, [(LORA, ALL_MET)], owner="someone-else")
    assert (await get(browser, "/api/attempts/finetuning/lora"))["attempts"] == []
    compared = await browser.get("/api/attempts/finetuning/lora/compared?earlier=theirs.1&later=theirs.1")
    assert compared.status_code == 422 and "'theirs.1' is not an attempt" in compared.json()["error"]
    progress = await get(browser, "/api/progress")
    assert (progress["interviews"], progress["answers"], progress["verdicts"]) == (0, 0, [])


async def test_a_spoken_answer_has_its_delivery(tmp_path: Path) -> None:
    """What the detector heard while the answer was given is in the log, and so are the seconds of thought before it."""
    async with sitting(fake_assembly(tmp_path), replace(CHOICES, follow_ups=0)) as (interviews, candidate):
        candidate.say(type="start")
        turn_id = await candidate.ask()
        candidate.speak(turn_id, 25)
        await candidate.until("answering", turn_id)
        await asyncio.sleep(0.6)  # or the rest would run ahead of the clock and be dropped
        candidate.speak(turn_id, 20, QUIET, first=25)
        candidate.speak(turn_id, 15, first=45)
        candidate.say(type="done", turn_id=turn_id)
        await finish(candidate)
        review = await candidate.review()
        assert review is not None
        delivery = review["rounds"][0]["answers"][0]["delivery"]
        [pause] = delivery["pauses"]
        assert pause["end"] - pause["start"] == pytest.approx(0.8, abs=0.1)
        assert delivery["words"] == 4
        assert delivery["pace"] == pytest.approx(60 * 4 / (delivery["end"] - delivery["start"]), abs=1)
        assert 0 <= delivery["first_word_s"] < 1.5


async def test_five_hundred_interviews_are_listed_page_by_page(browser: httpx.AsyncClient, store: SqlStore) -> None:
    """Pages are short and meet without a gap; a year of progress is small, too."""
    await many(store, 500, time.time())
    first = await get(browser, "/api/interviews")
    assert first["total"] == 500 and len(first["interviews"]) == 50
    second = await get(browser, "/api/interviews?offset=50&limit=200")
    created = [entry["created"] for page in (first, second) for entry in page["interviews"]]
    assert created == sorted(created, reverse=True) and len(set(created)) == 250
    answer = await browser.get("/api/progress")
    assert len(answer.content) < 120_000
    assert {verdict for period in answer.json()["verdicts"] for verdict in period["verdicts"]} <= {v.value for v in Verdict}
