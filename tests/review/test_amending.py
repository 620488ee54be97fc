"""Changes after an interview: notes, corrections, disputes, points answered with yes or no. The latest grade counts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hotseat.domain.model import Answer, Transcript, Word
from hotseat.errors import SpeakerError
from hotseat.grading import disputes
from hotseat.grading.disputes import Claim
from hotseat.grading.embedded import EmbeddedGrader
from hotseat.questions.formats import Choices
from hotseat.session.records import LOCAL, Amendments
from hotseat.speech.recognition import RecognitionJob
from hotseat.speech.synthesis import PreparedVoice
from hotseat.startup.assembly import Assembly

from tests.grading.scripted_reader import ScriptedReader
from tests.support.fake_interview import finish, sitting
from tests.support.fakes import BANK, FakeSpeaker, fake_assembly
from tests.support.in_process_server import client

HEARD = (
    "It learns a low rank update of the weights. Before serving you purge it into the base model. That saves a lot in practice."
)
PURGE = HEARD.split().index("purge")
LIST = "http://127.0.0.1/api/interviews"
MERGING = (9, 18)
LAST = (18, 24)
LORA = BANK.question("finetuning/lora")
STATEMENTS = {point.id: point.statement for point in LORA.points}


class Mumbling:
    """Hears ``HEARD``, unsure of one word, a repaired word at the end."""

    async def recognise(self, job: RecognitionJob) -> tuple[Word, ...]:
        words = [Word(word, 0.04 * n, 0.04 * n + 0.03) for n, word in enumerate(HEARD.split())]
        words[PURGE] = Word("purge", words[PURGE].start, words[PURGE].end, 0.3)
        words[-1] = Word("practice.", words[-1].start, words[-1].end, 0.5, raw="prac this.")
        return tuple(words)


READER = ScriptedReader(
    {
        STATEMENTS["low-rank"]: ("low rank update", 0.9),
        STATEMENTS["fewer-parameters"]: ("saves a lot", 0.3),
        STATEMENTS["factorisation"]: ("learns a low", 0.3),
        STATEMENTS["merging"]: ("merge it into", 0.8),
        STATEMENTS["alpha-rank"]: ("purge it into", 0.3),
    }
)
"""Of ``HEARD``: one point is made, three are not sure; merging is made once the word is corrected."""


def scripted_services(data_dir: Path, reader: ScriptedReader = READER) -> Assembly:
    assembly = fake_assembly(data_dir)
    assembly.speech.transcriber = Mumbling()
    assembly.graders.in_use = assembly.graders.embedded = EmbeddedGrader(reader)
    return assembly


@asynccontextmanager
async def reviewed(assembly: Assembly) -> AsyncIterator[tuple[str, httpx.AsyncClient]]:
    """A finished drill on LoRA, one spoken answer, and the HTTP application to review it with."""
    async with sitting(assembly, Choices("drill", ("finetuning/lora",), follow_ups=0)) as (_, candidate):
        candidate.say(type="start")
        await candidate.answer()
        await finish(candidate)
        async with client(assembly, "/api/interviews/") as http:
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


async def answer(http: httpx.AsyncClient, interview_id: str, point: str, said: bool) -> httpx.Response:
    return await http.post(f"{interview_id}/rounds/1/points/{point}", json={"said": said})


async def test_a_misheard_word_is_corrected_and_graded_again(tmp_path: Path) -> None:
    """The new grade counts; the first verdict and the raw words are kept, and a quote resting on a written word says so."""
    async with reviewed(scripted_services(tmp_path)) as (interview_id, http):
        before = await the_round(http, interview_id)
        assert finding(before["grade"], "merging")["status"] == "not met"
        assert "merged into the base weights" in finding(before["grade"], "merging")["model_sentence"]
        assert before["first_verdict"] is None and before["ungraded_corrections"] == 0

        assert (await edit(http, interview_id, PURGE, "merge")).status_code == 204
        edited = await the_round(http, interview_id)
        assert edited["answers"][0]["words"][PURGE]["now"] == {"text": "merge", "change": "edit"}
        assert edited["answers"][0]["words"][PURGE]["text"] == "purge"
        assert edited["ungraded_corrections"] == 1 and edited["grade"] == before["grade"]

        assert (await http.post(f"{interview_id}/rounds/1/grade")).status_code == 204
        after = await the_round(http, interview_id)
        assert after["first_verdict"] == before["grade"]["verdict"]
        assert after["answers"][0]["text"] == HEARD
        won = finding(after["grade"], "merging")
        assert won["status"] == "met" and won["evidence"]["typed_in"]
        assert won["evidence"]["quote"] == "Before serving you merge it into the base model."
        [entry] = after["history"]
        assert (entry["kind"], entry["reason"], entry["by"]) == ("corrected", "“purge” to “merge”", LOCAL)
        assert entry["verdict"] == after["grade"]["verdict"]
        assert after["ungraded_corrections"] == 0


async def test_the_latest_grade_counts_everywhere(tmp_path: Path) -> None:
    """In lists, attempts, progress and ratings a grade that the candidate changed is a grade like any other."""
    assembly = scripted_services(tmp_path)
    async with reviewed(assembly) as (interview_id, http):
        [before] = (await http.get(LIST)).json()["interviews"]
        [rated_before] = await assembly.storage.store.ratings(LOCAL, LORA.id)
        for point, said in (("fewer-parameters", True), ("alpha-rank", True), ("factorisation", True)):
            assert (await answer(http, interview_id, point, said)).status_code == 204
        shown = (await the_round(http, interview_id))["grade"]
        [after] = (await http.get(LIST)).json()["interviews"]
        assert after["verdicts"] == [shown["verdict"]] != before["verdicts"] and after["asides"] == [None]
        attempts = (await http.get(f"http://127.0.0.1/api/attempts/{LORA.id}")).json()["attempts"]
        assert [attempt["verdict"] for attempt in attempts] == [shown["verdict"]]
        progress = (await http.get("http://127.0.0.1/api/progress")).json()
        assert progress["verdicts"][0]["verdicts"] == {shown["verdict"]: 1}
        [rated] = await assembly.storage.store.ratings(LOCAL, LORA.id)
        assert rated.at == rated_before.at and rated.ratings["factorisation"] > rated_before.ratings["factorisation"]


async def test_a_point_that_is_not_sure_is_answered(tmp_path: Path) -> None:
    """Yes or no counts at once as the candidate's word, narrows the range, and can be changed; nothing else is answered so."""
    async with reviewed(scripted_services(tmp_path)) as (interview_id, http):
        first = (await the_round(http, interview_id))["grade"]
        asked = finding(first, "factorisation")
        assert (asked["status"], asked["may_answer"], asked["said"]) == ("not sure", True, None)
        assert asked["evidence"]["quote"] == "It learns a low rank update of the weights." and asked["model_sentence"]
        assert first["range"] == ["Lean No Hire", "Lean Hire"]

        assert (await answer(http, interview_id, "factorisation", True)).status_code == 204
        yes = await the_round(http, interview_id)
        made = finding(yes["grade"], "factorisation")
        assert (made["status"], made["note"], made["said"]) == ("met", "the candidate's word", True)
        [entry] = yes["history"]
        assert (entry["kind"], entry["said"]) == ("answered", True)
        assert entry["statement"] == asked["statement"] and entry["ruling"]["quote"] in HEARD

        for other in ("fewer-parameters", "alpha-rank"):
            await answer(http, interview_id, other, True)
        assert (await the_round(http, interview_id))["grade"]["range"] == ["Lean Hire", "Lean Hire"]
        await answer(http, interview_id, "factorisation", False)
        no = (await the_round(http, interview_id))["grade"]
        assert (finding(no, "factorisation")["status"], finding(no, "factorisation")["said"]) == ("not met", False)
        assert finding(no, "factorisation")["may_answer"]
        for decided in ("low-rank", "limits", "no-such-point"):
            assert (await answer(http, interview_id, decided, True)).status_code == 422


async def test_an_answer_taken_back_frees_what_it_showed(tmp_path: Path) -> None:
    """A point that counts only because the candidate's yes to another shows it is not sure again after a no."""
    reader = ScriptedReader({STATEMENTS[name]: ("low rank update", 0.3) for name in ("low-rank", "factorisation")})
    async with reviewed(scripted_services(tmp_path, reader)) as (interview_id, http):
        await answer(http, interview_id, "factorisation", True)
        shown = finding((await the_round(http, interview_id))["grade"], "low-rank")
        assert (shown["status"], shown["note"]) == ("met", "shown by another point")
        await answer(http, interview_id, "factorisation", False)
        assert finding((await the_round(http, interview_id))["grade"], "low-rank")["status"] == "not sure"


async def test_answers_outlive_a_new_grade(tmp_path: Path) -> None:
    """Graded again after a correction, what the candidate answered holds where the new grade is not sure itself."""
    async with reviewed(scripted_services(tmp_path)) as (interview_id, http):
        await answer(http, interview_id, "fewer-parameters", True)
        await answer(http, interview_id, "factorisation", False)
        await edit(http, interview_id, PURGE, "merge")
        await http.post(f"{interview_id}/rounds/1/grade")
        again = (await the_round(http, interview_id))["grade"]
        assert finding(again, "fewer-parameters")["said"] is True
        assert finding(again, "factorisation")["said"] is False
        assert (finding(again, "merging")["status"], finding(again, "merging")["said"]) == ("met", None)


async def test_a_repair_is_undone_and_corrections_are_taken_back(tmp_path: Path) -> None:
    """An undone repair shows what was heard; taking a correction back is one more entry, not an erasure."""
    assembly = scripted_services(tmp_path)
    async with reviewed(assembly) as (interview_id, http):
        last = len(HEARD.split()) - 1
        undo = {"turn_id": 1, "word": last, "change": "unrepair"}
        assert (await http.post(f"{interview_id}/corrections", json=undo)).status_code == 204
        [answer] = (await the_round(http, interview_id))["answers"]
        assert answer["words"][last]["now"] == {"text": "prac this.", "change": "unrepair"}
        await http.post(f"{interview_id}/corrections", json=undo | {"change": "restore"})
        [answer] = (await the_round(http, interview_id))["answers"]
        assert "now" not in answer["words"][last]
        kept = (await assembly.storage.store.amendments(interview_id)).corrections
        assert [(entry.change.value, entry.before, entry.text) for entry in kept] == [
            ("unrepair", "practice.", "prac this."),
            ("restore", "prac this.", "practice."),
        ]


async def dispute(http: httpx.AsyncClient, interview_id: str, span: tuple[int, int], point: str) -> httpx.Response:
    body = {"point_id": point, "turn_id": 1, "word_start": span[0], "word_end": span[1]}
    return await http.post(f"{interview_id}/rounds/1/disputes", json=body)


async def test_a_dispute_that_is_not_upheld_says_why(tmp_path: Path) -> None:
    """The passage is read by itself: nothing changes, and the reason is kept."""
    async with reviewed(scripted_services(tmp_path)) as (interview_id, http):
        before = await the_round(http, interview_id)
        assert (await dispute(http, interview_id, LAST, "merging")).status_code == 204
        after = await the_round(http, interview_id)
        [entry] = after["history"]
        assert entry["ruling"]["upheld"] is False and "doesn't clearly say it" in entry["ruling"]["why"]
        assert entry["ruling"]["quote"] == "That saves a lot in practice."
        assert entry["statement"] == finding(after["grade"], "merging")["statement"]
        assert after["grade"]["verdict"] == before["grade"]["verdict"]


async def test_an_upheld_dispute_becomes_the_grade(tmp_path: Path) -> None:
    """A passage that may make the point wins it, and it stays won when the round is graded again."""
    reader = ScriptedReader({})
    assembly = scripted_services(tmp_path, reader)
    async with reviewed(assembly) as (interview_id, http):
        assert finding((await the_round(http, interview_id))["grade"], "merging")["status"] == "not met"
        reader.says |= {STATEMENTS["merging"]: ("purge it into", 0.4)}
        assert (await dispute(http, interview_id, MERGING, "merging")).status_code == 204
        after = await the_round(http, interview_id)
        [entry] = after["history"]
        assert entry["ruling"]["upheld"]
        won = finding(after["grade"], "merging")
        assert (won["status"], won["note"]) == ("met", "found on dispute")
        assert won["evidence"]["quote"] == "Before serving you purge it into the base model."

        reader.says |= {STATEMENTS["merging"]: ("not said", 0.4)}
        await edit(http, interview_id, 0, "We")
        await http.post(f"{interview_id}/rounds/1/grade")
        again = await the_round(http, interview_id)
        assert finding(again["grade"], "merging")["note"] == "found on dispute"
        assert "already counts as made" in (await dispute(http, interview_id, MERGING, "merging")).json()["error"]


async def test_a_passage_is_judged_with_its_clause(tmp_path: Path) -> None:
    """Naming words without the "not" before them does not hide it: the whole clause is judged."""
    answers = [
        Answer.alone(LORA, Transcript.of_typed(text))
        for text in ["I would not say that you merge it into the base model at all."]
    ]
    named = disputes.in_whole_clauses(Claim("merging", 1, 5, 11), answers)
    assert named.span == (0, 14)


@pytest.mark.parametrize(
    ("path", "body", "status", "reason"),
    [
        ("corrections", {"turn_id": 9, "word": 0, "change": "edit", "text": "a"}, 404, "no such turn"),
        ("corrections", {"turn_id": 1, "word": 99, "change": "edit", "text": "a"}, 422, "no word 99"),
        ("corrections", {"turn_id": 1, "word": 0, "change": "erase"}, 422, "change"),
        ("rounds/1/grade", {}, 422, "graded already"),
        ("rounds/2/grade", {}, 404, "no such round"),
        ("rounds/1/disputes", {"point_id": "?", "turn_id": 1, "word_start": 0, "word_end": 5}, 422, "no longer has this point"),
        ("rounds/1/disputes", {"point_id": "figures", "turn_id": 2, "word_start": 0, "word_end": 5}, 422, "no such answer"),
        ("rounds/1/disputes", {"point_id": "figures", "turn_id": 1, "word_start": 20, "word_end": 30}, 422, "within them"),
        ("rounds/1/disputes", {"point_id": "figures", "turn_id": 1, "word_start": 0, "word_end": 2}, 422, "these are 2"),
    ],
)
async def test_impossible_corrections_are_refused_with_the_reason(
    tmp_path: Path, path: str, body: dict[str, Any], status: int, reason: str
) -> None:
    """Corrections and disputes of what there isn't are refused by name, and leave no trace."""
    assembly = scripted_services(tmp_path)
    async with reviewed(assembly) as (interview_id, http):
        response = await http.post(f"{interview_id}/{path}", json=body)
        assert response.status_code == status and reason in response.json()["error"]
        assert await assembly.storage.store.amendments(interview_id) == Amendments()


async def test_notes_are_kept_and_deleted_with_the_interview(tmp_path: Path) -> None:
    """A note belongs to a round, the last writing of it counts, and deleting the interview deletes everything added to it."""
    assembly = scripted_services(tmp_path)
    async with reviewed(assembly) as (interview_id, http):
        assert (await the_round(http, interview_id))["note"] is None
        for text in ("say", "say the shapes"):
            assert (await http.put(f"{interview_id}/rounds/1/note", json={"text": text})).status_code == 204
        assert (await the_round(http, interview_id))["note"]["text"] == "say the shapes"
        assert (await http.put(f"{interview_id}/rounds/2/note", json={"text": "x"})).status_code == 404
        await edit(http, interview_id, PURGE, "merge")
        await http.post(f"{interview_id}/rounds/1/grade")
        kept = await assembly.storage.store.amendments(interview_id)
        assert len(kept.notes) == len(kept.corrections) == len(kept.regrades) == 1
        assert (await http.delete(interview_id)).is_success
        assert await assembly.storage.store.amendments(interview_id) == Amendments()


async def test_the_question_is_spoken_again(tmp_path: Path) -> None:
    """What the interviewer said is read aloud anew as one WAV; without a voice the page gets words instead."""
    assembly = scripted_services(tmp_path)
    async with reviewed(assembly) as (interview_id, http):
        response = await http.get(f"{interview_id}/turns/1/asked.wav")
        assert response.headers["content-type"] == "audio/wav"
        assert response.content[:4] == b"RIFF" and len(response.content) == 44 + 3200
        assert (await http.get(f"{interview_id}/turns/7/asked.wav")).status_code == 404
        assembly.speech.voice = PreparedVoice(None)
        silent = await http.get(f"{interview_id}/turns/1/asked.wav")
        assert silent.status_code == 503 and "no voice" in silent.json()["error"]
        assembly.speech.voice = PreparedVoice(FakeSpeaker(SpeakerError("the voice is hoarse")))
        assert (await http.get(f"{interview_id}/turns/1/asked.wav")).json()["error"] == "the voice is hoarse"


async def test_the_outline_of_an_answer(tmp_path: Path) -> None:
    """Peaks come from the stored audio and cover its whole length; times used and allowed stand beside it."""
    async with reviewed(scripted_services(tmp_path)) as (interview_id, http):
        shown = await the_round(http, interview_id)
        [answer] = shown["answers"]
        outline = (await http.get(answer["peaks"].removeprefix("/api/interviews/"))).json()
        assert outline["seconds"] == pytest.approx(answer["duration_s"], abs=0.001)
        assert max(outline["peaks"]) == 100 and len(outline["peaks"]) == int(outline["seconds"] / 0.05)
        assert (await http.get(f"{interview_id}/turns/9/peaks.json")).status_code == 404
        assert shown["used_s"] == answer["duration_s"] and answer["limit_s"] == LORA.time_limit_s


async def test_a_review_outlives_its_question(tmp_path: Path) -> None:
    """An interview about a question, or a point, that has left the bank can still be reviewed; it only can't be regraded."""
    assembly = scripted_services(tmp_path)
    async with reviewed(assembly) as (interview_id, _):
        shorter = tuple(replace(question, criteria=question.criteria[1:]) for question in BANK.questions)
        assembly.library = replace(assembly.library, bank=replace(BANK, questions=shorter))
        async with client(assembly, "/api/interviews/") as http:
            grade = (await the_round(http, interview_id))["grade"]
        points = [f for criterion in grade["criteria"] for f in criterion["findings"]]
        assert points[0]["statement"] == "This point is no longer in the rubric."

        assembly.library = replace(assembly.library, bank=replace(BANK, questions=()))
        async with client(assembly, "/api/interviews/") as http:
            shown = await the_round(http, interview_id)
            assert shown["question"]["title"] == LORA.title and shown["question"]["in_bank"] is False
            assert shown["grade"]["verdict"] and shown["answers"][0]["text"] == HEARD
            await edit(http, interview_id, PURGE, "merge")
            refused = await http.post(f"{interview_id}/rounds/1/grade")
            assert refused.status_code == 422 and "no longer in the bank" in refused.json()["error"]
