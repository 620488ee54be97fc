"""After an interview: notes, corrected words, disputed points. The first grade and the recogniser's words stay as they were."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.app import create_app
from server.bank.formats import Choices
from server.core.domain import Answer, PointStatus, Transcript, Word
from server.errors import ChatModelError, SpeakerError
from server.grading import appeal
from server.grading.appeal import Appeals, Claim
from server.grading.embedded import EmbeddedGrader
from server.grading.llm import LlmGrader
from server.ports import LOCAL, Afterwards, RecognitionJob
from server.prompts import Prompts
from server.room.voice import PreparedVoice
from server.services import Services
from server.settings import PROJECT
from tests.app.fakes import BANK, FakeSpeaker, fake_services
from tests.app.sitting import finish, sitting

HEARD = (
    "It learns a low rank update of the weights. Before serving you purge it into the base model. That saves a lot in practice."
)
PURGE = HEARD.split().index("purge")
LIST = "http://127.0.0.1/api/interviews"
MERGING = (9, 18)
LAST = (18, 24)
LORA = BANK.question("finetuning/lora")


class Mumbling:
    """Hears ``HEARD``, unsure of one word, a repaired word at the end."""

    async def recognise(self, job: RecognitionJob) -> tuple[Word, ...]:
        words = [Word(word, 0.04 * n, 0.04 * n + 0.03) for n, word in enumerate(HEARD.split())]
        words[PURGE] = Word("purge", words[PURGE].start, words[PURGE].end, 0.3)
        words[-1] = Word("practice.", words[-1].start, words[-1].end, 0.5, raw="prac this.")
        return tuple(words)


def pattern_services(data_dir: Path, **changes: Any) -> Services:
    """Services whose grader is the embedded one without its embedder: it loads nothing and decides by patterns."""
    services = fake_services(data_dir)
    services.transcriber = Mumbling()
    embedded = EmbeddedGrader()
    services.grader = services.glance = embedded
    services.appeals = Appeals(embedded)
    for name, value in changes.items():
        setattr(services, name, value)
    return services


@asynccontextmanager
async def reviewed(services: Services) -> AsyncIterator[tuple[str, httpx.AsyncClient]]:
    """A finished drill on LoRA, one spoken answer, and the HTTP application to review it with."""
    async with sitting(services, Choices("drill", ("finetuning/lora",), follow_ups=0)) as (_, candidate):
        candidate.say(type="start")
        await candidate.answer()
        await finish(candidate)
        transport = httpx.ASGITransport(create_app(services))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1/api/interviews/") as http:
            yield candidate.id, http


async def the_round(http: httpx.AsyncClient, interview_id: str) -> dict[str, Any]:
    response = await http.get(interview_id)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()["rounds"][0]
    return found


def finding(grade: dict[str, Any], point_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        finding for criterion in grade["criteria"] for finding in criterion["findings"] if finding["point_id"] == point_id
    )
    return found


async def edit(http: httpx.AsyncClient, interview_id: str, word: int, text: str) -> httpx.Response:
    body = {"turn_id": 1, "word": word, "change": "edit", "text": text}
    return await http.post(f"{interview_id}/corrections", json=body)


async def test_a_misheard_word_is_corrected_and_graded_again(tmp_path: Path) -> None:
    """Both grades are shown; the first stays, the raw words stay, and a quote resting on a written word says so."""
    async with reviewed(pattern_services(tmp_path)) as (interview_id, http):
        before = await the_round(http, interview_id)
        assert finding(before["grade"], "merging")["status"] == "not met"
        assert "merged into the base weights" in finding(before["grade"], "merging")["model_sentence"]
        assert before["amended"] is None and before["ungraded_corrections"] == 0

        assert (await edit(http, interview_id, PURGE, "merge")).status_code == 204
        edited = await the_round(http, interview_id)
        assert edited["answers"][0]["words"][PURGE]["now"] == {"text": "merge", "change": "edit"}
        assert edited["answers"][0]["words"][PURGE]["text"] == "purge"
        assert edited["ungraded_corrections"] == 1 and edited["amended"] is None

        assert (await http.post(f"{interview_id}/rounds/1/grade")).status_code == 204
        after = await the_round(http, interview_id)
        assert after["grade"] == before["grade"]
        assert after["answers"][0]["text"] == HEARD
        won = finding(after["amended"], "merging")
        assert won["status"] == "met" and won["evidence"]["typed_in"]
        assert won["evidence"]["quote"] == "Before serving you merge it into the base model."
        assert not any(
            other["evidence"]["typed_in"]
            for criterion in after["grade"]["criteria"]
            for other in criterion["findings"]
            if other["evidence"]
        )
        [entry] = after["history"]
        assert (entry["kind"], entry["reason"], entry["by"]) == ("corrected", "“purge” to “merge”", LOCAL)
        assert entry["verdict"] == after["amended"]["verdict"]
        assert after["ungraded_corrections"] == 0


async def test_corrected_and_disputed_grades_are_flagged_in_lists(tmp_path: Path) -> None:
    """The summary's verdict stays the first one, and says that there is a later one beside it."""
    async with reviewed(pattern_services(tmp_path)) as (interview_id, http):
        [before] = (await http.get(LIST)).json()["interviews"]
        assert before["asides"] == [None]
        await edit(http, interview_id, PURGE, "merge")
        await http.post(f"{interview_id}/rounds/1/grade")
        [after] = (await http.get(LIST)).json()["interviews"]
        assert after["asides"] == ["corrected"] and after["verdicts"] == before["verdicts"]


async def test_a_repair_is_undone_and_corrections_are_taken_back(tmp_path: Path) -> None:
    """An undone repair shows what was heard; taking a correction back is one more entry, not an erasure."""
    services = pattern_services(tmp_path)
    async with reviewed(services) as (interview_id, http):
        last = len(HEARD.split()) - 1
        undo = {"turn_id": 1, "word": last, "change": "unrepair"}
        assert (await http.post(f"{interview_id}/corrections", json=undo)).status_code == 204
        [answer] = (await the_round(http, interview_id))["answers"]
        assert answer["words"][last]["now"] == {"text": "prac this.", "change": "unrepair"}
        await http.post(f"{interview_id}/corrections", json=undo | {"change": "restore"})
        [answer] = (await the_round(http, interview_id))["answers"]
        assert "now" not in answer["words"][last]
        kept = (await services.store.afterwards(interview_id)).corrections
        assert [(entry.change.value, entry.before, entry.text) for entry in kept] == [
            ("unrepair", "practice.", "prac this."),
            ("restore", "prac this.", "practice."),
        ]


async def dispute(http: httpx.AsyncClient, interview_id: str, span: tuple[int, int], point: str, **more: Any) -> httpx.Response:
    body = {"point_id": point, "turn_id": 1, "word_start": span[0], "word_end": span[1]}
    return await http.post(f"{interview_id}/rounds/1/disputes", json=body | more)


async def test_a_dispute_that_is_not_upheld_says_why(tmp_path: Path) -> None:
    """The passage is judged, not the claim: nothing changes, and the reason is kept with the candidate's own."""
    async with reviewed(pattern_services(tmp_path)) as (interview_id, http):
        assert (await dispute(http, interview_id, LAST, "merging", reason="Saves a lot!")).status_code == 204
        after = await the_round(http, interview_id)
        [entry] = after["history"]
        assert entry["reason"] == "Saves a lot!" and entry["ruling"]["upheld"] is False
        assert entry["ruling"]["quote"] == "That saves a lot in practice."
        assert entry["ruling"]["statement"] == finding(after["grade"], "merging")["statement"]
        [opinion] = entry["ruling"]["opinions"]
        assert opinion["grader"] == "embedded" and "none of the phrasings" in opinion["reason"]
        assert after["amended"]["verdict"] == after["grade"]["verdict"]
        assert (await http.get(LIST)).json()["interviews"][0]["asides"] == ["disputed"]


class Judge:
    """A ports.ChatModel that replies to every grading question alike, or fails."""

    name = "judge"

    def __init__(self, reply: dict[str, Any] | None) -> None:
        self.reply = reply
        self.asked: list[str] = []

    async def complete(
        self, messages: Sequence[dict[str, str]], *, max_tokens: int, schema: dict[str, Any] | None = None
    ) -> tuple[str, int]:
        assert schema is not None
        self.asked.append(messages[-1]["content"])
        if self.reply is None:
            raise ChatModelError("the endpoint is down")
        return json.dumps(dict.fromkeys(schema["required"], self.reply)), 10


AGREES = {
    "quote": "purge it into the base model",
    "why": "the same",
    "mentioned": True,
    "explained": True,
    "contradicted": False,
}


def judged(data_dir: Path, judge: Judge) -> Services:
    appeals = Appeals(EmbeddedGrader(), LlmGrader(judge, Prompts(PROJECT / "prompts")))  # type: ignore[arg-type]
    return pattern_services(data_dir, appeals=appeals)


async def test_a_second_opinion_upholds_a_dispute(tmp_path: Path) -> None:
    """A language model that finds the point in the passage with every vote wins it; both opinions are kept."""
    judge = Judge(AGREES)
    async with reviewed(judged(tmp_path, judge)) as (interview_id, http):
        assert (await dispute(http, interview_id, MERGING, "merging")).status_code == 204
        after = await the_round(http, interview_id)
        [entry] = after["history"]
        assert [opinion["status"] for opinion in entry["ruling"]["opinions"]] == ["not met", "met"]
        assert entry["ruling"]["upheld"] and entry["reason"] == "I did say this."
        won = finding(after["amended"], "merging")
        assert (won["status"], won["note"]) == ("met", "found on dispute")
        assert (
            won["evidence"]["quote"] == "Before serving you purge it into the base model." and not won["evidence"]["typed_in"]
        )
        assert finding(after["grade"], "merging")["status"] == "not met"
        assert all("That saves" not in asked for asked in judge.asked)

        # A later correction is graded with what the dispute won, and a point once won needs no second dispute.
        await edit(http, interview_id, 0, "We")
        await http.post(f"{interview_id}/rounds/1/grade")
        again = await the_round(http, interview_id)
        assert finding(again["amended"], "merging")["note"] == "found on dispute"
        assert "counts as made already" in (await dispute(http, interview_id, MERGING, "merging")).json()["error"]


async def test_a_failing_second_opinion_is_said(tmp_path: Path) -> None:
    """When the language model fails, the embedded grader's word stands and the page is told."""
    async with reviewed(judged(tmp_path, Judge(None))) as (interview_id, http):
        await dispute(http, interview_id, MERGING, "merging")
        [entry] = (await the_round(http, interview_id))["history"]
        assert entry["ruling"]["opinions"][1]["status"] is None
        assert "the endpoint is down" in entry["ruling"]["opinions"][1]["reason"]
        assert entry["ruling"]["upheld"] is False


async def test_a_passage_is_judged_with_its_clause(tmp_path: Path) -> None:
    """Naming words without the "not" before them does not hide it: the whole clause is judged."""
    answers = [
        Answer(1, 0, LORA.id, LORA.prompt, None, Transcript(tuple(Word(w, 0, 0) for w in text.split()), typed=True), 9, "done")
        for text in ["I would not say that you merge it into the base model at all."]
    ]
    named = appeal.whole(Claim("merging", 1, 5, 11), answers)
    assert named.span == (0, 14)


async def test_a_passage_cut_from_a_list_wins_nothing() -> None:
    """A stretch of a list of terms may read like a sentence; what it was cut from tells."""
    listed = (
        "low-rank, delta W equals B A, d by r, r by d, r much less than d, frozen base, Adam states, twenty million "
        "parameters, seven B, query key value projections, alpha over r, merge, no latency, domain shift, raise the rank, QLoRA"
    )
    words = tuple(Word(word, 0, 0) for word in listed.split())
    answer = Answer(1, 0, LORA.id, LORA.prompt, None, Transcript(words, typed=True), 9, "done")
    ruling = await Appeals(EmbeddedGrader()).hear(LORA, [answer], Claim("factorisation", 1, 0, 19))
    assert ruling.finding.status is PointStatus.NOT_MET
    assert "names things without explaining" in ruling.opinions[0].reason


@pytest.mark.parametrize(
    ("path", "body", "status", "reason"),
    [
        ("corrections", {"turn_id": 9, "word": 0, "change": "edit", "text": "a"}, 404, "no such turn"),
        ("corrections", {"turn_id": 1, "word": 99, "change": "edit", "text": "a"}, 422, "no word 99"),
        ("corrections", {"turn_id": 1, "word": 0, "change": "erase"}, 422, "change"),
        ("rounds/1/grade", {}, 422, "no correction"),
        ("rounds/2/grade", {}, 404, "no such round"),
        ("rounds/1/disputes", {"point_id": "?", "turn_id": 1, "word_start": 0, "word_end": 5}, 422, "no such point"),
        ("rounds/1/disputes", {"point_id": "figures", "turn_id": 2, "word_start": 0, "word_end": 5}, 422, "no such answer"),
        ("rounds/1/disputes", {"point_id": "figures", "turn_id": 1, "word_start": 20, "word_end": 30}, 422, "within them"),
        ("rounds/1/disputes", {"point_id": "figures", "turn_id": 1, "word_start": 0, "word_end": 2}, 422, "these are 2"),
    ],
)
async def test_what_cannot_be_done_is_said(tmp_path: Path, path: str, body: dict[str, Any], status: int, reason: str) -> None:
    """Corrections and disputes of what there isn't are refused by name, and leave no trace."""
    services = pattern_services(tmp_path)
    async with reviewed(services) as (interview_id, http):
        response = await http.post(f"{interview_id}/{path}", json=body)
        assert response.status_code == status and reason in response.json()["error"]
        assert await services.store.afterwards(interview_id) == Afterwards()


async def test_notes_are_kept_and_deleted_with_the_interview(tmp_path: Path) -> None:
    """A note belongs to a round, the last writing of it counts, and deleting the interview deletes everything added to it."""
    services = pattern_services(tmp_path)
    async with reviewed(services) as (interview_id, http):
        assert (await the_round(http, interview_id))["note"] is None
        for text in ("say", "say the shapes"):
            assert (await http.put(f"{interview_id}/rounds/1/note", json={"text": text})).status_code == 204
        assert (await the_round(http, interview_id))["note"]["text"] == "say the shapes"
        assert (await http.put(f"{interview_id}/rounds/2/note", json={"text": "x"})).status_code == 404
        await edit(http, interview_id, PURGE, "merge")
        await http.post(f"{interview_id}/rounds/1/grade")
        kept = await services.store.afterwards(interview_id)
        assert len(kept.notes) == len(kept.corrections) == len(kept.regrades) == 1
        assert (await http.delete(interview_id)).is_success
        assert await services.store.afterwards(interview_id) == Afterwards()


async def test_the_question_is_spoken_again(tmp_path: Path) -> None:
    """What the interviewer said is read aloud anew as one WAV; without a voice the page gets words instead."""
    services = pattern_services(tmp_path)
    async with reviewed(services) as (interview_id, http):
        response = await http.get(f"{interview_id}/turns/1/asked.wav")
        assert response.headers["content-type"] == "audio/wav"
        assert response.content[:4] == b"RIFF" and len(response.content) == 44 + 3200
        assert (await http.get(f"{interview_id}/turns/7/asked.wav")).status_code == 404
        services.voice = PreparedVoice(None)
        silent = await http.get(f"{interview_id}/turns/1/asked.wav")
        assert silent.status_code == 503 and "no voice on this server" in silent.json()["error"]
        services.voice = PreparedVoice(FakeSpeaker(SpeakerError("the voice is hoarse")))
        assert (await http.get(f"{interview_id}/turns/1/asked.wav")).json()["error"] == "the voice is hoarse"


async def test_the_outline_of_an_answer(tmp_path: Path) -> None:
    """Peaks come from the stored audio and cover its whole length; times used and allowed stand beside it."""
    async with reviewed(pattern_services(tmp_path)) as (interview_id, http):
        shown = await the_round(http, interview_id)
        [answer] = shown["answers"]
        outline = (await http.get(answer["peaks"].removeprefix("/api/interviews/"))).json()
        assert outline["seconds"] == pytest.approx(answer["duration_s"], abs=0.001)
        assert max(outline["peaks"]) == 100 and len(outline["peaks"]) == int(outline["seconds"] / 0.05)
        assert (await http.get(f"{interview_id}/turns/9/peaks.json")).status_code == 404
        assert shown["used_s"] == answer["duration_s"] and answer["limit_s"] == LORA.time_limit_s


async def test_a_review_outlives_its_question(tmp_path: Path) -> None:
    """An interview about a question, or a point, that has left the bank can still be reviewed; it only can't be regraded."""
    services = pattern_services(tmp_path)
    async with reviewed(services) as (interview_id, http):
        services.bank = replace(BANK, questions=tuple(replace(q, criteria=q.criteria[1:]) for q in BANK.questions))
        points = [f for criterion in (await the_round(http, interview_id))["grade"]["criteria"] for f in criterion["findings"]]
        assert points[0]["statement"] == "This point is no longer in the rubric."

        services.bank = replace(BANK, questions=())
        shown = await the_round(http, interview_id)
        assert shown["question"]["title"] == LORA.title and shown["question"]["in_bank"] is False
        assert shown["grade"]["verdict"] and shown["answers"][0]["text"] == HEARD
        await edit(http, interview_id, PURGE, "merge")
        refused = await http.post(f"{interview_id}/rounds/1/grade")
        assert refused.status_code == 422 and "no longer in the bank" in refused.json()["error"]
