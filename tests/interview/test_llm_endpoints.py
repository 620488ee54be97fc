"""Interviews with language model endpoints of all kinds over real sockets: each gets follow-ups and grades."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from hotseat import wire
from hotseat.engines.openai_chat import OpenAiChat
from hotseat.errors import ChatModelError
from hotseat.grading.embedded import EmbeddedGrader
from hotseat.grading.fallback import FallbackGrader
from hotseat.grading.llm import LlmGrader
from hotseat.interview import llm_interviewer as interviewing

from tests.grading.scripted_reader import ScriptedReader
from tests.support.fake_interview import LORA, finish, sitting
from tests.support.fakes import BANK, FakeTranscriber, fake_assembly
from tests.support.scripted_llm import Script, ScriptedLlm, nobody, scripted_llm

QUESTION = BANK.question(LORA.question_ids[0])
SAID = "LoRA freezes the base model and learns a small update for each weight matrix, so it is more efficient"
POINT = "limits"
"""A point that SAID does not make; the model is told to find it all the same."""
REPLY_S = 1.2
SOON_S = 2.2
"""Within which a follow-up is asked whatever the endpoint does."""
TIMEOUT_S = 4.0


NOT_SAID = {"sentences": [], "status": "not said"}
GRADED = json.dumps(
    {point.id: {"sentences": [1], "status": "made"} if point.id == POINT else NOT_SAID for point in QUESTION.points}
)
ASKED = {
    "does": "probe",
    "anchor": "learns a small update for each weight matrix",
    "question": "You said it learns a small update for each weight matrix. How would you serve that?",
}


def works(message: str) -> str:
    """Asks where it is told the situation, grades otherwise."""
    return json.dumps(ASKED) if message.startswith("{") else GRADED


PAGE = "<!doctype html><title>502</title><h1>Bad gateway</h1>"
Endpoint = Callable[[], AbstractContextManager[ScriptedLlm]]


def serves(**changes: Any) -> Endpoint:
    return lambda: scripted_llm(Script(**({"graded": GRADED} | changes)))


def sends(status: int, media_type: str, body: str) -> Endpoint:
    return lambda: scripted_llm(Script(raw=(status, media_type, body)))


async def interviewed(
    endpoint: Endpoint, data_dir: Path, voiced: list[wire.ServerMessage] | None = None
) -> tuple[dict[str, Any], float, ScriptedLlm]:
    """The reviewed round of a drill, and the seconds from the end of its answer to the follow-up.

    ``voiced`` gets the follow-up's state and the messages of its voice, in order.
    """
    with endpoint() as llm:
        assembly = fake_assembly(data_dir)
        chat = OpenAiChat(llm.url, "scripted", "none", TIMEOUT_S)
        embedded = EmbeddedGrader(ScriptedReader({"leaves the base model frozen": ("freezes the base model", 0.9)}))
        assembly.speech.transcriber = FakeTranscriber(SAID)
        assembly.interviewer.endpoint = interviewing.Endpoint(chat, assembly.prompts, REPLY_S)
        assembly.graders.embedded = embedded
        assembly.graders.in_use = FallbackGrader(LlmGrader(chat, assembly.prompts), embedded, None)
        async with sitting(assembly) as (interviews, candidate):
            candidate.say(type="start")
            await candidate.answer()
            ended = time.monotonic()
            await candidate.until("asking", 2, within_s=15)
            waited = time.monotonic() - ended
            await candidate.answer()
            if voiced is not None:
                voiced += [message for message in candidate.sent if _is_of_follow_up(message)]
            await finish(candidate, 30)
            review = await candidate.review()
            assert candidate.closed is None and not candidate.of(wire.ErrorMessage)
        await chat.close()
        assert review is not None
        [entry] = review["rounds"]
        return entry, waited, llm


def _is_of_follow_up(message: wire.ServerMessage) -> bool:
    match message:
        case wire.VoiceMessage(utterance="follow_up") | wire.VoiceEnd(utterance="follow_up") | wire.VoiceStop(turn_id=2):
            return True
    return isinstance(message, wire.StateMessage) and (message.phase, message.turn_id) == ("asking", 2)


def statuses(entry: dict[str, Any]) -> dict[str, str]:
    return {found["point_id"]: found["status"] for criterion in entry["grade"]["criteria"] for found in criterion["findings"]}


async def test_an_endpoint_that_works_is_used(tmp_path: Path) -> None:
    """Its question is asked, and a point counts that only the model saw."""
    entry, _, llm = await interviewed(serves(graded=works), tmp_path)
    second = entry["answers"][1]
    assert second["asked"] == ASKED["question"]
    assert (second["choice"]["source"], second["choice"]["anchor"]) == ("llm", ASKED["anchor"])
    assert (entry["grade"]["grader"], entry["grade"]["model"], entry["grade"]["fallback"]) == ("llm", "scripted", False)
    assert statuses(entry)[POINT] == "met"
    assert all(SAID not in message["content"] for asked in llm.asked for message in asked["messages"][:1])


@pytest.mark.parametrize(
    ("asked", "heard"),
    [
        pytest.param(
            ASKED, ["You said it learns a small update for each weight matrix.", "How would you serve that?"], id="good"
        ),
        pytest.param(
            ASKED | {"question": "You said it learns a small update for each weight matrix. Good. How would you serve it?"},
            ["You said it learns a small update for each weight matrix."],
            id="bad from the second sentence on",
        ),
    ],
)
async def test_a_sentence_is_heard_before_the_question_is_written(
    asked: dict[str, str], heard: list[str], tmp_path: Path
) -> None:
    """From an endpoint that writes slowly; what it then writes badly is never heard, and each sentence once."""
    script = serves(graded=lambda message: json.dumps(asked) if message.startswith("{") else GRADED, pace_s=0.02)
    voiced: list[wire.ServerMessage] = []
    entry, _, _ = await interviewed(script, tmp_path, voiced)
    sentences = [message.text for message in voiced if isinstance(message, wire.VoiceMessage)]
    indices = [message.index for message in voiced if isinstance(message, wire.VoiceMessage)]
    assert sentences[: len(heard)] == heard and indices == list(range(len(sentences)))
    assert " ".join(sentences) == entry["answers"][1]["asked"]
    assert [message.type for message in voiced if message.type != "state"] == ["voice"] * len(sentences) + ["voice.end"]
    assert [message.type for message in voiced][:2] == ["voice", "state"]


async def test_a_slow_reply_costs_the_phrasing_only(tmp_path: Path) -> None:
    """When a reply is due the bank's words are asked; the grade can wait and is the model's."""
    entry, waited, _ = await interviewed(serves(delay_s=2.7), tmp_path)
    assert entry["answers"][1]["asked"] in {move.text for move in QUESTION.moves}
    assert waited < SOON_S
    assert statuses(entry)[POINT] == "met" and not entry["grade"]["fallback"]


@pytest.mark.parametrize(
    "endpoint",
    [
        pytest.param(nobody, id="down"),
        pytest.param(serves(delay_s=60), id="never answers"),
        pytest.param(sends(200, "text/plain", "certainly! here is"), id="plain text"),
        pytest.param(sends(200, "application/json", ""), id="empty body"),
        pytest.param(sends(200, "application/json", '{"choices": [{"mess'), id="broken JSON"),
        pytest.param(sends(200, "application/json", '{"hello": "world"}'), id="another API's JSON"),
        pytest.param(sends(200, "application/json", '{"choices": {"a": 1}, "usage": 7}'), id="wrong types"),
        pytest.param(sends(200, "application/json", '[["choices"]]'), id="a JSON list"),
        pytest.param(sends(500, "text/html", PAGE), id="HTML 500"),
        pytest.param(sends(200, "text/html", PAGE), id="HTML 200"),
        pytest.param(serves(said="", graded=""), id="empty replies"),
        pytest.param(serves(said="Great answer, well done!", graded="Great answer!"), id="chatter"),
        pytest.param(serves(said="a? b? c? d?", graded="{}"), id="wrong schema"),
        pytest.param(serves(chunk="{not json", graded="[]"), id="broken chunks"),
        pytest.param(serves(chunk='{"choices": {"0": 1}}', graded="null"), id="odd chunks"),
        pytest.param(serves(chunk='{"error": {"message": "out of memory"}}', graded="7"), id="error in the stream"),
        pytest.param(serves(cut=True), id="connection cut in mid-reply"),
    ],
)
async def test_a_bad_endpoint_costs_neither_follow_up_nor_grade(endpoint: Endpoint, tmp_path: Path) -> None:
    """The follow-up is one of the bank's, in time, and the embedded grade stands in and says so with the reason."""
    entry, waited, _ = await interviewed(endpoint, tmp_path)
    assert entry["answers"][1]["asked"] in {move.text for move in QUESTION.moves}
    assert waited < SOON_S
    assert entry["grade_state"] == "graded"
    assert entry["grade"]["fallback"] and entry["grade"]["grader"] == "embedded"
    assert "language model" in entry["grade"]["reason"]
    assert entry["grade"]["verdict"] in ("Lean No Hire", "No Hire", "Lean Hire")
    assert statuses(entry)[POINT] == "not met"


REPEATED = "my grandmother keeps canaries"


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (Script(said="a b", chunk=json.dumps({"error": {"message": f"cannot handle {REPEATED}"}})), r"failed \(APIError\)"),
        (Script(echo=True), r"answered HTTP 422 \(UnprocessableEntityError\)"),
    ],
)
async def test_an_endpoints_words_are_not_repeated(script: Script, kind: str) -> None:
    """Errors go into the log, and an endpoint's may hold what was said: only their class and status are kept."""
    with scripted_llm(script) as llm:
        chat = OpenAiChat(llm.url, "scripted", "none", TIMEOUT_S)
        with pytest.raises(ChatModelError, match=kind) as caught:
            async for _ in chat.stream([{"role": "user", "content": REPEATED}], max_tokens=5):
                pass
        await chat.close()
    assert "canaries" not in str(caught.value)


async def test_a_proxy_gets_nothing_that_is_meant_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """HTTP_PROXY is for the way out; an endpoint on loopback is asked directly, one elsewhere through it."""
    with nobody() as proxy, scripted_llm(Script(said="ok")) as llm:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url.removesuffix("/v1"))
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        here = OpenAiChat(llm.url, "scripted", "none", TIMEOUT_S)
        await here.ping()
        elsewhere = OpenAiChat("http://llm.invalid/v1", "scripted", "none", TIMEOUT_S)
        with pytest.raises(ChatModelError, match="APIConnectionError"):
            await elsewhere.ping()
        await here.close()
        await elsewhere.close()
