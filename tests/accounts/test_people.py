"""The account page: the person's own sessions; for owners, other people and invitations."""

from __future__ import annotations

import re

import pytest
from hotseat.accounts.lookalikes import outline
from hotseat.accounts.user_agents import browser_of
from hotseat.errors import InputError

from tests.accounts.conftest import OTHER_WORDS, WORDS, Site, change_password, form, invited, press, sign_in

pytestmark = pytest.mark.usefixtures("quick_hashes")

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


async def test_an_owners_invitations_die_with_them(group: Site) -> None:
    """With a new password, with the role and with the account: whoever had the old ones gets nobody in."""
    await group.accounts.add("Eve", WORDS, "owner")
    eve = await group.signed_in("Eve")
    for end in ("password", "role", "account"):
        path = await invited(eve)
        assert (await group.browser().get(path)).status_code == 200
        if end == "password":
            assert (await change_password(eve, WORDS, OTHER_WORDS)).status_code == 303
        elif end == "role":
            await group.accounts.set_role("Eve", "member")
            await group.accounts.set_role("Eve", "owner")
        else:
            await group.accounts.remove("Eve")
        assert (await group.browser().get(path)).status_code == 403, end


async def test_invitations_name_their_maker_and_can_be_revoked(group: Site) -> None:
    """On the page, where each owner sees all of them; afterwards the link opens nothing."""
    await group.accounts.add("Eve", WORDS, "owner")
    path = await invited(await group.signed_in("Eve"))
    await group.accounts.invite("owner")
    ada = await group.signed_in("Ada")
    page = (await ada.get("/account")).text
    assert "invited by Eve" in page and "invited by the command line" in page
    for invitation in re.findall(r'name="invitation" value="(\w+)"', page):
        assert "revoked" in (await press(ada, "/account/invitations/revoke", invitation=invitation)).text
    assert (await group.browser().get(path)).status_code == 403 and await group.accounts.invitations() == ()
    again = await press(ada, "/account/invitations/revoke", invitation=invitation)
    assert again.status_code == 422 and "no such invitation" in again.text
    assert ("invitation revoked", "Ada", "member") in await group.log()


async def test_the_first_owners_link_is_not_listed(site: Site) -> None:
    """It is worth nothing once there is an owner."""
    await site.accounts.invite_first()
    assert await site.accounts.invitations() == ()


async def test_one_sees_and_ends_ones_own_sessions(group: Site) -> None:
    """By browser and address; another's can't be ended by its number."""
    here, there, bob = group.browser(), group.browser(address="203.0.113.9"), await group.signed_in("Bob")
    for browser in (here, there):
        browser.headers["user-agent"] = FIREFOX
        await sign_in(browser, "Ada", WORDS)
    page = (await here.get("/account")).text
    assert page.count("Firefox on Linux") == 2 and "from 203.0.113.9" in page and page.count("this browser") == 1
    [session] = re.findall(r'name="session" value="(\w+)"', page)
    refused = await press(bob, "/account/sessions/end", session=session)
    assert refused.status_code == 422 and (await there.get("/api/interviews")).status_code == 200
    assert "has been signed out" in (await press(here, "/account/sessions/end", session=session)).text
    assert (await there.get("/api/interviews")).status_code == 401
    assert (await here.get("/api/interviews")).status_code == 200


async def test_owners_manage_people(group: Site) -> None:
    """Roles, sessions and accounts; the log names both; the last owner stays."""
    ada, bob = await group.signed_in("Ada"), await group.signed_in("Bob")
    refused = await press(ada, "/account/people", name="Ada", change="member")
    assert refused.status_code == 422 and "only owner" in refused.text
    assert "is an owner now" in (await press(ada, "/account/people", name="Bob", change="owner")).text
    assert "Invitations" in (await bob.get("/account")).text
    assert "signed out everywhere" in (await press(ada, "/account/people", name="Bob", change="sign out")).text
    assert (await bob.get("/api/interviews")).status_code == 401
    bob = await group.signed_in("Bob")
    await press(ada, "/account/people", name="Bob", change="remove")
    assert (await bob.get("/api/interviews")).status_code == 401
    assert (await press(ada, "/account/people", name="Bob", change="remove")).status_code == 422
    assert [line for line in await group.log() if line[1] == "Bob" and "by Ada" in line[2]] == [
        ("role changed", "Bob", "owner by Ada"),
        ("sessions ended", "Bob", "by Ada"),
        ("account removed", "Bob", "by Ada"),
    ]


@pytest.mark.parametrize("path", ["/account/people", "/account/invitations/revoke", "/account/invite"])
async def test_members_manage_nobody(group: Site, path: str) -> None:
    """Neither by the page, which doesn't show it, nor by sending its forms."""
    bob = await group.signed_in("Bob")
    assert (await press(bob, path, name="Ada", change="sign out", invitation="0")).status_code == 403
    assert "People" not in (await bob.get("/account")).text


@pytest.mark.parametrize("name", ["B0b", "Воb", "Вοb", "Ｂｏｂ", "B.o.b", "𝐁𝐨𝐛", "ꓐꓳꓐ", "Ᏼob"])
async def test_a_name_that_looks_like_anothers_is_refused(group: Site, name: str) -> None:
    """Digits, other scripts' letters, full-width and mathematical ones: with the name it would be taken for."""
    path = await invited(await group.signed_in("Ada"))
    answer = await form(group.browser(), path, name=name, password=WORDS, again=WORDS)
    assert answer.status_code == 422 and "named &#39;Bob&#39;" in answer.text


def test_different_names_stay_different() -> None:
    """In whatever script they are."""
    names = ["Bob", "Rob", "Zoe", "Zoë", "Ольга", "Олег", "李雷", "李磊", "Ada L.", "Ada M.", "!", "?"]
    assert len({outline(name) for name in names}) == len(names)


@pytest.mark.parametrize("name", ["\u3164", "Eve\u3164", "E\u2800ve", "Eve\ufe0f"])
async def test_a_name_shows_all_of_itself(group: Site, name: str) -> None:
    """Characters that count as visible and show nothing are refused."""
    with pytest.raises(InputError, match="all of them visible"):
        await group.accounts.add(name, WORDS, "member")


@pytest.mark.parametrize(
    ("agent", "browser"),
    [
        (FIREFOX, "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/143.0 Safari/537.36 Edg/143.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/143.0 Mobile Safari/537.36", "Chrome on Android"),
        ("python-httpx/0.28", ""),
    ],
)
def test_a_browser_is_named_from_its_user_agent(agent: str, browser: str) -> None:
    """By what one calls it, not by all that it says."""
    assert browser_of(agent) == browser
