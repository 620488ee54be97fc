"""On a dual-stack socket, IPv4 addresses arrive as ``::ffff:192.0.2.1``; each is treated as its IPv4 address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from hotseat.accounts.accounts import BY_ADDRESS, network_of
from hotseat.loopback import is_loopback, plain_address
from hotseat.settings import load_settings

from tests.accounts.conftest import WORDS, sign_in
from tests.support.fakes import fake_assembly
from tests.support.in_process_server import listening

pytestmark = pytest.mark.usefixtures("quick_hashes")


@pytest.fixture
async def dual_stack(tmp_path: Path) -> AsyncIterator[str]:
    """The IPv4 address of a server on ``::`` with an account."""
    assembly = fake_assembly(tmp_path, accounts=True, host="::")
    await assembly.accounts.add("Ada", WORDS, "owner")
    try:
        async with listening(assembly, "::") as (port, _server):
            yield f"http://127.0.0.1:{port}"
    except OSError:  # pragma: no cover
        pytest.skip("this machine has no IPv6")


def browser_behind_proxy(url: str, address: str, scheme: str = "http") -> httpx.AsyncClient:
    """What a proxy on this machine forwards from another."""
    forwarded = {"x-forwarded-for": address, "x-forwarded-proto": scheme, "origin": f"{scheme}://{url.split('://')[1]}"}
    return httpx.AsyncClient(base_url=url, headers=forwarded)


async def test_one_guesser_locks_nobody_else_out(dual_stack: str) -> None:
    """Twenty wrong passwords by one IPv4 address, and another still gets in."""
    async with browser_behind_proxy(dual_stack, "::ffff:203.0.113.1") as guesser:
        tries = [(await sign_in(guesser, f"nobody {n}", WORDS)).status_code for n in range(BY_ADDRESS.attempts + 1)]
    assert tries[-2:] == [403, 429]
    async with browser_behind_proxy(dual_stack, "::ffff:203.0.113.2") as other:
        assert (await sign_in(other, "Ada", WORDS)).status_code == 303


async def test_a_proxy_over_ipv4_is_believed(dual_stack: str) -> None:
    """Cookies are Secure where the proxy on 127.0.0.1 says that the browser came over HTTPS."""
    async with browser_behind_proxy(dual_stack, "203.0.113.1", "https") as browser:
        cookie = (await browser.get("/login")).headers["set-cookie"]
    assert cookie.startswith("__Host-") and "Secure" in cookie


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::FFFF:c000:201", "192.0.2.1"),
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("nobody", "nobody"),
        ("", ""),
    ],
)
def test_mapped_addresses_are_normalised(written: str, plain: str) -> None:
    """IPv4 within IPv6 is IPv4; whatever else stays as it is."""
    assert plain_address(written) == plain


def test_how_addresses_are_grouped() -> None:
    """Each IPv4 address by itself, IPv6 by /64, and this machine however it is written."""
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert network_of("2001:db8::1") == network_of("2001:db8::2")
    assert is_loopback("::ffff:127.0.0.1") and not is_loopback("::ffff:192.0.2.1")


def test_a_proxy_may_be_named_either_way() -> None:
    """In the list and in what the socket tells."""
    for listed in ("10.1.2.3", "::ffff:10.1.2.3"):
        settings = load_settings(trusted_proxies=listed)
        assert settings.is_proxy("10.1.2.3") and settings.is_proxy("::ffff:10.1.2.3") and not settings.is_proxy("10.1.2.4")
