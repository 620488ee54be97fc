"""Access checks of requests: origin, host, token, size."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from hotseat.accounts.exposure import check_exposure
from hotseat.errors import SettingsError
from hotseat.http.app import create_app
from hotseat.http.routes.review import ranged
from hotseat.session.records import LOCAL
from hotseat.settings import Settings, load_settings
from hotseat.startup.assembly import Assembly
from starlette.websockets import WebSocketDisconnect

from tests.conftest import Clients
from tests.support.fake_interview import LORA

TOKEN = "a-long-secret"


def test_other_addresses_need_a_way_in() -> None:
    """Serving to other machines without a token or accounts is refused at start, with the ways out."""
    with pytest.raises(SettingsError, match=r"hotseat accounts add .* HOTSEAT_ACCOUNTS=1 .* HOTSEAT_TOKEN"):
        check_exposure(Settings(host="0.0.0.0"), accounts=False)
    check_exposure(Settings(host="0.0.0.0"), accounts=True)
    check_exposure(Settings(host="0.0.0.0", token=TOKEN), accounts=False)  # type: ignore[arg-type]
    check_exposure(Settings(host="127.0.0.1"), accounts=False)


@pytest.mark.parametrize("empty", ["", " ", "\n"])
def test_an_empty_token_is_none(client: Clients, tmp_path: Path, empty: str) -> None:
    """A variable that was left empty opens nothing: neither does the server start on it, nor does an empty token get in."""
    exposed = Settings(host="0.0.0.0", data_dir=tmp_path, token=empty)  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="HOTSEAT_TOKEN"):
        check_exposure(exposed, accounts=False)
    browser = client("http://box.local", token=empty)
    assert browser.get(f"/?token={empty.strip()}").status_code == 403
    assert browser.get("/api/bank", headers={"authorization": "Bearer "}).status_code == 403


def test_a_token_is_long_enough_for_who_can_reach_it() -> None:
    """Seven characters are refused where others can try, with the number; on this machine any will do."""
    with pytest.raises(SettingsError, match="has 7 characters; take at least 8"):
        check_exposure(Settings(host="0.0.0.0", token="sevench"), accounts=True)  # type: ignore[arg-type]
    check_exposure(Settings(host="127.0.0.1", token="sevench"), accounts=False)  # type: ignore[arg-type]


def test_rebound_names_are_refused(client: Clients) -> None:
    """A page whose own name was made to point here does not get in."""
    assert client("http://evil.example").get("/api/bank").status_code == 403
    for odd in ("[", "", "127.0.0.1.evil.example", "localhost@evil.example", "evil.example:80"):
        assert client().get("/api/bank", headers={"host": odd}).status_code == 403
    assert client().get("/api/bank").status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [
        *(("127.0.0.1", 200), ("127.9.9.9", 200), ("::1", 200), ("127.0.0.1:4000", 200), ("[::1]:4000", 200)),
        *(("192.0.2.7", 403), ("192.0.2.7:4000", 403), ("2001:db8::1", 403), ("[2001:db8::1]:4000", 403)),
    ],
)
def test_a_proxy_lets_nobody_else_in(client: Clients, address: str, status: int) -> None:
    """Under a loopback name that a proxy has put into the request, others are refused by the address it tells."""
    answer = client(address=address).get("/api/bank")
    assert answer.status_code == status
    assert status == 200 or "HOTSEAT_TOKEN" in answer.json()["error"]


async def test_a_unix_socket_has_no_address(assembly: Assembly) -> None:
    """Whoever can open it is on this machine."""
    transport = httpx.ASGITransport(create_app(assembly), client=None)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as browser:
        assert (await browser.get("/api/bank")).status_code == 200


@pytest.mark.parametrize("span", ["²-", "-²", "0-²", "٣-", "1" * 5000 + "-", "0-" + "9" * 5000])
def test_odd_ranges_are_no_ranges(span: str) -> None:
    """What looks like a number, or is longer than any, gets the whole body like any other range that can't be read."""
    whole = ranged(b"0123456789", f"bytes={span}", "audio/wav")
    assert (whole.status_code, whole.body) == (200, b"0123456789")
    part = ranged(b"0123456789", "bytes=2-4", "audio/wav")
    assert (part.status_code, part.body, part.headers["content-range"]) == (206, b"234", "bytes 2-4/10")


def test_which_databases_and_models_are_local() -> None:
    """Words that are heard, answered or kept on another machine leave this one."""

    def local(**settings: object) -> bool:
        return load_settings(**settings).local

    assert local()
    for url in (
        "sqlite+aiosqlite:////srv/hotseat.db",
        "postgresql+asyncpg://me:secret@127.0.0.1:5432/hotseat",
        "postgresql+asyncpg://me@[::1]/hotseat",
        "postgresql+asyncpg://me@/hotseat?host=/run/postgresql",
        "postgresql+asyncpg://me@/hotseat?host=localhost:5432,[::1]:5433",
    ):
        assert local(database_url=url), url
    for url in (
        "postgresql+asyncpg://me@db.example/hotseat",
        "postgresql+asyncpg://me@/hotseat?host=db.example",
        "postgresql+asyncpg://me@localhost/hotseat?host=localhost:1&host=db.example:2",
        "postgresql+asyncpg://[me@localhost/hotseat",
    ):
        assert not local(database_url=url), url
    assert local(archive_url="file:///srv/audio") and local(archive_url="/srv/audio")
    for url in ("s3://bucket/folder", "simplecache::s3://bucket", "file::s3://bucket", "ssh://box/srv"):
        assert not local(archive_url=url), url
    assert local(llm={"url": "http://localhost:11434/v1"}) and not local(llm={"url": "https://llm.example/v1"})


def test_cross_origin_writes_and_sockets_are_refused(client: Clients) -> None:
    """Another site's page can neither start an interview nor open a socket."""
    evil = {"origin": "http://evil.example"}
    for headers in (evil, {"origin": "http://["}, {"origin": ""}):
        assert client().post("/api/interviews", json={"format": "five"}, headers=headers).status_code == 403
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        client().websocket_connect("ws://127.0.0.1:8000/api/interviews/x/socket", headers=evil),
    ):
        pass
    assert (closed.value.code, closed.value.reason) == (4403, "cross-origin requests are refused")


def test_a_token_is_asked_for_and_exchanged_for_a_cookie(client: Clients) -> None:
    """With a token set, nothing private is served without it; the link with it leaves a cookie that is not the token."""
    browser = client("http://box.local", token=TOKEN)
    assert browser.get("/").status_code == 401
    assert browser.get("/?token=wrong").status_code == 401
    welcome = browser.get(f"/?token={TOKEN}")
    assert welcome.status_code == 303
    assert welcome.headers["location"] == "/"
    cookie = welcome.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and TOKEN not in cookie
    assert browser.get("/").status_code == 200
    other = client("http://box.local", token=TOKEN)
    assert other.get("/healthz").status_code == 200
    for forged in (TOKEN, "0" * 64, "é"):
        assert other.get("/api/bank", headers={"cookie": f"hotseat={forged}".encode()}).status_code == 401


def test_a_program_sends_the_token_in_a_header(client: Clients) -> None:
    """As a bearer token it opens the API; a wrong one does not, and after a few nobody there is heard for some seconds."""
    program = client("http://box.local", token=TOKEN)
    assert program.get("/api/bank", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
    tries = [program.get("/api/bank", headers={"authorization": f"Bearer {n}"}) for n in range(30)]
    assert {answer.status_code for answer in tries[:20]} == {401} and {answer.status_code for answer in tries[20:]} == {429}
    assert 0 < int(tries[20].headers["retry-after"]) <= 15
    assert program.get(f"/?token={TOKEN}").status_code == 429


def test_too_much_is_refused(client: Clients) -> None:
    """A body above the limit, or of unknown size, is refused before anything reads it."""
    browser = client()
    answer = browser.post("/api/assessments", content=b"x" * 1_000_001)
    assert answer.status_code == 413 and "1,000,000 bytes" in answer.json()["error"]
    assert browser.post("/api/assessments", content=iter([b"{}"])).status_code == 411


@pytest.mark.parametrize("path", ["/login", "/invite/x", "/static/app.js"])
def test_strangers_can_send_little(client: Clients, path: str) -> None:
    """Where nobody is asked who they are, a body of more than a form is refused before it is read into memory."""
    browser = client(accounts=True)
    answer = browser.post(path, content=b"x" * 16_385)
    assert answer.status_code == 413 and "16,384 bytes" in answer.json()["error"]
    assert browser.post(path, content=b"x" * 16_384).status_code in (403, 405)


@pytest.mark.parametrize("host", ["box.local/static/", "box.local/login?", "x/static/#", "box.local\\static"])
def test_the_host_header_opens_no_path(client: Clients, host: str) -> None:
    """What is asked for is the request's path, whatever a Host header would make of the address."""
    browser = client("http://box.local", token=TOKEN)
    for path in ("/api/bank", "/api/status", "/metrics", "/"):
        assert browser.get(path, headers={"host": host}).status_code == 401


def test_an_import_may_be_larger(client: Clients) -> None:
    """Recordings are: what is sent to be imported has a limit of its own, four gigabytes."""
    browser = client()
    assert browser.post("/api/import", content=b"x" * 1_000_001).status_code == 422, "read, and found to be no export"
    told = {"content-length": str((4 << 30) + 1)}
    assert browser.post("/api/import", content=b"", headers=told).status_code == 413


def test_the_content_security_policy(client: Clients) -> None:
    """No inline script or style, nothing is sent elsewhere or cached, no other page frames this one, and the microphone is its
    own."""
    headers = client().get("/").headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    ours = dict.fromkeys(("default-src", "script-src", "style-src", "connect-src", "worker-src", "form-action"), "'self'")
    nobody = dict.fromkeys(("object-src", "base-uri", "frame-ancestors"), "'none'")
    assert policy == {**ours, **nobody, "img-src": "'self' data:", "media-src": "'self' blob:"}
    assert "microphone=(self)" in headers["permissions-policy"]
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")


def test_code_is_asked_after_each_time(client: Clients) -> None:
    """A browser keeps the page's modules but asks whether they are still the same, so that an update is never half there."""
    assert client().get("/static/app.js").headers["cache-control"] == "no-cache"


def test_text_is_sent_compressed(client: Clients) -> None:
    """In a third of its bytes, the same words, and not at all to a browser that has it; type faces as they are."""
    browser, plain = client(), {"accept-encoding": "identity"}
    packed, whole = browser.get("/static/controller.js"), browser.get("/static/controller.js", headers=plain)
    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in whole.headers
    assert packed.text == whole.text and int(packed.headers["content-length"]) < len(whole.content) / 2
    assert browser.get("/static/controller.js", headers={"if-none-match": packed.headers["etag"]}).status_code == 304
    assert "content-encoding" not in browser.get("/static/fonts/inter.woff2").headers


def test_https_is_come_back_to(client: Clients) -> None:
    """A browser that came over HTTPS keeps to it for a year; under a loopback name, which others share, and over HTTP not."""
    for base, told in (("https://box.local", True), ("http://box.local", False), ("https://localhost", False)):
        headers = client(base, token=TOKEN).get("/healthz").headers
        assert ("strict-transport-security" in headers) is told, base
    assert client("https://box.local", token=TOKEN).get("/").headers["strict-transport-security"] == "max-age=31536000"


async def test_a_recording_s_outline_is_not_kept(assembly: Assembly, browser: httpx.AsyncClient) -> None:
    """What is drawn of a voice goes with the recording: no cache has it."""
    interview_id = await assembly.interviews().create(LOCAL, LORA)
    recording = assembly.storage.archive.create(interview_id, 1, 0)
    recording.append(bytes(32_000))
    recording.close()
    outline = await browser.get(f"/api/interviews/{interview_id}/turns/1/peaks.json")
    assert outline.status_code == 200 and outline.headers["cache-control"] == "no-store"
