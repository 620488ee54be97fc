"""``hotseat accounts``, and how ``hotseat serve`` starts with accounts."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result
from hotseat.accounts.exposure import prepare_to_serve
from hotseat.cli.main import cli
from hotseat.errors import InputError, SettingsError, StorageError
from hotseat.session.records import LOCAL

from tests.accounts.conftest import WORDS
from tests.conftest import NO_MODELS, ServerProcess
from tests.support.fakes import fake_assembly, opening

pytestmark = pytest.mark.usefixtures("quick_hashes")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs ``hotseat accounts …`` on one data directory; raises what it raises."""
    monkeypatch.setenv("HOTSEAT_DATA_DIR", str(tmp_path))

    def run_(*arguments: str, stdin: str = "") -> Result:
        return CliRunner().invoke(cli, ["accounts", *arguments], input=stdin, catch_exceptions=False)

    return run_


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """What a server does to it ends with the test."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def people(run: Callable[..., Result]) -> list[tuple[str, str]]:
    return [(account["name"], account["role"]) for account in json.loads(run("list", "--json").stdout)]


def test_accounts_are_made_listed_and_removed(run: Callable[..., Result]) -> None:
    """The password is a line of stdin; the log says what was done, and holds no password."""
    run("add", "Ada", "--owner", stdin=f"{WORDS}\n")
    run("add", "Bob", stdin=f"{WORDS}\n")
    assert people(run) == [("Ada", "owner"), ("Bob", "member")]
    run("password", "bob", stdin="another good password\n")
    run("remove", "Bob")
    assert people(run) == [("Ada", "owner")]
    log = json.loads(run("log", "--json").stdout)
    assert [(line["what"], line["who"]) for line in reversed(log)] == [
        ("account made", "Ada"),
        ("account made", "Bob"),
        ("password changed", "Bob"),
        ("account removed", "Bob"),
    ]
    assert WORDS not in run("log").stdout and "account removed" in run("log").stdout


def test_a_person_leaves_with_everything(run: Callable[..., Result], tmp_path: Path) -> None:
    """What is theirs goes with the account if that is asked for; what is others' stays."""
    run("add", "Ada", "--owner", stdin=f"{WORDS}\n")
    run("add", "Bob", stdin=f"{WORDS}\n")

    async def choices(keep: str | None = None) -> dict[str, object]:
        assembly = fake_assembly(tmp_path)
        bob = next((account.id for account in await assembly.accounts.all() if account.name == "Bob"), "gone")
        for owner in (LOCAL, bob) if keep else ():
            await assembly.storage.store.keep(owner, "plan", keep)
        kept = {owner: await assembly.storage.store.settings(owner) for owner in (LOCAL, bob)}
        await assembly.storage.store.close()
        return kept

    before = asyncio.run(choices("kept"))
    assert len(before) == 2 and all(before.values())
    assert "deleted 0 interviews: 1 rows" in run("remove", "Bob", "--with-everything").stderr
    assert asyncio.run(choices()) == {LOCAL: {"plan": "kept"}, "gone": {}}


@pytest.mark.parametrize(
    ("arguments", "stdin", "named"),
    [
        (("add", "Ada"), f"{WORDS}\n", "the first account has to be an owner's: add --owner"),
        (("add", "Ada", "--owner"), "", "first line of stdin"),
        (("add", "Ada", "--owner"), "short\n", "a password has"),
        (("add", " ", "--owner"), f"{WORDS}\n", "a name has"),
        (("remove", "Ada"), "", "there is no account named 'Ada'"),
        (("password", "Ada"), f"{WORDS}\n", "there is no account named 'Ada'"),
    ],
)
def test_wrong_arguments_are_named_in_one_line(
    run: Callable[..., Result], arguments: tuple[str, ...], stdin: str, named: str
) -> None:
    """In one line, and nothing is changed."""
    with pytest.raises(InputError, match=named):
        run(*arguments, stdin=stdin)
    assert people(run) == []


def test_an_invitation_is_printed_as_a_link(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the server is reached can be said, or is its own address, with brackets for IPv6; the secret is long."""
    run("add", "Ada", "--owner", stdin=f"{WORDS}\n")
    assert re.fullmatch(r"https://box\.example/invite/[\w-]{43}\n", run("invite", "--url", "https://box.example/").stdout)
    monkeypatch.setenv("HOTSEAT_HOST", "::1")
    assert re.fullmatch(r"http://\[::1\]:8000/invite/[\w-]{43}\n", run("invite").stdout)


def test_invitations_are_listed_and_revoked(run: Callable[..., Result]) -> None:
    """By the id in the list; a second time there is nothing to revoke."""
    run("add", "Ada", "--owner", stdin=f"{WORDS}\n")
    run("invite", "--owner")
    [listed] = json.loads(run("invitations", "--json").stdout)
    assert (listed["role"], listed["made_by"]) == ("owner", "") and "the command line" in run("invitations").stdout
    run("revoke", listed["id"])
    assert json.loads(run("invitations", "--json").stdout) == []
    with pytest.raises(InputError, match="no such invitation"):
        run("revoke", listed["id"])


def test_all_sessions_of_a_person_can_be_ended(run: Callable[..., Result], tmp_path: Path) -> None:
    """Everywhere, with how many browsers that were."""
    run("add", "Ada", "--owner", stdin=f"{WORDS}\n")

    async def sign_in() -> None:
        assembly = fake_assembly(tmp_path)
        await assembly.accounts.sign_in("Ada", WORDS, "")
        await assembly.storage.store.close()

    asyncio.run(sign_in())
    assert "signed out in 1 browsers" in run("sign-out", "ada").stderr
    assert "signed out in 0 browsers" in run("sign-out", "ada").stderr


async def test_a_server_opens_only_to_people_who_show_who_they_are(tmp_path: Path) -> None:
    """Exposed without any way in it does not start; with accounts asked for it prints a link to make the first."""
    with pytest.raises(SettingsError, match="have to show who they are"):
        await prepare_to_serve(*opening(fake_assembly(tmp_path, host="0.0.0.0")))
    asked = fake_assembly(tmp_path, host="0.0.0.0", accounts=True)
    place = await prepare_to_serve(*opening(asked))
    assert place is not None and place.startswith("/invite/")
    await asked.accounts.accept(place.removeprefix("/invite/"), "Ada", WORDS, "")
    await asked.storage.store.close()
    assert await prepare_to_serve(*opening(fake_assembly(tmp_path, host="0.0.0.0"))) == "", "now there is an account"
    other = tmp_path / "other"
    other.mkdir()
    assert await prepare_to_serve(*opening(fake_assembly(other, host="0.0.0.0", token="a-long-secret"))) is None
    assert await prepare_to_serve(*opening(fake_assembly(other, host="127.0.0.1"))) is None


async def test_without_a_database_it_opens_to_this_machine_only(tmp_path: Path) -> None:
    """There the page tells what is wrong; elsewhere whether people sign in isn't known, so only a token will do."""
    broken = {"database_url": f"sqlite+aiosqlite:///{tmp_path}/none/hotseat.db"}
    assert await prepare_to_serve(*opening(fake_assembly(tmp_path, host="127.0.0.1", **broken))) is None
    assert await prepare_to_serve(*opening(fake_assembly(tmp_path, host="0.0.0.0", token="a-long-secret", **broken))) is None
    with pytest.raises(StorageError):
        await prepare_to_serve(*opening(fake_assembly(tmp_path, host="0.0.0.0", **broken)))


def test_the_first_owner_of_an_exposed_server(start_server: Callable[..., ServerProcess]) -> None:
    """From the printed link to a page of one's own, behind a proxy that speaks HTTPS; strangers stay out."""
    server = start_server(
        HOTSEAT_HOST="0.0.0.0",
        HOTSEAT_ACCOUNTS="1",
        **NO_MODELS,
    )
    try:
        server.wait_until_served()
        printed = re.search(r"http://localhost:\d+(/invite/[\w-]{43})", server.log())
        assert printed is not None, server.log()
        proxied = {"x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.9", "host": "box.example"}
        with httpx.Client(base_url=server.url, headers={**proxied, "origin": "https://box.example"}) as browser:
            assert browser.get("/api/bank").status_code == 401
            page = browser.get(printed[1])
            cookie, token = page.headers["set-cookie"], re.search(r'name="form_token" value="(\w+)"', page.text)
            assert cookie.startswith("__Host-hotseat=") and "Secure" in cookie and token is not None
            made = browser.post(
                printed[1],
                data={"form_token": token[1], "name": "Ada", "password": WORDS, "again": WORDS},
                headers={"cookie": cookie.partition(";")[0]},
            )
            assert made.status_code == 303
            session = {"cookie": made.headers["set-cookie"].partition(";")[0]}
            assert browser.get("/api/bank", headers=session).status_code == 200
            account = browser.get("/account", headers=session).text
            assert "account made" in account and "203.0.113.9" in account
    finally:
        server.stop()


async def test_what_a_server_writes_is_its_own_users_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """New files can be read by nobody else; of a directory that was open before it is said so, and its mode stays."""
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "closed").mkdir(mode=0o700)
    with caplog.at_level(logging.WARNING, "hotseat.accounts.exposure"):
        await prepare_to_serve(*opening(fake_assembly(tmp_path / "closed", host="127.0.0.1")))
        assert not caplog.messages
        await prepare_to_serve(*opening(fake_assembly(tmp_path / "open", host="127.0.0.1")))
    assert caplog.messages == [
        f"others on this machine can get into {tmp_path}/open (mode 755), which holds voices; `chmod 700` it"
    ]
    assert (tmp_path / "open").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "open" / "hotseat.db").stat().st_mode & 0o777 == 0o600
