"""A trusted proxy names the signed-in person in a header; from anyone else the header is ignored."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from hotseat.accounts.passwords import is_password
from hotseat.errors import SettingsError
from hotseat.session.records import LOCAL
from hotseat.settings import load_settings

from tests.support.fakes import fake_assembly
from tests.support.in_process_server import listening

HEADER = {"remote-user": "Ada"}


async def test_a_proxys_people_have_accounts(tmp_path: Path) -> None:
    """Each their own, made when they first come, the first an owner; their names alone open nothing."""
    assembly = fake_assembly(tmp_path, user_header="Remote-User", trusted_proxies="127.0.0.1", host="0.0.0.0")
    async with listening(assembly) as (port, _server), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as proxy:
        assert (await proxy.get("/api/interviews")).status_code == 401
        for name in ("Ada", "ada", "Bob"):
            assert (await proxy.get("/api/interviews", headers={"remote-user": name})).status_code == 200
        people = await assembly.accounts.all()
        assert [(one.id == LOCAL, one.name, one.role) for one in people] == [(True, "Ada", "owner"), (False, "Bob", "member")]
        assert "Bob" in (await proxy.get("/account", headers=HEADER)).text
        assert (await proxy.get("/metrics", headers={"remote-user": "Bob"})).status_code == 403
        assert (await proxy.get("/", headers={"remote-user": "x" * 65})).status_code == 403
    assert not any(is_password(guess, people[0].password) for guess in ("", "!", "nobody's password"))


async def test_nobody_else_says_who_they_are(tmp_path: Path) -> None:
    """Neither from an address that is not the proxy's, nor by naming the proxy's."""
    assembly = fake_assembly(tmp_path, user_header="Remote-User", trusted_proxies="192.0.2.1", host="0.0.0.0")
    async with listening(assembly) as (port, _server), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as anybody:
        for more in ({}, {"x-forwarded-for": "192.0.2.1"}):
            assert (await anybody.get("/api/interviews", headers={**HEADER, **more})).status_code == 401
    assert await assembly.accounts.all() == ()


async def test_another_site_sends_nothing_in_their_name(tmp_path: Path) -> None:
    """A browser that the proxy vouches for has to say where it comes from, as one with a cookie has."""
    assembly = fake_assembly(tmp_path, user_header="Remote-User", trusted_proxies="127.0.0.1", host="0.0.0.0")
    async with listening(assembly) as (port, _server), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as proxy:
        for told, status in (({}, 403), ({"origin": "https://evil.example"}, 403), ({"sec-fetch-site": "same-origin"}, 200)):
            answer = await proxy.put("/api/plan", json={"path": "infra", "weeks": 3}, headers={**HEADER, **told})
            assert answer.status_code == status


@pytest.mark.parametrize("proxies", [None, "*"])
def test_the_proxy_has_to_be_named(monkeypatch: pytest.MonkeyPatch, proxies: str | None) -> None:
    """By default every program of this machine would be believed, with * everybody."""
    monkeypatch.setenv("HOTSEAT_USER_HEADER", "Remote-User")
    if proxies is not None:
        monkeypatch.setenv("HOTSEAT_TRUSTED_PROXIES", proxies)
    with pytest.raises(SettingsError, match="needs HOTSEAT_TRUSTED_PROXIES to name the proxy"):
        load_settings()
