"""Study plans, self-assessments and measured levels, checkpoints, and their data files."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hotseat import wire
from hotseat.errors import ContentError
from hotseat.practice.planning import MAX_WEEKS, PRACTICE_DAYS, REPETITION, WEEK_DAYS, PlannedWeek, plan_weeks
from hotseat.practice.progress import measure, weakness
from hotseat.questions.content import load_bank
from hotseat.questions.formats import Choices, load_catalogue
from hotseat.questions.study import load_study
from hotseat.session.records import LOCAL, InterviewRecord
from hotseat.settings import PROJECT
from hotseat.storage.store import SqlStore

from tests.support.fake_interview import finish, sitting
from tests.support.fakes import BANK, CATALOGUE, STUDY, fake_assembly

TOPICS = [topic.id for topic in BANK.topics]
FREQUENCY = {topic.id: topic.frequency_weight for topic in BANK.topics}
PATHS = [path.id for path in CATALOGUE.paths]
ALL_WEEKS = range(1, MAX_WEEKS + 1)
EVEN = dict.fromkeys(TOPICS, 3)


def plan(path: str, weeks: int, weak: dict[str, float] | None = None) -> list[PlannedWeek]:
    return plan_weeks(CATALOGUE.path(path), weeks, weak or {}, FREQUENCY)


def days_of(weeks: list[PlannedWeek]) -> dict[str, float]:
    return {topic: sum(week.days.get(topic, 0.0) for week in weeks) for topic in TOPICS}


# ---- The plan -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_every_week_is_full_and_keeps_a_day_for_practice(path: str) -> None:
    """No week is empty or overfull, time comes in half days, and each week says what to practise and what to look at."""
    for weeks in ALL_WEEKS:
        planned = plan(path, weeks)
        assert [week.number for week in planned] == list(range(1, weeks + 1))
        for week in planned:
            assert sum(week.days.values()) == WEEK_DAYS - PRACTICE_DAYS
            assert all(days > 0 and days * 2 == int(days * 2) for days in week.days.values())
            assert week.focus and week.topics == tuple(week.days)
            CATALOGUE.format(week.practice)


@pytest.mark.parametrize("path", PATHS)
def test_the_capstone_and_full_mocks_come_last(path: str) -> None:
    """Every plan ends with the capstone and a full mock, and gives the capstone no more than a week."""
    for weeks in ALL_WEEKS:
        planned = plan(path, weeks)
        assert planned[-1].topics[-1] == "capstone"
        assert planned[-1].practice == "full-mock"
        assert 1 <= days_of(planned)["capstone"] <= WEEK_DAYS - PRACTICE_DAYS
        assert all("capstone" not in week.days for week in planned[:-1])


@pytest.mark.parametrize("path", PATHS)
def test_the_first_pass_keeps_the_order_of_the_path(path: str) -> None:
    """Topics are met in the path's order, and with the path's own weeks or more none is missing."""
    for weeks in ALL_WEEKS:
        order = list(CATALOGUE.path(path).shares())
        met = list(dict.fromkeys(topic for week in plan(path, weeks) for topic in week.topics))
        assert met == [topic for topic in order if topic in met]
        if weeks >= len(CATALOGUE.path(path).week):
            assert met == order


@pytest.mark.parametrize(
    ("path", "weeks", "expected"),
    [
        ("deep", 1, {"transformers": 2, "pretraining": 1, "capstone": 1}),
        ("full-stack", 1, {"transformers": 2, "finetuning": 1, "capstone": 1}),
        ("applied", 1, {"transformers": 1, "finetuning": 1, "rag": 1, "capstone": 1}),
        ("infra", 1, {"transformers": 1, "inference": 1, "pretraining": 1, "capstone": 1}),
    ],
)
def test_one_week_is_spent_on_the_few_things_that_matter(path: str, weeks: int, expected: dict[str, float]) -> None:
    """With a single week a few topics get whole days instead of each getting an hour."""
    assert {topic: days for topic, days in days_of(plan(path, weeks)).items() if days} == expected


def test_three_weeks_for_the_applied_path() -> None:
    """The practice problem's case: one week less than the path wants, retrieval above safety, mocks at the end."""
    planned = plan("applied", 3)
    days = days_of(planned)
    assert [week.practice for week in planned] == ["drill", "five", "full-mock"]
    assert days["rag"] >= 1.5 and days["rag"] > days["safety"]
    assert days["pretraining"] == days["rlhf"] == 0


def test_weakness_moves_time() -> None:
    """A topic the candidate fails gets more days, one they master fewer, and the total stays."""
    neutral = days_of(plan("applied", 4))
    shifted = days_of(plan("applied", 4, {"rag": 1.0, "finetuning": 0.0}))
    assert shifted["rag"] > neutral["rag"]
    assert 0 < shifted["finetuning"] < neutral["finetuning"]
    assert sum(shifted.values()) == sum(neutral.values())


def test_more_weeks_than_the_path_become_a_second_pass() -> None:
    """What is left over goes to repetition, the weakest topic first, before the capstone."""
    planned = plan("applied", 8, {"evaluation": 1.0})
    assert any(REPETITION in week.focus for week in planned)
    first = next(week for week in planned if REPETITION in week.focus)
    assert "evaluation" in first.topics


# ---- Ratings and verdicts -------------------------------------------------------------------------------------------


def record(verdicts: list[str | None], topic: str = "rag") -> InterviewRecord:
    rounds = [{"question_id": f"{topic}/core"} for _ in verdicts]
    return InterviewRecord(
        "x", 0.0, "drill", "x", {}, {"rounds": rounds}, {"verdicts": verdicts, "said": [True] * len(verdicts)}, LOCAL
    )


def test_levels_are_measured_by_the_latest_five_verdicts() -> None:
    """A Strong Hire is a 5 and a No Hire a 1; ungraded rounds and old verdicts don't count."""
    newest = [record(["Strong Hire"]), record([None, "Not Assessable", "Lean Hire"]), record(["Strong Hire"] * 3)]
    shown = measure([*newest, record(["No Hire"] * 10)])["rag"]
    assert sorted(shown) == [3.8, 5.0, 5.0, 5.0, 5.0]
    assert measure([record(["No Hire"])]) == {"rag": [1.0]}
    assert measure([]) == {}


def test_weakness_weighs_verdicts_with_the_rating() -> None:
    """The rating alone counts where nothing was measured; four verdicts outvote it."""
    measured = measure([record(["No Hire"] * 4)])
    assert weakness({}, {"rag": 5, "safety": 1}) == {"rag": 0.0, "safety": 1.0}
    assert weakness(measured, {"rag": 5})["rag"] == pytest.approx(0.8)
    assert weakness(measured, {}) == {"rag": 1.0}


@pytest.mark.parametrize(
    ("total", "title"),
    [
        (55, "Well prepared"),
        (40, "Well prepared"),
        (39, "A solid base"),
        (25, "A solid base"),
        (24, "At the start"),
        (11, "At the start"),
    ],
)
def test_bands_of_hours(total: int, title: str) -> None:
    """40 and more, 25 to 39, under 25."""
    assert STUDY.band(total).title == title


# ---- Over REST, with the real SQLite --------------------------------------------------------------------------------


async def test_assessments_are_kept_and_compared(browser: httpx.AsyncClient) -> None:
    """Each is stored with its date, total and band; the comparison says how far one has come."""
    assert (await browser.get("/api/assessments")).json()["assessments"] == []
    assert (await browser.post("/api/assessments", json={"scores": EVEN})).status_code == 201
    later = (await browser.post("/api/assessments", json={"scores": {**EVEN, "rag": 5, "safety": 2}})).json()
    assert [entry["total"] for entry in later["assessments"]] == [33, 34]
    assert later["assessments"][0]["band"] == "A solid base"
    assert later["assessments"][0]["taken"].startswith(str(date.today().year))
    rag = next(entry for entry in later["comparison"] if entry["topic"] == "rag")
    assert (rag["first"], rag["now"], rag["change"], rag["measured"], rag["judgment"]) == (3, 5, 2, None, None)
    assert (await browser.get("/api/assessments")).json() == later


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "scores"),
        ({"scores": {}}, "scores.transformers: is missing"),
        ({"scores": {**EVEN, "rag": 6}}, "scores.rag"),
        ({"scores": {**EVEN, "rag": 0}}, "scores.rag"),
        ({"scores": {**EVEN, "rag": "5"}}, "scores.rag"),
        ({"scores": {**EVEN, "cooking": 3}}, "scores.cooking: there is no such topic"),
        ({"scores": {topic: 3 for topic in TOPICS if topic != "rag"}}, "scores.rag: is missing"),
        ({"scores": EVEN, "name": "x"}, "name"),
    ],
)
async def test_a_wrong_assessment_is_told_which_field(browser: httpx.AsyncClient, body: dict[str, Any], named: str) -> None:
    """Nothing incomplete is stored, and the answer names the score at fault."""
    answer = await browser.post("/api/assessments", json=body)
    assert answer.status_code == 422
    assert named in answer.json()["error"]
    assert (await browser.get("/api/assessments")).json()["assessments"] == []


async def test_a_rating_is_held_against_the_verdicts(browser: httpx.AsyncClient, store: SqlStore) -> None:
    """Who rates a topic higher than their answers show is told so, and who is too modest, too."""
    await store.create(replace(record(["No Hire", "Lean No Hire"], "agents"), id="a"))
    await store.create(replace(record(["Strong Hire"], "safety"), id="b"))
    answer = await browser.post("/api/assessments", json={"scores": {**EVEN, "agents": 5}})
    rows = {row["topic"]: row for row in answer.json()["comparison"]}
    assert (rows["agents"]["measured"], rows["agents"]["answers"], rows["agents"]["judgment"]) == (1.6, 2, "over")
    assert (rows["safety"]["measured"], rows["safety"]["judgment"]) == (5.0, "under")
    assert rows["rag"]["measured"] is None


async def test_a_plan_is_chosen_by_weeks_or_date(browser: httpx.AsyncClient) -> None:
    """It starts today, survives as the current choice, and knows the week one is in."""
    assert (await browser.get("/api/plan")).json() == {"choice": None}
    by_weeks = (await browser.put("/api/plan", json={"path": "infra", "weeks": 3})).json()
    assert by_weeks["choice"]["weeks"] == len(by_weeks["weeks"]) == 3
    assert by_weeks["days_left"] == 21
    assert [week["current"] for week in by_weeks["weeks"]] == [True, False, False]
    when = date.today() + timedelta(days=10)
    by_date = (await browser.put("/api/plan", json={"path": "applied", "date": when.isoformat()})).json()
    assert by_date["choice"] == {
        "path": "applied",
        "start": date.today().isoformat(),
        "interview": when.isoformat(),
        "weeks": 2,
    }
    assert by_date["weeks"][-1]["last"] == when.isoformat()
    assert "safety" in by_date["left_out"]
    assert (await browser.get("/api/plan")).json() == by_date


async def test_a_rating_changes_the_plan(browser: httpx.AsyncClient) -> None:
    """Whoever rates themselves low in a topic finds more of it in their plan."""

    async def days(topic: str) -> float:
        weeks = (await browser.get("/api/plan")).json()["weeks"]
        return sum(float(entry["days"]) for week in weeks for entry in week["topics"] if entry["topic"] == topic)

    await browser.put("/api/plan", json={"path": "applied", "weeks": 4})
    before = await days("agents")
    await browser.post("/api/assessments", json={"scores": {**EVEN, "agents": 1, "rag": 5}})
    assert await days("agents") > before


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"weeks": 3}, "path"),
        ({"path": "shallow", "weeks": 3}, "path"),
        ({"path": "deep"}, "weeks"),
        ({"path": "deep", "weeks": 0}, "weeks"),
        ({"path": "deep", "weeks": 27}, "weeks"),
        ({"path": "deep", "weeks": 3, "date": "2999-01-01"}, "weeks"),
        ({"path": "deep", "date": "2999-01-01"}, "date"),
        ({"path": "deep", "date": "2020-01-01"}, "date"),
        ({"path": "deep", "date": "soon"}, "date"),
    ],
)
async def test_a_wrong_plan_is_told_which_field(browser: httpx.AsyncClient, body: dict[str, Any], named: str) -> None:
    """The answer names what is wrong and the old choice stays."""
    answer = await browser.put("/api/plan", json=body)
    assert answer.status_code == 422
    assert named in answer.json()["error"]
    assert (await browser.get("/api/plan")).json() == {"choice": None}


async def test_tasks_are_ticked_and_dated_by_the_plan(browser: httpx.AsyncClient) -> None:
    """A tick stays until it is taken back; with a plan each checkpoint has its day."""
    before = (await browser.get("/api/checkpoints")).json()["checkpoints"]
    assert [checkpoint["day"] for checkpoint in before] == [0, 3, 7, 14, 21]
    assert all(checkpoint["date"] is None for checkpoint in before)
    await browser.put("/api/plan", json={"path": "deep", "weeks": 2})
    await browser.put("/api/checkpoints/first-rating", json={"done": True})
    await browser.put("/api/checkpoints/choose-path", json={"done": True})
    after = (await browser.put("/api/checkpoints/choose-path", json={"done": False})).json()["checkpoints"]
    assert [task["id"] for checkpoint in after for task in checkpoint["tasks"] if task["done"]] == ["first-rating"]
    assert after[1]["date"] == (date.today() + timedelta(days=3)).isoformat()
    assert after[4]["date"] is None, "day 21 is after the interview"
    assert (await browser.put("/api/checkpoints/sleep-well", json={"done": True})).status_code == 422


async def test_every_task_leads_somewhere(browser: httpx.AsyncClient) -> None:
    """A task's link is a page that is served or a format that can be begun."""
    for checkpoint in (await browser.get("/api/checkpoints")).json()["checkpoints"]:
        for task in checkpoint["tasks"]:
            if task["link"].startswith("format:"):
                CATALOGUE.format(task["link"].removeprefix("format:"))
            else:
                assert (await browser.get(task["link"].split("#")[0])).status_code == 200


async def test_expectations_of_the_interviewers_are_served(browser: httpx.AsyncClient) -> None:
    """Beside the five competencies: how interviews changed, where most fail, and what a portfolio has to show."""
    shown = (await browser.get("/api/study")).json()["competencies"]
    assert len(shown["entries"]) == 5
    changes = {change["aspect"]: (change["before"], change["now"]) for change in shown["change"]}
    assert list(changes) == ["Experience", "Architecture", "RAG", "Evaluation", "Agents", "Safety", "Cost", "Open models"]
    assert all(before != now for before, now in changes.values())
    assert "GQA" in changes["Architecture"][1] and "EU AI Act" in changes["Safety"][1]
    assert [project["impact"] for project in shown["project"]] == [*["Very high"] * 2, *["High"] * 3, "None"]
    assert "system design" in shown["trap"] and "measured" in shown["portfolio"]


async def test_every_format_is_offered_and_can_be_begun(browser: httpx.AsyncClient) -> None:
    """The start page knows each format's group, and each but the drill can be begun without naming a question."""
    formats = (await browser.get("/api/bank")).json()["formats"]
    assert {entry["group"] for entry in formats} == {"first", "drill", "mock", "practice"}
    for entry in formats:
        question = {"question_id": "rag/core"} if entry["needs_question"] else {}
        path = {"path": "applied"} if entry["follows_path"] else {}
        assert (await browser.post("/api/interviews", json={"format": entry["id"], **question, **path})).status_code == 201


# ---- Formats that need more than a question -------------------------------------------------------------------------


async def test_the_exhibit_is_read_out(tmp_path: Path) -> None:
    """Who evaluates a candidate hears the candidate's answer as part of the question."""
    question = BANK.question("capstone/evaluate-candidate")
    async with sitting(fake_assembly(tmp_path), Choices("evaluate", (question.id,))) as (_, candidate):
        candidate.say(type="start")
        state = await candidate.until("asking")
        assert question.exhibit and question.exhibit in state.text
        await candidate.until_sent(wire.VoiceEnd)
        spoken = " ".join(voice.text for voice in candidate.of(wire.VoiceMessage))
        assert "QLoRA" in spoken


@pytest.mark.parametrize("ending", ["answered", "ended"])
async def test_hints_come_one_by_one_and_are_noted(tmp_path: Path, ending: str) -> None:
    """A problem's hints are sent in order, no more than there are, and their number is in the review."""
    question = BANK.question("capstone/study-plan")
    async with sitting(fake_assembly(tmp_path), Choices("problems", (question.id,), follow_ups=0)) as (interviews, candidate):
        candidate.say(type="start")
        turn_id = await candidate.ask()
        assert candidate.state.hints_left == 3
        for number in (1, 2):
            candidate.say(type="hint", turn_id=turn_id)
            hint = await candidate.until_sent(wire.HintMessage, lambda sent, n=number: sent.number == n)  # type: ignore[misc]
            assert hint.text == question.hints[number - 1]
        assert candidate.state.hints_left == 1
        if ending == "answered":
            candidate.say(type="typed", turn_id=turn_id, text="two days on transformers")
        else:
            candidate.say(type="barge_in", turn_id=turn_id)
            await candidate.until("answering")
            candidate.speak(turn_id, 25)
            candidate.say(type="end")
        await finish(candidate)
        review = await candidate.review()
        assert review is not None
        assert review["rounds"][0]["hints_used"] == 2


# ---- The data files -------------------------------------------------------------------------------------------------


def load(root: Path) -> None:
    catalogue = load_catalogue(root)
    load_study(root, BANK, catalogue)


@pytest.fixture
def rubrics(tmp_path: Path) -> Path:
    for path in (PROJECT / "rubrics").glob("*.toml"):
        shutil.copy(path, tmp_path / path.name)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        ("assessment.toml", "score = 5", "score = 6", "assessment.toml: level[4].score"),
        ("assessment.toml", "score = 5", "score = 4", "assessment.toml: level: score: is [1, 2, 3, 4, 4]"),
        ("assessment.toml", 'label = "New to me"', 'name = "New to me"', "assessment.toml: level[0].label"),
        ("assessment.toml", "at_least = 0", "at_least = 5", "assessment.toml: band: at_least"),
        ("assessment.toml", "at_least = 40", "at_least = 20", "assessment.toml: band: at_least"),
        ("assessment.toml", 'title = "A solid base"', 'title = ""', "assessment.toml: band[1].title"),
        ("assessment.toml", "[[level]]", "[[level]", "assessment.toml: is not valid TOML"),
        ("competencies.toml", 'name = "cost"', 'name = "charm"', "competencies.toml: competency[4].name"),
        ("competencies.toml", 'name = "cost"', 'name = "breadth"', "competencies.toml: competency: name"),
        ("competencies.toml", '"capstone/cost"', '"capstone/price"', "competencies.toml: competency[cost].question"),
        ("expectations.toml", 'now = "Expected', 'then = "Expected', "expectations.toml: change[4].then"),
        ("expectations.toml", 'impact = "None"', 'impact = "Little"', "expectations.toml: project[5].impact"),
        ("expectations.toml", 'trap = "', 'warning = "', "expectations.toml: trap"),
        ("expectations.toml", 'portfolio = "', 'portfolio = ""  # "', "expectations.toml: portfolio"),
        ("checkpoints.toml", '"format:five"', '"format:six"', "checkpoints.toml: checkpoint.tasks[five-questions].link"),
        ("checkpoints.toml", "/study#graph", "/study#map", "checkpoints.toml: checkpoint.tasks[sketch-map].link"),
        ("checkpoints.toml", "/study#graph", "nowhere", "checkpoints.toml: checkpoint[0].tasks[sketch-map].link"),
        ("checkpoints.toml", '"choose-path"', '"sketch-map"', "checkpoints.toml: checkpoint.tasks: id 'sketch-map'"),
        ("checkpoints.toml", "day = 14", "day = 5", "checkpoints.toml: checkpoint: day"),
        ("paths.toml", '["transformers"]', '["cooking"]', "paths.toml: path[deep].week[0].topics: unknown topic 'cooking'"),
        ("formats.toml", 'group = "mock"', 'group = "other"', "formats.toml: format[five].group"),
    ],
)
def test_a_malformed_file_is_named_with_its_field(rubrics: Path, name: str, old: str, new: str, complaint: str) -> None:
    """Whoever edits the data is told the file and the field, not shown a traceback."""
    path = rubrics / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ContentError) as caught:
        load(rubrics)
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    "name", ["assessment.toml", "competencies.toml", "expectations.toml", "checkpoints.toml", "paths.toml"]
)
def test_a_missing_file_is_named(rubrics: Path, name: str) -> None:
    """Every file is needed."""
    (rubrics / name).unlink()
    with pytest.raises(ContentError, match=f"{name}: file is missing"):
        load(rubrics)


def test_the_data_as_shipped_loads() -> None:
    """Eleven topics, each on the page once."""
    assert len(load_bank(PROJECT / "rubrics").topics) == len(TOPICS) == 11
    load(PROJECT / "rubrics")
