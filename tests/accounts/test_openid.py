"""Sign-in with an OpenID Connect provider, and with replies that only look like one of it."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

pytest.importorskip("authlib", reason="needs the oidc extra")

from hotseat.accounts.openid import Attempt, OpenIdProvider
from hotseat.errors import SettingsError
from hotseat.http.app import create_app
from hotseat.session.records import LOCAL
from hotseat.settings import OpenIdSettings, load_settings
from joserfc.jwk import OctKey, RSAKey
from pydantic import SecretStr

from tests.support.fakes import fake_assembly
from tests.support.openid_provider import CLIENT, SECRET, TestProvider, provider

pytestmark = pytest.mark.usefixtures("quick_hashes")
BASE = "https://box.local"
WORDS = "four words make one"


class Group:
    """A server of Bob's, who has a password, where people of example.org may join."""

    def __init__(self, data_dir: Path, theirs: TestProvider, allow: str = "@example.org") -> None:
        settings = OpenIdSettings(
            issuer=theirs.issuer, client_id=CLIENT, client_secret=SecretStr(SECRET), allow=allow, name="Example's sign-in"
        )
        assembly = fake_assembly(data_dir, host="0.0.0.0", openid=settings)
        assembly.provider = OpenIdProvider(settings, assembly.clock)
        self.assembly, self.accounts = assembly, assembly.accounts
        self.app = create_app(assembly)
        self.browsers: list[httpx.AsyncClient] = []

    def browser(self, address: str = "203.0.113.1") -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, client=(address, 4000))
        browser = httpx.AsyncClient(transport=transport, base_url=BASE)
        self.browsers.append(browser)
        return browser


@pytest.fixture
def theirs() -> Iterator[TestProvider]:
    with provider() as running:
        yield running


@pytest.fixture
async def group(tmp_path: Path, theirs: TestProvider) -> AsyncIterator[Group]:
    group = Group(tmp_path, theirs)
    await group.accounts.add("Bob", WORDS, "owner")
    yield group
    for browser in group.browsers:
        await browser.aclose()
    await group.assembly.storage.store.close()


async def to_provider(browser: httpx.AsyncClient, next: str = "/") -> str:
    """Leaves for the provider, and is there sent back to the address that is returned."""
    left = await browser.get("/login/openid", params={"next": next})
    assert left.status_code == 303, left.text
    async with httpx.AsyncClient() as outside:
        back = (await outside.get(left.headers["location"])).headers["location"]
    assert back.startswith(f"{BASE}/login/openid/back?")
    return str(back)


async def sign_in(browser: httpx.AsyncClient, next: str = "/") -> httpx.Response:
    return await browser.get(await to_provider(browser, next))


def problem(page: httpx.Response) -> str:
    found = re.search(r'role="alert".*?<p>(.*?)</p>', page.text, re.DOTALL)
    return found[1].replace("&#39;", "'") if found is not None else ""


async def test_a_person_signs_in_with_the_provider(group: Group) -> None:
    """Their account is made when they first come; next time, and under a new name, it is the same one."""
    browser = group.browser()
    assert "Continue with Example" in (await browser.get("/login?next=/study")).text
    answer = await sign_in(browser, "/study")
    assert (answer.status_code, answer.headers["location"]) == (303, "/study")
    assert "Ada" in (await browser.get("/account")).text
    assert (await sign_in(group.browser())).status_code == 303
    assert [(one.name, one.role, one.id == LOCAL) for one in await group.accounts.all()] == [
        ("Bob", "owner", True),
        ("Ada", "member", False),
    ]


async def test_a_new_name_at_the_provider_is_the_same_person(group: Group, theirs: TestProvider) -> None:
    """Accounts go by the provider's id: nobody gets in as another by taking their name there."""
    await sign_in(group.browser())
    theirs.person |= {"preferred_username": "Augusta"}
    assert (await sign_in(group.browser())).status_code == 303
    theirs.person = {"sub": "2", "preferred_username": "Bob", "email": "mallory@example.org", "email_verified": True}
    mallory = group.browser()
    assert (await sign_in(mallory)).status_code == 303
    assert [one.name for one in await group.accounts.all()] == ["Bob", "Ada", "mallory@example.org"]
    assert (await mallory.get("/metrics")).status_code == 403, "no owner's account"


@pytest.mark.parametrize(
    "person",
    [
        {"email": "eve@example.com"},
        {"email_verified": False},
        {"email": None},
        {"email": "eve@example.org@example.com"},
        {"email": "example.org"},
    ],
)
async def test_only_whom_the_settings_allow_joins(group: Group, theirs: TestProvider, person: dict[str, Any]) -> None:
    """By a verified address; others need an invitation."""
    theirs.person |= person
    refused = await sign_in(group.browser())
    assert refused.status_code == 403 and "ask an owner of this server for an invitation" in problem(refused)
    assert len(await group.accounts.all()) == 1


async def test_an_invitation_is_accepted_with_the_provider(tmp_path: Path, theirs: TestProvider) -> None:
    """Also the one that makes the first owner, before which nobody joins."""
    group = Group(tmp_path, theirs, allow="*")
    assert "ask an owner" in problem(await sign_in(group.browser()))
    path = f"/invite/{await group.accounts.invite_first()}"
    browser = group.browser()
    link = re.search(r'href="(/login/openid\?[^"]*)"', (await browser.get(path)).text)
    assert link is not None and parse_qs(urlsplit(link[1]).query)["next"] == [path]
    answer = await sign_in(browser, path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert [(one.name, one.role, one.id) for one in await group.accounts.all()] == [("Ada", "owner", LOCAL)]
    theirs.person = {"sub": "2", "name": "Eve"}
    assert "has been used" in problem(await sign_in(group.browser(), path))
    for one in group.browsers:
        await one.aclose()
    await group.assembly.storage.store.close()


async def test_a_provider_that_says_little_is_asked_for_more(group: Group, theirs: TestProvider) -> None:
    """Some tell name and address only at their userinfo address."""
    theirs.in_token = False
    assert (await sign_in(group.browser())).status_code == 303
    assert [one.name for one in await group.accounts.all()] == ["Bob", "Ada"]


@pytest.mark.parametrize(
    "lies",
    [
        {"iss": "https://other.example"},
        {"aud": "another"},
        {"aud": [CLIENT, "another"]},
        {"azp": "another"},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"iat": int(time.time()) + 3600},
        {"sub": ""},
        {"sub": None},
        {"sub": 7},
    ],
    ids=str,
)
async def test_a_token_that_does_not_hold_is_refused(group: Group, theirs: TestProvider, lies: dict[str, Any]) -> None:
    """One for another, of another sign-in, of another time, or about nobody."""
    theirs.lies = lies
    browser = group.browser()
    refused = await sign_in(browser)
    assert refused.status_code == 403 and "Example's sign-in" in problem(refused)
    assert (await browser.get("/api/interviews")).status_code == 401
    assert len(await group.accounts.all()) == 1


async def test_only_the_providers_signature_counts(group: Group, theirs: TestProvider) -> None:
    """Not another key's, and not one made with what everybody knows or the server itself keeps secret."""
    for algorithm, key in (
        ("RS256", RSAKey.generate_key(2048)),
        ("HS256", OctKey.import_key(SECRET)),
        ("none", None),
    ):
        theirs.algorithm, theirs.signs_with = algorithm, key or OctKey.import_key(SECRET)
        assert (await sign_in(group.browser())).status_code == 403, algorithm
    assert len(await group.accounts.all()) == 1


async def test_a_sign_in_is_of_the_browser_that_began_it(group: Group, theirs: TestProvider) -> None:
    """A link that somebody else began, or a state worked out without a secret, signs nobody in."""
    ada, victim = group.browser(), group.browser()
    back = await to_provider(ada)
    assert (await victim.get(back)).status_code == 403
    await to_provider(victim)
    assert (await victim.get(back)).status_code == 403
    code = parse_qs(urlsplit(back).query)["code"][0]
    known = {"code": code, "state": Attempt("/", "").state}
    assert (await group.browser().get("/login/openid/back", params=known)).status_code == 403
    assert theirs.tokens_asked == 0 and len(await group.accounts.all()) == 1
    assert (await ada.get(back)).status_code == 303
    assert (await ada.get(back)).status_code == 403, "once"


async def test_a_code_of_another_sign_in_is_refused(group: Group) -> None:
    """By the provider, since the verifier is another browser's."""
    ada, mallory = group.browser(), group.browser()
    stolen = parse_qs(urlsplit(await to_provider(ada)).query)["code"][0]
    own = parse_qs(urlsplit(await to_provider(mallory)).query)["state"][0]
    refused = await mallory.get("/login/openid/back", params={"code": stolen, "state": own})
    assert refused.status_code == 403 and "did not confirm" in problem(refused)


async def test_refusals_and_other_providers_are_told(group: Group, theirs: TestProvider) -> None:
    """In words, on the sign-in page."""
    for given, words in (
        ({"error": "access_denied"}, "did not let you in"),
        ({"error": "server_error"}, "could not sign you in"),
        ({"code": "x", "iss": "https://other.example"}, "another provider"),
    ):
        browser = group.browser()
        state = parse_qs(urlsplit(await to_provider(browser)).query)["state"][0]
        refused = await browser.get("/login/openid/back", params={"state": state, **given})
        assert refused.status_code == 403 and words in problem(refused)
    assert theirs.tokens_asked == 0


async def test_it_leads_nowhere_else(group: Group) -> None:
    """Only this server's paths are followed."""
    answer = await sign_in(group.browser(), "//evil.example/")
    assert answer.headers["location"] == "/"


async def test_codes_are_not_guessed_without_end(group: Group, theirs: TestProvider) -> None:
    """Twenty from one address; the provider is not asked about more."""
    browser = group.browser()
    state = parse_qs(urlsplit(await to_provider(browser)).query)["state"][0]
    cookies = dict(browser.cookies)
    answers = []
    for _ in range(21):
        browser.cookies.update(cookies)
        answers.append((await browser.get("/login/openid/back", params={"code": "x", "state": state})).status_code)
    assert answers == [403] * 20 + [429] and theirs.tokens_asked == 20


async def test_without_the_provider_passwords_still_work(group: Group, theirs: TestProvider) -> None:
    """A provider that is away, or is another than the settings say, is told of, and nothing else fails."""
    true, theirs.issuer = theirs.issuer, "http://127.0.0.1:1"
    browser = group.browser()
    page = await browser.get("/login/openid")
    assert page.status_code == 503 and "can't be reached right now" in problem(page)
    token = re.search(r'name="form_token" value="(\w+)"', page.text)
    assert token is not None
    form = {"form_token": token[1], "name": "Bob", "password": WORDS, "next": "/"}
    assert (await browser.post("/login", data=form, headers={"origin": BASE})).status_code == 303
    theirs.issuer = true
    assert (await sign_in(group.browser())).status_code == 303


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"CLIENT_ID": "x"}, "HOTSEAT_OPENID__ISSUER is missing"),
        ({"ISSUER": "http://id.example.org", "CLIENT_ID": "x"}, "has to begin with https"),
        ({"ISSUER": "https://id.example.org"}, "HOTSEAT_OPENID__CLIENT_ID is missing"),
        ({"ISSUER": "https://id.example.org", "CLIENT_ID": "x", "SCOPE": "email"}, "has to contain openid"),
        ({"ISSUER": "https://id.example.org", "CLIENT_ID": "x", "ALLOW": "example.org"}, "'example.org' is neither"),
    ],
)
def test_settings_that_lack_something_are_named(monkeypatch: pytest.MonkeyPatch, given: dict[str, str], words: str) -> None:
    """With what is missing."""
    for name, value in given.items():
        monkeypatch.setenv(f"HOTSEAT_OPENID__{name}", value)
    with pytest.raises(SettingsError, match=words):
        load_settings()
