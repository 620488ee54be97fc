"""Malformed and oversized text is refused with an explanation."""

from __future__ import annotations

import asyncio

import pytest
from hotseat.interview.cv_claims import ClaimQuestions
from hotseat.startup.assembly import Assembly

from tests.support.fakes import FakeChat
from tests.support.in_process_server import client

HEADERS = {"content-type": "application/json", "origin": "http://127.0.0.1:8000"}
CV = '{"text": "I fine-tuned models with LoRA."}'


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/papers", '{"text": "prompt \\ud800 injection, fine\\ud800-tuning"}'),
        ("POST", "/api/assessments", '{"scores": {"\\ud800": 3}}'),
        ("PUT", "/api/plan", '{"path": "\\ud800", "weeks": 3}'),
    ],
)
async def test_half_a_character_is_refused_in_words(assembly: Assembly, method: str, path: str, body: str) -> None:
    """A lone surrogate can be neither sent back nor stored."""
    async with client(assembly, **HEADERS) as http:
        answer = await http.request(method, path, content=body)
    assert answer.status_code == 422 and answer.json()["error"]


async def test_one_cv_of_a_person_is_read_at_a_time(assembly: Assembly) -> None:
    """Each costs the endpoint's owner: while one is being read, another is refused; afterwards it is not."""
    assembly.claims = ClaimQuestions(FakeChat(delay_s=0.5), assembly.prompts)
    async with client(assembly, **HEADERS) as http:
        answers = await asyncio.gather(*(http.post("/api/papers/claims", content=CV) for _ in range(3)))
        assert sorted(answer.status_code for answer in answers) == [429, 429, 503]
        assert (await http.post("/api/papers/claims", content=CV)).status_code == 503
