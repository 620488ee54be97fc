"""A server with accounts in this process, and a client that fills in its forms."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from hotseat.http.app import create_app
from hotseat.storage.accounts import SqlAccounts

from tests.support.fakes import fake_assembly

BASE = "https://box.local"
WORDS = "four words make one"
OTHER_WORDS = "another four good words"


class Site:
    """An app with accounts, as somebody who runs it sees it."""

    def __init__(self, data_dir: Path) -> None:
        assembly = fake_assembly(data_dir, accounts=True, host="0.0.0.0")
        self.clock, self.accounts, self.assembly = assembly.clock, assembly.accounts, assembly
        self.store = SqlAccounts(assembly.storage.store.engine)
        self.app: FastAPI = create_app(assembly)
        self.browsers: list[httpx.AsyncClient] = []

    def browser(self, base: str = BASE, address: str = "203.0.113.1") -> httpx.AsyncClient:
        """A new one, with a cookie jar of its own."""
        transport = httpx.ASGITransport(self.app, client=(address, 4000))
        browser = httpx.AsyncClient(transport=transport, base_url=base, headers={"origin": base})
        self.browsers.append(browser)
        return browser

    async def signed_in(self, name: str, password: str = WORDS) -> httpx.AsyncClient:
        browser = self.browser()
        assert (await sign_in(browser, name, password)).status_code == 303
        return browser

    async def log(self) -> list[tuple[str, str, str]]:
        """Oldest first: what, who, about."""
        return [(line.what, line.who, line.about) for line in reversed(await self.accounts.noted())]


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    made = Site(tmp_path)
    yield made
    for browser in made.browsers:
        await browser.aclose()
    await made.assembly.storage.store.close()


@pytest.fixture
async def group(site: Site) -> Site:
    """A server with its owner, Ada, and a member, Bob."""
    await site.accounts.add("Ada", WORDS, "owner")
    await site.accounts.add("Bob", WORDS, "member")
    return site


async def form(browser: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    """Loads a page and sends the first form on it, with the hidden fields that are there."""
    page = await browser.get(path)
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))
    action = re.search(r'<form[^>]* action="([^"]*)"', page.text)
    return await browser.post(action[1] if action else path, data={**hidden, **fields})


async def sign_in(browser: httpx.AsyncClient, name: str, password: str, **fields: str) -> httpx.Response:
    return await form(browser, "/login", name=name, password=password, **fields)


async def press(browser: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    """Sends one of the account page's forms."""
    token = re.search(r'name="form_token" value="(\w+)"', (await browser.get("/account")).text)
    assert token is not None
    return await browser.post(path, data={"form_token": token[1], **fields})


async def change_password(browser: httpx.AsyncClient, old: str, new: str) -> httpx.Response:
    return await press(browser, "/account/password", old=old, new=new, again=new)


async def invited(owner: httpx.AsyncClient) -> str:
    """The path of a new invitation, made on the account page."""
    link = re.search(rf'value="{BASE}(/invite/[\w-]+)"', (await press(owner, "/account/invite")).text)
    assert link is not None
    return link[1]
