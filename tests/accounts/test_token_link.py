"""HOTSEAT_TOKEN=auto: a token is made once, readable by its owner only, and the server prints the link with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from hotseat.accounts.token_link import link, with_kept_token
from hotseat.errors import StorageError
from hotseat.settings import Settings
from pydantic import SecretStr

from tests.conftest import NO_MODELS, ServerProcess

AUTO = SecretStr("auto")


def test_the_token_is_made_once(tmp_path: Path) -> None:
    """Every start has the same long token, in a file that only its owner can read."""
    wanted = Settings(data_dir=tmp_path / "data", token=AUTO)
    first, second = with_kept_token(wanted).token, with_kept_token(wanted).token
    assert first is not None and first == second and len(first.get_secret_value()) >= 32
    assert (tmp_path / "data" / "token").stat().st_mode & 0o777 == 0o600


def test_a_token_of_ones_own_is_kept_out_of_the_output(tmp_path: Path) -> None:
    """Only a token that nobody can know yet is printed."""
    own = Settings(data_dir=tmp_path, token=SecretStr("chosen"), host="0.0.0.0")
    assert with_kept_token(own) is own
    assert link(own, 8000) == "http://localhost:8000"
    assert not (tmp_path / "token").exists()


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("0.0.0.0", "http://localhost:8000/"),
        ("::", "http://localhost:8000/"),
        ("192.168.1.7", "http://192.168.1.7:8000/"),
        ("::1", "http://[::1]:8000/"),
        ("study.lan", "http://study.lan:8000/"),
    ],
)
def test_the_link_can_be_opened(host: str, url: str, tmp_path: Path) -> None:
    """An address that stands for every address is none to open, and one of IPv6 needs brackets."""
    wanted = Settings(data_dir=tmp_path, token=AUTO, host=host)
    assert link(wanted, 8000).startswith(f"{url}?token=")


def test_a_token_that_cannot_be_read(tmp_path: Path) -> None:
    """The file is named."""
    (tmp_path / "token").touch()
    with pytest.raises(StorageError, match="token is empty; delete it"):
        with_kept_token(Settings(data_dir=tmp_path, token=AUTO))


def test_a_server_open_to_all_addresses_lets_in_by_its_link(start_server: Callable[..., ServerProcess]) -> None:
    """As in a container: it starts without anything being set up, and what it prints opens it; without, it stays shut."""
    server = start_server(
        HOTSEAT_HOST="0.0.0.0",
        HOTSEAT_TOKEN="auto",
        **NO_MODELS,
    )
    try:
        server.wait_until_served()
        printed = re.search(r"http://localhost:\d+/\?token=[\w-]{32,}", server.log())
        assert printed is not None, server.log()
        with httpx.Client(follow_redirects=True) as browser:
            assert browser.get(f"{server.url}/api/bank").status_code == 401
            opened = browser.get(printed[0])
            assert opened.status_code == 200 and "token" not in str(opened.url)
            assert browser.get(f"http://localhost:{server.port}/api/bank").status_code == 200
    finally:
        server.stop()
