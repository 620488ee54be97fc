"""What is due: from graded rounds to cards, today's list, the plan's tasks and the calendar."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hotseat.domain.practice import Assessment, PointCard
from hotseat.practice.due import DAILY_S, due, for_today, seconds
from hotseat.practice.planning import PRACTICE_DAYS, WEEK_DAYS, day_of, plan_weeks, replan
from hotseat.practice.preparation import Choice
from hotseat.practice.progress import compare
from hotseat.session.records import LOCAL
from hotseat.settings import InterviewSettings
from hotseat.startup.assembly import Assembly

from tests.practice.test_ics import parse
from tests.support.fake_interview import LORA, finish, sitting
from tests.support.fakes import BANK, CATALOGUE, PointGrader, fake_assembly
from tests.support.in_process_server import client

QUESTION = BANK.question("finetuning/lora")
SETTINGS = InterviewSettings()
DAY_S = 86_400


async def drill(tmp_path: Path, met: bool) -> Assembly:
    """Assembly whose store has one graded drill on LoRA."""
    assembly = fake_assembly(tmp_path)
    assembly.graders.in_use = PointGrader(met)
    async with sitting(assembly, LORA) as (_, candidate):
        candidate.say(type="start")
        await candidate.answer()
        candidate.say(type="end")
        await finish(candidate)
    return assembly


@pytest.fixture
async def failed(tmp_path: Path) -> AsyncIterator[Assembly]:
    assembly = await drill(tmp_path, met=False)
    yield assembly
    await assembly.storage.store.close()


def later(assembly: Assembly, days: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets days pass."""
    now = assembly.clock.wall() + days * DAY_S
    monkeypatch.setattr(assembly.clock, "wall", lambda: now)


# ---- From a graded interview to cards -------------------------------------------------------------------------------


@pytest.mark.parametrize(("met", "days"), [(False, 1), (True, 8)])
async def test_a_graded_interview_makes_cards(tmp_path: Path, met: bool, days: int) -> None:
    """Every point of the question has its card: due tomorrow when it was missed, in eight days when it came by itself."""
    assembly = await drill(tmp_path, met)
    stored = await assembly.storage.store.cards(LOCAL)
    assert {card.point_id for card in stored} == {point.id for point in QUESTION.points}
    assert {round((card.due - card.reviewed) / DAY_S, 6) for card in stored} == {days}
    assert all(abs(card.reviewed - assembly.clock.wall()) < 60 for card in stored)
    await assembly.storage.store.close()


async def test_interviews_without_ratings_are_rated_at_the_start(failed: Assembly) -> None:
    """An interview without ratings, as after an upgrade or a crash, is rated at the next start, with its own time."""
    before = await failed.storage.store.cards(LOCAL)
    async with failed.storage.store.engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM ratings")
        await connection.exec_driver_sql("DELETE FROM cards")
    practice = failed.practice()
    await practice.catch_up()
    after = await failed.storage.store.cards(LOCAL)
    assert [(card.point_id, card.stability) for card in after] == [(card.point_id, card.stability) for card in before]
    assert [card.reviewed for card in after] == pytest.approx([card.reviewed for card in before], abs=1.0)
    await practice.catch_up()
    assert await failed.storage.store.cards(LOCAL) == after, "once is enough"


async def test_grading_again_replaces_the_rating(failed: Assembly) -> None:
    """A corrected transcript that is graded anew counts once, at the time it was said."""
    interviews = failed.interviews()
    [record] = await failed.storage.store.list(LOCAL)
    loaded = await interviews.load(record.id)
    assert loaded is not None
    progress = loaded[1].progress
    [old] = await failed.storage.store.ratings(LOCAL, QUESTION.id)
    better = await PointGrader(True).grade(QUESTION, progress.answers_of(0))
    await failed.practice().rate_round(record.id, LOCAL, progress, 0, better)
    [new] = await failed.storage.store.ratings(LOCAL, QUESTION.id)
    assert new.at == old.at
    assert set(old.ratings.values()) == {1} and set(new.ratings.values()) == {4}
    assert {round((card.due - card.reviewed) / DAY_S) for card in await failed.storage.store.cards(LOCAL)} == {8}


async def test_deleting_an_interview_takes_its_cards(failed: Assembly) -> None:
    """Nothing of a deleted interview lives on in the schedule."""
    [record] = await failed.storage.store.list(LOCAL)
    assert await failed.interviews().delete(record.id)
    assert await failed.storage.store.cards(LOCAL) == ()
    assert await failed.storage.store.rated_rounds() == set()
    assert not await failed.interviews().delete(record.id)


@pytest.mark.parametrize(("rated", "level", "judgment"), [(2, 1.0, "over"), (4, 5.0, "under"), (4, 4.6, "fair")])
def test_a_whole_step_apart_is_misjudged(rated: int, level: float, judgment: str) -> None:
    """A 2 after a No Hire, which is a 1, is too much; less than a step is chance."""
    [entry] = compare(["rag"], [Assessment(0.0, {"rag": rated})], {"rag": [level]})
    assert entry["judgment"] == judgment


# ---- The day's list -------------------------------------------------------------------------------------------------


def card(question_id: str, point: int, due_at: float = 0.0, stability: float = 1.0) -> PointCard:
    return PointCard(question_id, BANK.question(question_id).points[point].id, due_at, -10 * DAY_S, stability, 5.0)


def test_the_question_with_most_to_lose_comes_first() -> None:
    """Two faded points outweigh one, a faded one a fresh one; what is not due yet is not asked for."""
    known = [
        card("rag/core", 0, stability=30.0),
        card("safety/core", 0),
        card("agents/core", 0),
        card("agents/core", 1),
        card("rlhf/core", 0, due_at=10.0),
    ]
    found = due(BANK, known, now=0.0, until=5.0, settings=SETTINGS)
    assert [(entry.question.id, entry.points) for entry in found] == [("agents/core", 2), ("safety/core", 1), ("rag/core", 1)]


def test_a_day_is_not_overfilled() -> None:
    """The list stops at the day's minutes, and is never empty when something is due, however long it takes."""
    known = [card(question.id, 0) for question in BANK.questions]
    found = due(BANK, known, 0.0, 5.0, SETTINGS)
    assert len(found) == len(BANK.questions)
    assert 0 < sum(entry.seconds for entry in for_today(found)) <= DAILY_S
    longest = max(found, key=lambda entry: entry.seconds)
    assert for_today([longest]) == [longest]
    assert for_today([]) == []


def test_minutes_come_from_the_limits() -> None:
    """A core question with one follow-up: two minutes of answers and five seconds to think before each."""
    assert seconds(BANK.question("rag/core"), SETTINGS) == 130.0
    assert seconds(BANK.question("rag/core"), InterviewSettings(follow_ups=0)) == 65.0


async def test_cards_are_due_from_the_next_day(failed: Assembly, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a drill nothing is due until the next day; then the list names the question, and its interview can be begun."""
    async with client(failed) as http:
        today = (await http.get("/api/today")).json()
        assert today["due"]["questions"] == [] and today["due"]["minutes"] == 0
        assert today["due"]["next"] == (date.today() + timedelta(days=1)).isoformat()
        later(failed, 1, monkeypatch)
        listed = (await http.get("/api/today")).json()["due"]
        [entry] = listed["questions"]
        assert (entry["id"], entry["points"]) == (QUESTION.id, len(QUESTION.points))
        assert listed["minutes"] == entry["minutes"] == 3
        wanted = {"format": listed["format"], "question_ids": [entry["id"]]}
        assert (await http.post("/api/interviews", json=wanted)).status_code == 201


# ---- The plan's day -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [path.id for path in CATALOGUE.paths])
def test_the_days_of_a_week_cover_it(path: str) -> None:
    """Every topic of a week has its day, the last working day is practice, and a week cut short leaves nothing out."""
    for weeks in (1, 3, 8):
        for week in plan_weeks(CATALOGUE.path(path), weeks, {}):
            for length in range(1, 8):
                days = [day_of(week, day, length) for day in range(length)]
                assert {topic for day in days for topic in day.topics} == set(week.topics)
                working = min(length, WEEK_DAYS)
                assert days[working - 1].practises
                assert all(not day.topics and not day.practises for day in days[working:])


@pytest.mark.parametrize("path", [path.id for path in CATALOGUE.paths])
def test_results_change_the_weeks_to_come_only(path: str) -> None:
    """Weeks gone by stay as they were; a topic that went badly in them comes back; every week stays full."""
    chosen = CATALOGUE.path(path)
    for weeks in (2, 4, 6, 12):
        before = plan_weeks(chosen, weeks, {})
        first = before[0].topics[0]
        worse = dict.fromkeys(chosen.shares(), 0.0) | {first: 1.0}
        after = replan(chosen, weeks, [{}, worse])
        assert after[0] == before[0]
        assert all(sum(week.days.values()) == WEEK_DAYS - PRACTICE_DAYS for week in after)
        assert [week.number for week in after] == list(range(1, weeks + 1))
        assert after[-1].topics[-1] == "capstone"
        unchanged = replan(chosen, weeks, [{}, {}])
        days = [sum(week.days.get(first, 0.0) for week in plan[1:]) for plan in (unchanged, after)]
        assert days[0] < days[1], "it gets more of what is left"


def test_the_day_of_the_interview_is_not_one_to_prepare_on() -> None:
    """The last week ends the day before."""
    start = date(2026, 3, 2)
    choice = Choice(CATALOGUE.path("applied"), start, start + timedelta(days=10))
    assert choice.last_day(0) == start + timedelta(days=6)
    assert choice.last_day(1) == start + timedelta(days=9)


async def test_the_last_day_of_a_week_is_still_in_it(failed: Assembly, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next week begins on the seventh day after the first."""
    async with client(failed) as http:
        await http.put("/api/plan", json={"path": "applied", "weeks": 2})
        later(failed, 6, monkeypatch)
        assert [week["current"] for week in (await http.get("/api/plan")).json()["weeks"]] == [True, False]


async def test_a_lesson_begins_with_what_was_not_answered_yet(failed: Assembly) -> None:
    """An answered question makes room for the next."""
    agenda = failed.agenda(LOCAL)
    choice = Choice(CATALOGUE.path("applied"), date.today(), date.today() + timedelta(days=14))
    first = agenda.lesson("rag", choice, set())
    then = agenda.lesson("rag", choice, {first["question"]["id"]})
    assert then["question"]["id"] != first["question"]["id"]
    assert (first["answered"], then["answered"]) == (0, 1)


async def test_today_follows_the_plan(failed: Assembly, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first day names the path's first topic and a core question; past the interview the plan says nothing."""
    async with client(failed) as http:
        assert (await http.get("/api/today")).json()["plan"] is None
        when = date.today() + timedelta(days=14)
        await http.put("/api/plan", json={"path": "applied", "date": when.isoformat()})
        plan = (await http.get("/api/today")).json()["plan"]
        assert (plan["week"], plan["weeks"], plan["days_left"]) == (1, 2, 14)
        [lesson] = plan["topics"]
        assert (lesson["topic"], lesson["question"]["id"]) == ("transformers", "transformers/core")
        later(failed, 13, monkeypatch)
        last = (await http.get("/api/today")).json()["plan"]
        assert (last["week"], last["days_left"]) == (2, 1)
        assert last["topics"] == [] and last["practice"] is None, "the sixth and seventh day are free"
        later(failed, 1, monkeypatch)
        assert (await http.get("/api/today")).json()["plan"]["days_left"] == 0
        later(failed, 1, monkeypatch)
        assert (await http.get("/api/today")).json()["plan"] is None


async def test_verdicts_move_the_plan_from_the_next_day(failed: Assembly, monkeypatch: pytest.MonkeyPatch) -> None:
    """Failing a topic leaves the day's work as it was, and gives the topic more time from tomorrow on."""

    async def days() -> float:
        weeks = (await http.get("/api/plan")).json()["weeks"]
        return sum(float(entry["days"]) for week in weeks for entry in week["topics"] if entry["topic"] == "finetuning")

    async with client(failed) as http:
        await http.put("/api/plan", json={"path": "applied", "weeks": 4})
        before = await days()
        later(failed, 1, monkeypatch)
        assert await days() > before


async def test_a_week_gone_by_keeps_the_rating_of_its_first_day(failed: Assembly, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rating oneself right after choosing a plan shapes its first week, and still does when that week is over."""
    async with client(failed) as http:
        await http.put("/api/plan", json={"path": "applied", "weeks": 4})
        unrated = (await http.get("/api/plan")).json()["weeks"][0]["topics"]
        first = unrated[0]["topic"]
        scores = {topic.id: 1 if topic.id == first else 5 for topic in BANK.topics}
        assert (await http.post("/api/assessments", json={"scores": scores})).status_code == 201
        rated = (await http.get("/api/plan")).json()["weeks"][0]["topics"]
        assert rated != unrated
        later(failed, 8, monkeypatch)
        assert (await http.get("/api/plan")).json()["weeks"][0]["topics"] == rated


async def test_the_checkpoint_that_has_come_is_shown(failed: Assembly, monkeypatch: pytest.MonkeyPatch) -> None:
    """The latest one due with tasks left; a finished one is not shown again."""
    async with client(failed) as http:
        await http.put("/api/plan", json={"path": "applied", "weeks": 4})
        assert (await http.get("/api/today")).json()["checkpoint"] == {"day": 0, "title": "Get an overview", "left": 4}
        for task in ("sketch-map", "name-competencies", "choose-path", "first-rating"):
            await http.put(f"/api/checkpoints/{task}", json={"done": True})
        assert (await http.get("/api/today")).json()["checkpoint"] is None
        later(failed, 8, monkeypatch)
        assert (await http.get("/api/today")).json()["checkpoint"]["day"] == 7


# ---- The calendar ---------------------------------------------------------------------------------------------------


async def test_the_calendar_has_checkpoints_practice_and_the_interview(failed: Assembly) -> None:
    """Each on its day, with ids that stay the same from export to export."""
    async with client(failed) as http:
        start, when = date.today(), date.today() + timedelta(days=10)
        await http.put("/api/plan", json={"path": "applied", "date": when.isoformat()})
        answer = await http.get("/api/hotseat.ics")
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        events = parse(answer.content)
        starts = {event["SUMMARY"]: datetime.strptime(event["DTSTART"], "%Y%m%d").date() for event in events}
        assert starts == {
            "Hotseat, day 0: Get an overview": start,
            "Hotseat, day 3: Recall the topics": start + timedelta(days=3),
            "Hotseat, day 7: Say it aloud": start + timedelta(days=7),
            "Interview": when,
            "Hotseat: 3 minutes of practice": start + timedelta(days=1),
        }
        uids = {event["SUMMARY"]: event["UID"] for event in events}
        assert len(set(uids.values())) == len(events)
        await http.put("/api/plan", json={"path": "applied", "date": (when + timedelta(days=9)).isoformat()})
        moved = parse((await http.get("/api/hotseat.ics")).content)
        assert {event["SUMMARY"]: event["UID"] for event in moved}.items() >= uids.items()
        assert len(moved) == len(events) + 1, "day 14 is before the interview now"


async def test_overdue_practice_is_for_today(failed: Assembly, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was due days ago stands in the calendar today, not in the past."""
    async with client(failed) as http:
        later(failed, 5, monkeypatch)
        [event] = parse((await http.get("/api/hotseat.ics")).content)
        today = datetime.fromtimestamp(failed.clock.wall()).date()
        assert event["DTSTART"] == f"{today:%Y%m%d}"
