"""On loopback without a token: the server's user gets in; other users of the machine and proxied requests don't."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from hotseat.accounts import peers
from hotseat.accounts.owner_key import LINK_S, OwnerKey
from hotseat.cli.main import cli
from hotseat.startup.assembly import Assembly

from tests.conftest import NO_MODELS, Clients, ServerProcess
from tests.support.fakes import fake_assembly
from tests.support.in_process_server import listening

NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run a program as another user")
linux = pytest.mark.skipif(not peers.can_tell(), reason="this system doesn't tell whose a connection is")


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[tuple[Assembly, str]]:
    """A server on loopback with neither token nor accounts, and its address."""
    assembly = fake_assembly(tmp_path)
    async with listening(assembly) as (port, _server):
        yield assembly, f"http://127.0.0.1:{port}"


@pytest.fixture
def another_users(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections of this process look like another user's."""
    monkeypatch.setattr(peers, "user_of", lambda _peer, _here: os.geteuid() + 1)


def open_as(user: int, url: str) -> str:
    """What a program of this user gets: the status and the body."""
    code = (
        "import sys, urllib.request as r, urllib.error as e\n"
        "try: a = r.urlopen(sys.argv[1], timeout=10)\n"
        "except e.HTTPError as x: a = x\n"
        "print(a.status, a.read().decode())"
    )
    command = [sys.executable, "-S", "-c", code, url]
    done = subprocess.run(command, user=user, group=user, extra_groups=[], env={}, cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@linux
async def test_the_servers_own_user_gets_in(local: tuple[Assembly, str]) -> None:
    """Their own programs get in, over HTTP and as sockets do."""
    async with httpx.AsyncClient(base_url=local[1]) as browser:
        assert (await browser.get("/")).status_code == 200
        assert (await browser.get("/api/interviews")).status_code == 200


@as_root
@linux
def test_another_user_of_the_machine_stays_out(tmp_path: Path) -> None:
    """With words that tell what to do; the same address opens for the server's own user."""
    server = ServerProcess(tmp_path / "data", **NO_MODELS)
    try:
        server.wait_until_served()
        if "Permission" in (refused := open_as(NOBODY, f"{server.url}/api/interviews")):
            pytest.skip("another user can't run this Python")
        assert refused.startswith("401 ") and "another user of this machine" in refused
        assert open_as(NOBODY, f"{server.url}/healthz").startswith("200 ")
        assert open_as(0, f"{server.url}/api/interviews").startswith("200 ")
    finally:
        server.stop()


@pytest.mark.usefixtures("another_users")
async def test_a_link_opens_it_once(local: tuple[Assembly, str]) -> None:
    """Where it isn't known whose a connection is: the browser that opens the link stays in, a second one doesn't get in."""
    assembly, url = local
    code = OwnerKey(assembly.settings.data_dir).new_code(assembly.clock.wall())
    async with httpx.AsyncClient(base_url=url) as browser, httpx.AsyncClient(base_url=url) as other:
        assert (await browser.get("/api/interviews")).status_code == 401
        opened = await browser.get(f"/?token={code}")
        assert (opened.status_code, opened.headers["location"]) == (303, "/")
        assert (await browser.get("/api/interviews")).status_code == 200
        assert (await other.get(f"/?token={code}")).status_code == 401
        for forged in ("x", code[:-1], code.replace(".", "-"), "é", "", browser.cookies["hotseat"]):
            assert (await other.get("/", params={"token": forged})).status_code == 401
            assert (await other.get("/api/bank", headers={"cookie": f"hotseat={forged}x".encode()})).status_code == 401


@pytest.mark.usefixtures("another_users")
async def test_commands_find_the_key_by_themselves(local: tuple[Assembly, str]) -> None:
    """In the data directory, which only the server's user can read."""
    assembly, url = local
    key = OwnerKey(assembly.settings.data_dir).make()
    assert (assembly.settings.data_dir / "key").stat().st_mode & 0o777 == 0o600
    async with httpx.AsyncClient(base_url=url) as program:
        for given, status in ((key, 200), (key[:-1], 401), ("x", 401)):
            answer = await program.get("/api/bank", headers={"authorization": f"Bearer {given}"})
            assert answer.status_code == status


def test_a_link_runs_out(tmp_path: Path) -> None:
    """After ten minutes, and a used one is not good again meanwhile, whether or not the server was restarted."""
    key = OwnerKey(tmp_path)
    late, code = key.new_code(1000.0), key.new_code(1000.0)
    assert not key.use(late, 1000.0 + LINK_S)
    assert key.use(code, 1000.0) and not key.use(code, 1000.0 + LINK_S / 2) and not key.use(code, 2000.0 + LINK_S)
    restarted, other = OwnerKey(tmp_path), key.new_code(1001.0)
    assert not restarted.use(code, 1001.0) and restarted.use(other, 1001.0)
    assert not OwnerKey(tmp_path).use(other, 1002.0) and not OwnerKey(tmp_path).use(code, 1002.0)


def test_a_link_can_be_had_at_any_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the command line, whether or not the server runs."""
    monkeypatch.setenv("HOTSEAT_DATA_DIR", str(tmp_path))
    printed = CliRunner().invoke(cli, ["link"], catch_exceptions=False).stdout
    found = re.fullmatch(r"http://127.0.0.1:8000/\?token=(\S+)\n", printed)
    assert found and OwnerKey(tmp_path).use(found[1], time.time())


@pytest.mark.parametrize(
    "header", ["Forwarded", "Via", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP"]
)
def test_what_a_proxy_forwards_for_nobody_is_refused(client: Clients, header: str) -> None:
    """In words; with the browser's own address on this machine it is let in."""
    browser = client()
    for for_whom in ({}, {"x-forwarded-for": ""}):
        refused = browser.get("/api/bank", headers={header: "x", **for_whom})
        assert refused.status_code == 403 and "without saying for whom" in refused.json()["error"]
    assert browser.get("/api/bank", headers={header: "x", "x-forwarded-for": "127.0.0.1"}).status_code == 200


@pytest.mark.parametrize("nobody", ["", "unknown", "_hidden", "unix:", "127.0.0.1, unknown"])
def test_a_word_is_no_address(client: Clients, nobody: str) -> None:
    """Proxies that hide whom they forward for put a word in place of the address; that is refused, too."""
    refused = client().get("/api/bank", headers={"x-forwarded-for": nobody})
    assert refused.status_code == 403 and "without saying for whom" in refused.json()["error"]


def test_the_client_named_by_an_unknown_proxy_decides(client: Clients) -> None:
    """Also where it is not on the list of those that are believed."""
    browser = client(trusted_proxies="192.0.2.0/24")
    for named in ("203.0.113.1", "127.0.0.1, 203.0.113.1", "::ffff:203.0.113.1"):
        assert browser.get("/api/bank", headers={"x-forwarded-for": named}).status_code == 403


@linux
@pytest.mark.parametrize(
    ("served", "peer_family", "peer"),
    [
        ("127.0.0.1", socket.AF_INET, "127.0.0.1"),
        ("127.0.0.1", socket.AF_INET6, "::ffff:127.0.0.1"),
        ("::1", socket.AF_INET6, "::1"),
    ],
)
def test_the_kernel_tells_whose_a_connection_is(served: str, peer_family: int, peer: str) -> None:
    """Whichever family the other end's socket is of; once it is closed nobody's, as its number may be root's then."""
    family = socket.AF_INET6 if ":" in served else socket.AF_INET
    with closing(socket.socket(family)) as server, closing(socket.socket(peer_family)) as program:
        try:
            server.bind((served, 0))
        except OSError:
            pytest.skip("this machine has no IPv6")
        server.listen()
        program.connect((peer, server.getsockname()[1]))
        accepted, address = server.accept()
        ends: Any = address[:2], accepted.getsockname()[:2]
        assert peers.user_of(*ends) == os.geteuid()
        assert peers.user_of(*ends[::-1]) == os.geteuid()
        assert peers.user_of((served, 1), ends[1]) is None
        program.close()
        assert peers.user_of(*ends) is None
        accepted.close()


def test_with_a_token_the_owner_of_the_connection_does_not_matter(client: Clients) -> None:
    """With one, it is not asked whose a connection is: it may come from a container's other side."""
    browser = client(token="a-long-secret")
    assert browser.get("/api/bank", headers={"authorization": "Bearer a-long-secret", "via": "x"}).status_code == 200
