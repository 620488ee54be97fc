"""No route gives one person another's data. Routes are found automatically, so new ones are tested, too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from hotseat.accounts.identity import LOCAL_PERSON, Identity
from hotseat.http.app import create_app
from hotseat.http.identity import identity
from hotseat.interview.connection import UNKNOWN_INTERVIEW
from hotseat.startup.assembly import Assembly
from starlette.routing import BaseRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from tests.practice.test_study import EVEN
from tests.support.fakes import BANK, fake_assembly
from tests.support.past_interviews import sat

OTHER = Identity("someone-else", "Other", "member")
PAGES = {"/interview/{interview_id}", "/review/{interview_id}"}
"""The same empty shell for everybody; what it shows comes from the API."""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    async def nothing(_services: Assembly) -> None:
        """The fakes are there already."""

    monkeypatch.setattr("hotseat.http.app.load_models", nothing)
    return create_app(fake_assembly(tmp_path))


@pytest.fixture
def browser(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        yield client


def become(app: FastAPI, who: Identity) -> None:
    app.dependency_overrides[identity] = lambda: who


def start(browser: TestClient) -> str:
    answer = browser.post("/api/interviews", json={"format": "drill", "question_id": "finetuning/lora"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def every_route(app: FastAPI) -> set[tuple[str, str]]:
    """(method, path) of all HTTP routes, those of included routers and those left out of the schema, too."""

    def walk(routes: Sequence[BaseRoute]) -> Iterator[tuple[str, str]]:
        for route in routes:
            if (included := getattr(route, "original_router", None)) is not None:
                yield from walk(included.routes)
            for method in getattr(route, "methods", None) or ():
                yield method, getattr(route, "path", "")

    found = set(walk(app.routes))
    assert {path for _, path in found} >= set(app.openapi()["paths"])
    return found


def filled(path: str, **values: str) -> str:
    """The path with these values, and 1 for everything else."""
    return re.sub(r"\{(\w+)[^}]*\}", lambda name: values.get(name[1], "1"), path)


def test_another_persons_interview_is_not_there(app: FastAPI, browser: TestClient) -> None:
    """Whatever is asked about it, the answer is the one for an interview that does not exist."""
    become(app, LOCAL_PERSON)
    mine = start(browser)
    become(app, OTHER)
    routes = {route for route in every_route(app) if "{interview_id}" in route[1] and route[1] not in PAGES}
    assert len(routes) >= 3
    for method, path in sorted(routes):
        answer = browser.request(method, filled(path, interview_id=mine), json={})
        missing = browser.request(method, filled(path, interview_id="nothing"), json={})
        assert answer.status_code == missing.status_code == 404, f"{method} {path}"
        assert answer.json() == missing.json()
    assert browser.get("/api/interviews").json() == {"interviews": [], "total": 0}
    become(app, LOCAL_PERSON)
    assert browser.get(f"/api/interviews/{mine}").status_code == 200


def test_another_persons_socket_does_not_open(app: FastAPI, browser: TestClient) -> None:
    """The socket is closed as one to an unknown interview, and nothing of it is sent."""
    become(app, LOCAL_PERSON)
    mine = start(browser)
    become(app, OTHER)
    address = f"ws://127.0.0.1:8000/api/interviews/{mine}/socket"
    with browser.websocket_connect(address) as socket, pytest.raises(WebSocketDisconnect) as closed:
        socket.receive_json()
    assert closed.value.code == UNKNOWN_INTERVIEW


def test_preparation_is_ones_own(app: FastAPI, browser: TestClient) -> None:
    """Assessments, the plan and ticks of one person neither show nor change another's."""
    task = browser.get("/api/checkpoints").json()["checkpoints"][0]["tasks"][0]["id"]
    browser.post("/api/assessments", json={"scores": EVEN})
    browser.put("/api/plan", json={"path": "infra", "weeks": 3})
    browser.put(f"/api/checkpoints/{task}", json={"done": True})
    before = [browser.get(path).json() for path in ("/api/assessments", "/api/plan", "/api/checkpoints")]
    become(app, OTHER)
    assert browser.get("/api/assessments").json()["assessments"] == []
    assert browser.get("/api/plan").json() == {"choice": None}
    assert not browser.get("/api/checkpoints").json()["checkpoints"][0]["tasks"][0]["done"]
    browser.put("/api/plan", json={"path": "applied", "weeks": 2})
    browser.put(f"/api/checkpoints/{task}", json={"done": False})
    become(app, LOCAL_PERSON)
    assert [browser.get(path).json() for path in ("/api/assessments", "/api/plan", "/api/checkpoints")] == before


async def test_what_one_person_does_shows_nowhere_to_another(tmp_path: Path) -> None:
    """Whatever they can ask for, byte for byte: after somebody else has practised it is what it was before."""
    assembly = fake_assembly(tmp_path)
    app = create_app(assembly)
    become(app, OTHER)
    asked = {path for method, path in every_route(app) if method == "GET" and path.startswith("/api/")}
    asked -= {path for path in asked if "{interview_id}" in path}
    assert {"/api/interviews", "/api/progress", "/api/today", "/api/attempts/{topic}/{slug}", "/api/export"} <= asked
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as browser:

        async def answers() -> dict[str, str]:
            found = {}
            for path in asked:
                url = filled(path, topic="finetuning", slug="lora")
                answer = await browser.get(url, params={"earlier": "past.0", "later": "past.1"})
                found[path] = re.sub(r'"exported": ?"[^"]*"|20\d{6}T\d{6}Z', "", answer.text)
            return found

        await answers()  # the calendar is given its id when it is first asked for, which an export then holds
        before = await answers()
        question = BANK.question("finetuning/lora")
        await sat(assembly.storage.store, "past", assembly.clock.wall(), [(question, {}), (question, {})])
        await assembly.practice().catch_up()
        become(app, LOCAL_PERSON)
        await browser.post("/api/assessments", json={"scores": EVEN})
        await browser.put("/api/plan", json={"path": "infra", "weeks": 3})
        mine = await answers()
        become(app, OTHER)
        after = await answers()
    assert after == before
    assert {path for path in asked if mine[path] != before[path]} >= {
        "/api/interviews",
        "/api/progress",
        "/api/assessments",
        "/api/plan",
        "/api/attempts/{topic}/{slug}",
        "/api/export",
    }
    await assembly.storage.store.close()
