"""Invitations and sign-in in a real Chromium: forms without JavaScript, redirects to the sign-in page."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hotseat.settings import PROJECT
from playwright.async_api import Error, Page, expect

from tests.browser.accessibility import violations
from tests.browser.conftest import chromium
from tests.support.light_server import LightServer

WORDS = "four words make one"


@pytest.fixture
def light(tmp_path: Path) -> Iterator[LightServer]:
    server = LightServer(tmp_path / "data", HOTSEAT_ACCOUNTS="1")
    yield server.wait_until_served()  # type: ignore[misc]
    server.stop()


def accounts(server: LightServer, *arguments: str, stdin: str = "") -> str:
    """What ``hotseat accounts …`` prints."""
    environment = {**os.environ, "HOTSEAT_DATA_DIR": str(server.data_dir), "HOTSEAT_PORT": str(server.port)}
    command = [sys.executable, "-m", "hotseat", "accounts", *arguments]
    done = subprocess.run(command, env=environment, input=stdin, capture_output=True, text=True, cwd=PROJECT, check=True)
    return done.stdout


async def fill(page: Page, **fields: str) -> None:
    """By their labels, then Enter."""
    for label, text in fields.items():
        await page.get_by_label(label.replace("_", " "), exact=True).fill(text)
    await page.keyboard.press("Enter")


async def test_people_get_in_and_out(light: LightServer) -> None:
    """Invited, signed in without scripts, led back to where one was going, signed out everywhere by a new password."""
    accounts(light, "add", "Ada", "--owner", stdin=f"{WORDS}\n")
    invitation = accounts(light, "invite").strip()
    async with chromium() as browser:
        bob = await (await browser.new_context()).new_page()
        await bob.goto(invitation)
        assert await violations(bob) == []
        await fill(bob, Name="Bob", Password=WORDS, The_same_password_again=WORDS)
        await bob.locator("nav").get_by_role("link", name="Bob").wait_for()
        await bob.get_by_role("heading", name="Practise LLM-engineering interviews out loud").wait_for()

        plain = await (await browser.new_context(java_script_enabled=False)).new_page()
        await plain.goto(f"{light.url}/account")
        assert plain.url == f"{light.url}/login?next=/account"
        await fill(plain, Name="ada", Password="not the password")
        assert "No account has this name and password" in (await plain.get_by_role("alert").text_content() or "")
        await fill(plain, Password=WORDS)
        await plain.get_by_role("heading", name="Ada").wait_for()
        assert plain.url == f"{light.url}/account"
        assert "Bob" in (await plain.get_by_role("region", name="People").text_content() or "")
        owner = await (await browser.new_context(storage_state=await plain.context.storage_state())).new_page()
        await owner.goto(f"{light.url}/account")
        assert await violations(owner) == []

        accounts(light, "password", "Bob", stdin="another good password\n")
        await bob.goto(f"{light.url}/past")
        assert bob.url == f"{light.url}/login?next=/past"
        await fill(bob, Name="Bob", Password="another good password")
        await bob.wait_for_url(f"{light.url}/past")
        await bob.context.clear_cookies()
        with contextlib.suppress(Error):  # the page may already be on its way to the sign-in by itself
            await bob.evaluate("void import('/static/api.js').then(({ get }) => get('/api/interviews')).catch(() => {})")
        await expect(bob).to_have_url(f"{light.url}/login?next=%2Fpast")
        await plain.get_by_role("button", name="Sign out").click()
        await plain.wait_for_url(f"{light.url}/login")
