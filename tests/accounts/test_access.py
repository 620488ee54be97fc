"""Named accounts over HTTP, with a real SQLite: sign-in, sessions, roles and the audit log."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from typing import Literal

import httpx
import pytest
from argon2 import PasswordHasher
from hotseat.accounts import passwords
from hotseat.accounts.accounts import BY_ADDRESS, BY_NAME, INVITE_S, KEEP_LOG_S, SESSION_S, Accounts, hash_secret
from hotseat.accounts.throttle import Throttle
from hotseat.domain.accounts import Allowance, Session
from hotseat.errors import InputError, RefusedError
from hotseat.session.records import LOCAL
from hotseat.startup.assembly import Assembly
from hotseat.storage.accounts import SqlAccounts
from sqlalchemy.pool import QueuePool

from tests.accounts.conftest import OTHER_WORDS, WORDS, Site, change_password, form, invited, sign_in
from tests.http.test_isolation import every_route, filled

pytestmark = pytest.mark.usefixtures("quick_hashes")


class _Watched(PasswordHasher):
    """Writes down each check of a password."""

    def __init__(self, checked: list[str]) -> None:
        super().__init__(time_cost=1, memory_cost=64, parallelism=1)
        self._checked = checked

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self._checked.append(str(hash))
        return super().verify(hash, password)


# ---- Nobody in particular -------------------------------------------------------------------------------------------


async def test_numbers_are_for_owners(group: Site) -> None:
    """What a server does, as /metrics tells it, is its owners' business, or that of a program with the token."""
    assert (await (await group.signed_in("Ada")).get("/metrics")).status_code == 200
    refused = await (await group.signed_in("Bob")).get("/metrics")
    assert refused.status_code == 403 and "only an owner or the token" in refused.json()["error"]
    assert (await group.browser().get("/metrics")).status_code == 401


async def test_strangers_see_only_the_way_in(group: Site) -> None:
    """Without signing in there is the sign-in page and the code of the pages, and nothing of anybody's."""
    stranger = group.browser()
    page = await stranger.get("/review/x", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, "/login?next=/review/x")
    assert (await stranger.get("/login")).status_code == 200
    assert (await stranger.get("/static/css/tokens.css")).status_code == 200
    opened = {
        path for method, path in every_route(group.app) if (await stranger.request(method, filled(path))).status_code != 401
    }
    assert opened == {"/healthz", "/readyz", "/login", "/invite/{secret}"}


@pytest.mark.parametrize("cookie", ["", "x", "0" * 64, "é", "'; drop table sessions; --", "a" * 5000])
async def test_forged_cookies_open_nothing(group: Site, cookie: str) -> None:
    """A cookie is a session only if the server made it; the stored form of a real one is not good for anything either."""
    await group.signed_in("Ada")
    real = group.browsers[0].cookies["__Host-hotseat"]
    for value in (cookie, hash_secret(real), real[:-1], real.swapcase()):
        answer = await group.browser().get("/api/interviews", headers={"cookie": f"__Host-hotseat={value}".encode()})
        assert answer.status_code == 401


async def test_an_account_made_meanwhile_is_seen(assembly: Assembly, browser: httpx.AsyncClient) -> None:
    """A server that runs without accounts asks everybody to sign in a moment after the first is made."""
    assert (await browser.get("/api/interviews")).status_code == 200
    await Accounts(SqlAccounts(assembly.storage.store.engine), assembly.clock).add("Ada", WORDS, "owner")
    assembly.clock.ahead_s = 15
    assert (await browser.get("/api/interviews")).status_code == 401


# ---- Signing in and out ---------------------------------------------------------------------------------------------


async def test_a_person_signs_in_and_out(group: Site) -> None:
    """The right password leads back to where one wanted to go; signing out ends the session on the server, too."""
    browser = group.browser()
    await browser.get("/login?next=/study")
    before = browser.cookies["__Host-hotseat"]
    answer = await form(browser, "/login?next=/study", name=" aDA ", password=WORDS)
    assert (answer.status_code, answer.headers["location"]) == (303, "/study")
    session = browser.cookies["__Host-hotseat"]
    assert session != before
    page = await browser.get("/")
    assert page.status_code == 200 and 'href="/account">Ada</a>' in page.text
    assert (await browser.get("/login")).headers["location"] == "/"
    assert (await form(browser, "/account")).headers["location"] == "/login"
    assert "__Host-hotseat" not in browser.cookies
    replayed = await group.browser().get("/api/interviews", headers={"cookie": f"__Host-hotseat={session}"})
    assert replayed.status_code == 401
    assert [line[:2] for line in (await group.log())[2:]] == [("signed in", "Ada"), ("signed out", "Ada")]


async def test_session_cookies_are_kept_to_this_server(group: Site) -> None:
    """Over HTTPS: HttpOnly, SameSite, Secure and bound to the host. Over plain HTTP the last two can't be."""
    cookie = (await sign_in(group.browser(), "Ada", WORDS)).headers["set-cookie"]
    assert cookie.startswith("__Host-hotseat=")
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Secure", "Path=/", "Max-Age=2592000"))
    assert "Domain" not in cookie
    plain = (await sign_in(group.browser("http://192.168.1.5:8000"), "Ada", WORDS)).headers["set-cookie"]
    assert plain.startswith("hotseat=") and "HttpOnly" in plain and "SameSite=lax" in plain and "Secure" not in plain


async def test_sessions_run_out(group: Site) -> None:
    """After their time they are worth nothing, and tidying removes them."""
    browser = await group.signed_in("Ada")
    group.clock.ahead_s = SESSION_S - 60
    assert (await browser.get("/api/interviews")).status_code == 200
    group.clock.ahead_s = SESSION_S + 60
    assert (await browser.get("/api/interviews")).status_code == 401


@pytest.mark.parametrize(
    "place", ["//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "evil", ""]
)
async def test_signing_in_leads_nowhere_else(group: Site, place: str) -> None:
    """A link to the sign-in page can't name another site to go to afterwards."""
    answer = await sign_in(group.browser(), "Ada", WORDS, next=place)
    assert answer.headers["location"] == "/"


async def test_wrong_passwords_tell_nothing(group: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong password and an unknown name get the same answer after the same work; the log never has what was typed."""
    hashed: list[str] = []
    monkeypatch.setattr(passwords, "hasher", _Watched(hashed))
    passwords.hash_of_nobody.cache_clear()
    wrong = await sign_in(group.browser(), "Ada", "not the password")
    unknown = await sign_in(group.browser(), "correct horse battery", "not the password")
    assert wrong.status_code == unknown.status_code == 403
    assert len(hashed) == 2
    shown = [re.sub(r'value="[^"]*"', "", page.text) for page in (wrong, unknown)]
    assert shown[0] == shown[1] and "No account has this name and password." in shown[0]
    log = await group.log()
    assert log[2:] == [("sign-in refused", "Ada", ""), ("sign-in refused", "", "")]


async def test_a_page_without_scripts_and_with_labels(group: Site) -> None:
    """The forms work without JavaScript, under the same strict policy, and are not kept by caches."""
    page = await group.browser().get("/login")
    assert "'unsafe-inline'" not in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert re.findall(r"<script[^>]*>(?!</script>)", page.text) == []
    assert not re.search(r' style="| on\w+="', page.text)
    for field in re.findall(r'<input id="(\w+)"', page.text):
        assert f'<label for="{field}">' in page.text


# ---- Guessing -------------------------------------------------------------------------------------------------------


async def test_a_crowd_of_guesses_leaves_the_database_free(group: Site) -> None:
    """SQLite admits one writer at a time and fails whoever waits too long, so interviews would compete with the guesses."""
    guesses = [
        asyncio.create_task(group.accounts.sign_in(f"nobody {number}", "a wrong password", f"203.0.113.{number}"))
        for number in range(60)
    ]
    pool, at_once = group.store.engine.pool, 0
    assert isinstance(pool, QueuePool)
    while not all(guess.done() for guess in guesses):
        at_once = max(at_once, pool.checkedout())
        await asyncio.sleep(0)
    assert all(isinstance(guess.exception(), RefusedError) for guess in guesses)
    assert 0 < at_once <= 4


async def test_guessing_at_one_name_is_slowed(group: Site) -> None:
    """From however many addresses: after some attempts not even the right password is tried until time has passed."""
    answers = [
        await sign_in(group.browser(address=f"203.0.113.{n}"), "ada", f"wrong password {n}") for n in range(BY_NAME.attempts)
    ]
    assert {answer.status_code for answer in answers} == {403}
    waiting = await sign_in(group.browser(address="203.0.113.99"), "Ada", WORDS)
    assert waiting.status_code == 429 and 0 < int(waiting.headers["retry-after"]) <= BY_NAME.refill_s
    assert (await sign_in(group.browser(address="203.0.113.99"), "Bob", WORDS)).status_code == 303
    group.clock.ahead_s = BY_NAME.refill_s
    assert (await sign_in(group.browser(), "Ada", WORDS)).status_code == 303
    assert ("sign-in refused", "Ada", "further attempts have to wait") in await group.log()


async def test_guessing_from_one_address_is_slowed(group: Site) -> None:
    """Whatever the names; signing in to an own account in between does not help, nor does walking through an IPv6 network."""
    for n in range(BY_ADDRESS.attempts - 1):
        answer = await sign_in(group.browser(address=f"2001:db8::{n:x}"), f"name {n}", "wrong password")
        assert answer.status_code == 403
    assert (await sign_in(group.browser(address="2001:db8::aa"), "Bob", WORDS)).status_code == 303
    assert (await sign_in(group.browser(address="2001:db8::bb"), "Ada", "wrong password")).status_code == 429
    assert (await sign_in(group.browser(address="2001:db8:0:1::1"), "Ada", WORDS)).status_code == 303


def test_counting_attempts_takes_bounded_memory() -> None:
    """However many keys are tried, only so many are remembered, and the one tried most recently is not forgotten."""
    throttle = Throttle(Allowance(attempts=3, refill_s=10), most=50)
    for n in range(1000):
        throttle.spend(str(n), 0.0)
        throttle.spend("victim", 0.0)
    assert len(throttle) == 50
    for end in "abc":
        throttle.spend("x" * 1_000_000 + end, 0.0)
    assert throttle.wait_s("x" * 1_000_000, 0.0) > 0, "keys are kept whole"
    assert throttle.wait_s("victim", 0.0) > 0
    assert throttle.wait_s("0", 0.0) == 0


def test_attempts_come_back_with_time() -> None:
    """So many at once, then one for each refill."""
    throttle = Throttle(Allowance(attempts=2, refill_s=10))
    throttle.spend("a", 0.0)
    assert throttle.wait_s("a", 0.0) == 0
    throttle.spend("a", 0.0)
    assert throttle.wait_s("a", 0.0) == 10
    assert throttle.wait_s("a", 10.0) == 0
    throttle.spend("a", 10.0)
    assert throttle.wait_s("a", 10.0) == 10
    assert throttle.wait_s("a", 1000.0) == 0


# ---- Other sites ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}],
)
async def test_another_sites_requests_are_refused(group: Site, headers: dict[str, str]) -> None:
    """A signed-in browser that another site's page sends changes nothing, whichever way it shows."""
    browser = await group.signed_in("Ada")
    for method, path in (("POST", "/api/interviews"), ("PUT", "/api/plan"), ("POST", "/account/invite"), ("POST", "/logout")):
        answer = await browser.request(method, path, headers=headers)
        assert (answer.status_code, answer.json()) == (403, {"error": "cross-origin requests are refused"})
    assert (await browser.get("/api/interviews")).status_code == 200


async def test_a_browser_has_to_say_where_it_comes_from(group: Site) -> None:
    """With a cookie and neither Origin nor Sec-Fetch-Site, nothing is changed; programs with a token have no cookie."""
    browser = await group.signed_in("Ada")
    del browser.headers["origin"]
    assert (await browser.put("/api/plan", json={"path": "infra", "weeks": 3})).status_code == 403
    same = {"sec-fetch-site": "same-origin"}
    assert (await browser.put("/api/plan", json={"path": "infra", "weeks": 3}, headers=same)).status_code == 200


async def test_forms_carry_a_token_of_their_browser(group: Site) -> None:
    """A form without it, with a made-up one or with another browser's does nothing."""
    browser, other = await group.signed_in("Ada"), await group.signed_in("Ada")
    theirs = re.search(r'name="form_token" value="(\w+)"', (await other.get("/account")).text)
    assert theirs is not None
    for token in ({}, {"form_token": ""}, {"form_token": "0" * 64}, {"form_token": theirs[1]}):
        assert (await browser.post("/account/invite", data=token)).status_code == 403
        assert (await browser.post("/logout", data=token)).status_code == 403
        stranger = group.browser()
        await stranger.get("/login")
        answer = await stranger.post("/login", data={**token, "name": "Ada", "password": WORDS})
        assert answer.status_code == 403 and "out of date" in answer.text
    assert (await browser.get("/api/interviews")).status_code == 200


# ---- Invitations ----------------------------------------------------------------------------------------------------


async def test_an_invitation_makes_one_account(group: Site) -> None:
    """It works once, signs in, and makes a member, who can't invite or read the log."""
    path = await invited(await group.signed_in("Ada"))
    eve = group.browser()
    answer = await form(eve, path, name="Eve", password=OTHER_WORDS, again=OTHER_WORDS)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (await eve.get("/api/interviews")).json()["interviews"] == []
    replayed = group.browser()
    assert (await replayed.get(path)).status_code == 403
    again = await form(replayed, path, name="Mallory", password=OTHER_WORDS, again=OTHER_WORDS)
    assert again.status_code == 403 and "has been used" in again.text
    page = (await eve.get("/account")).text
    assert "What happened" not in page and "Invite" not in page and "Ada" not in page
    token = re.search(r'name="form_token" value="(\w+)"', page)
    assert token is not None
    assert (await eve.post("/account/invite", data={"form_token": token[1]})).status_code == 403
    assert ("account made", "Eve", "member") in await group.log()


async def test_invitations_run_out(group: Site) -> None:
    """After a week the link says so."""
    path = await invited(await group.signed_in("Ada"))
    group.clock.ahead_s = INVITE_S + 1
    assert (await group.browser().get(path)).status_code == 403


async def test_two_at_once_make_one_account(group: Site) -> None:
    """An invitation that two people open at the same time is used by the first only."""
    secret = await group.accounts.invite("member")
    await group.accounts.add("First", WORDS, "member", secret)
    with pytest.raises(RefusedError, match="has been used"):
        await group.accounts.add("Second", WORDS, "member", secret)
    assert [account.name for account in await group.accounts.all()] == ["Ada", "Bob", "First"]


@pytest.mark.parametrize(
    ("name", "password", "again", "named"),
    [
        ("", WORDS, WORDS, "a name has"),
        ("x" * 65, WORDS, WORDS, "a name has"),
        ("a\u202eb", WORDS, WORDS, "a name has"),
        ("bOB", WORDS, WORDS, "there is an account named"),
        ("Eve", "short", "short", "a password has"),
        ("Eve", "x" * 1025, "x" * 1025, "a password has"),
        ("Eve", WORDS, WORDS + " ", "differ"),
    ],
)
async def test_a_wrong_name_or_password_keeps_the_invitation(
    group: Site, name: str, password: str, again: str, named: str
) -> None:
    """What is wrong is said, and the invitation can still be used."""
    path = await invited(await group.signed_in("Ada"))
    answer = await form(group.browser(), path, name=name, password=password, again=again)
    assert answer.status_code == 422 and named in answer.text.lower()
    assert (await form(group.browser(), path, name="Eve", password=WORDS, again=WORDS)).status_code == 303


async def test_the_first_owner_is_made_by_a_link(site: Site) -> None:
    """On a server without accounts the link printed at the start makes the owner, who inherits what is there; only once."""
    first, second = await site.accounts.invite_first(), await site.accounts.invite_first()
    owner = site.browser()
    assert (await form(owner, f"/invite/{first}", name="Ada", password=WORDS, again=WORDS)).status_code == 303
    (account,) = await site.accounts.all()
    assert (account.id, account.role) == (LOCAL, "owner")
    assert (await form(site.browser(), f"/invite/{second}", name="M", password=WORDS, again=WORDS)).status_code == 403


# ---- Passwords and people -------------------------------------------------------------------------------------------


async def test_a_new_password_ends_other_sessions(group: Site) -> None:
    """The browser it was changed in stays signed in; every other is out, and the old password is no use."""
    here, elsewhere = await group.signed_in("Ada"), await group.signed_in("Ada")
    refused = await change_password(here, "not the password", OTHER_WORDS)
    assert refused.status_code == 403 and (await elsewhere.get("/api/interviews")).status_code == 200
    assert (await change_password(here, WORDS, OTHER_WORDS)).headers["location"] == "/account?changed=1"
    assert "Your password has been changed." in (await here.get("/account?changed=1")).text
    assert (await elsewhere.get("/api/interviews")).status_code == 401
    assert (await sign_in(group.browser(), "Ada", WORDS)).status_code == 403
    assert (await sign_in(group.browser(), "Ada", OTHER_WORDS)).status_code == 303


async def test_a_session_begun_with_the_old_password_does_not_outlive_it(group: Site) -> None:
    """A sign-in that was checked just before a change of password ends up without a session."""
    before = await group.store.account("Ada")
    assert before is not None
    await group.accounts.set_password("Ada", OTHER_WORDS)
    assert not await group.store.add_session(Session(hash_secret("x"), group.clock.wall() + 60, "", ""), before)
    assert await group.accounts.identify("x") is None


async def test_a_removed_person_is_out(group: Site) -> None:
    """Their sessions end, the name can't sign in, and the last owner can't be removed."""
    bob = await group.signed_in("Bob")
    await group.accounts.remove("bob")
    assert (await bob.get("/api/interviews")).status_code == 401
    assert (await sign_in(group.browser(), "Bob", WORDS)).status_code == 403
    with pytest.raises(InputError, match="only owner"):
        await group.accounts.remove("Ada")
    await group.accounts.add("Eve", WORDS, "owner")
    await group.accounts.remove("Ada")
    again = await group.accounts.add("Ada", WORDS, "owner")
    assert again.id != LOCAL, "a later owner does not inherit"


async def test_passwords_are_hashed_by_argon2id(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the library's recommended cost; neither passwords nor secrets of sessions and invites are in the database file."""
    monkeypatch.setattr(passwords, "hasher", PasswordHasher())
    account = await site.accounts.add("Ada", WORDS, "owner")
    assert re.match(r"\$argon2id\$v=19\$m=65536,t=3,p=4\$", account.password)
    session, invite = await site.accounts.sign_in("Ada", WORDS, ""), await site.accounts.invite("member")
    await site.assembly.storage.store.close()
    stored = b"".join(path.read_bytes() for path in site.assembly.settings.data_dir.glob("hotseat.db*"))
    assert account.password.encode() in stored
    for secret in (WORDS, session, invite):
        assert secret.encode() not in stored


# ---- The log --------------------------------------------------------------------------------------------------------


async def test_the_log_is_written_twice_and_has_no_secrets(group: Site, caplog: pytest.LogCaptureFixture) -> None:
    """Each line is in the database, for the owner's page, and a JSON line of the process's log."""
    with caplog.at_level(logging.INFO, logger="hotseat"):
        ada = await group.signed_in("Ada")
        path = await invited(ada)
        await form(group.browser(), path, name="Eve", password=OTHER_WORDS, again=OTHER_WORDS)
        await sign_in(group.browser(), "Eve", "a wrong password")
    lines = [json.loads(record.message.removeprefix("audit ")) for record in caplog.records if "audit" in record.message]
    assert [(line["what"], line["who"]) for line in lines] == [
        ("signed in", "Ada"),
        ("invitation made", "Ada"),
        ("account made", "Eve"),
        ("sign-in refused", "Eve"),
    ]
    assert {line["address"] for line in lines} == {"203.0.113.1"}
    page = (await ada.get("/account")).text
    assert "sign-in refused" in page and "203.0.113.1" in page
    session = ada.cookies["__Host-hotseat"]
    for secret in (WORDS, OTHER_WORDS, "a wrong password", session, path.removeprefix("/invite/")):
        assert secret not in caplog.text and secret not in page


async def test_old_lines_are_forgotten(group: Site) -> None:
    """The log does not grow for ever; what has run out goes, what is in use stays."""
    browser = await group.signed_in("Ada")
    await group.accounts.tidy()
    assert len(await group.log()) == 3 and (await browser.get("/api/interviews")).status_code == 200
    group.clock.ahead_s = KEEP_LOG_S + 60
    await group.accounts.tidy()
    assert await group.log() == []
    group.clock.ahead_s = 0
    assert (await browser.get("/api/interviews")).status_code == 401, "the session was removed, not only overlooked"
