"""Who gets in."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from server.app import create_app
from server.errors import SettingsError
from server.guard import check_exposure
from server.settings import Settings
from tests.app.fakes import fake_services

TOKEN = "a-long-secret"


def client(tmp_path: Path, base: str = "http://127.0.0.1:8000", **settings: object) -> TestClient:
    return TestClient(create_app(fake_services(tmp_path, **settings)), base_url=base, follow_redirects=False)


def test_other_addresses_need_a_token(tmp_path: Path) -> None:
    """Serving to other machines without a token is refused at start."""
    with pytest.raises(SettingsError, match="HOTSEAT_TOKEN"):
        check_exposure(Settings(host="0.0.0.0"))
    check_exposure(Settings(host="0.0.0.0", token=TOKEN))  # type: ignore[arg-type]
    check_exposure(Settings(host="127.0.0.1"))


def test_rebound_names_are_refused(tmp_path: Path) -> None:
    """A page whose own name was made to point here does not get in."""
    assert client(tmp_path, "http://evil.example").get("/api/bank").status_code == 403
    assert client(tmp_path).get("/api/bank").status_code == 200


def test_cross_origin_writes_and_sockets_are_refused(tmp_path: Path) -> None:
    """Another site's page can neither start an interview nor open a socket."""
    evil = {"origin": "http://evil.example"}
    assert client(tmp_path).post("/api/interviews", json={"format": "five"}, headers=evil).status_code == 403
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        client(tmp_path).websocket_connect("ws://127.0.0.1:8000/api/interviews/x/socket", headers=evil),
    ):
        pass
    assert (closed.value.code, closed.value.reason) == (4403, "cross-origin requests are refused")


def test_a_token_is_asked_for_and_kept_in_a_cookie(tmp_path: Path) -> None:
    """With a token set, nothing is served without it; the link with it leaves it in an HttpOnly cookie only."""
    browser = client(tmp_path, "http://box.local", token=TOKEN)
    assert browser.get("/").status_code == 401
    assert browser.get("/?token=wrong").status_code == 401
    welcome = browser.get(f"/?token={TOKEN}")
    assert welcome.status_code == 303
    assert welcome.headers["location"] == "/"
    assert "httponly" in welcome.headers["set-cookie"].lower()
    assert "samesite=strict" in welcome.headers["set-cookie"].lower()
    assert browser.get("/").status_code == 200
    assert client(tmp_path, "http://box.local", token=TOKEN).get("/healthz").status_code == 200


def test_pages_carry_a_strict_policy(tmp_path: Path) -> None:
    """No inline script or style, no foreign content, nothing cached that is private."""
    headers = client(tmp_path).get("/").headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
