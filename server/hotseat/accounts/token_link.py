"""The link with the token, like a notebook's: ``HOTSEAT_TOKEN=auto`` makes a token once and keeps it in the data directory."""

from __future__ import annotations

import contextlib
import ipaddress
import secrets
from pathlib import Path
from urllib.parse import urlencode

from pydantic import SecretStr

from hotseat.data_dir import prepare_data_dir
from hotseat.errors import StorageError
from hotseat.settings import Settings

AUTO = "auto"


def with_kept_token(settings: Settings) -> Settings:
    """The settings with the kept token in place of "auto". Raises StorageError."""
    if not is_auto(settings):
        return settings
    return settings.model_copy(update={"token": SecretStr(_kept_token(settings))})


def link(settings: Settings, port: int) -> str:
    """Where to point a browser on this machine; with the token if its owner did not choose it and can't know it.

    Raises StorageError.
    """
    url = reachable(settings.host, port)
    return f"{url}/?{urlencode({'token': _kept_token(settings)})}" if is_auto(settings) else url


def is_auto(settings: Settings) -> bool:
    return settings.token is not None and settings.token.get_secret_value() == AUTO


def _kept_token(settings: Settings) -> str:
    return kept_secret(settings.data_dir / "token")


def kept_secret(path: Path) -> str:
    """What the file holds, which is made if it isn't there. Raises StorageError."""
    prepare_data_dir(path.parent)
    try:
        # Only whoever creates the file writes it, so that two servers on one data directory agree.
        with contextlib.suppress(FileExistsError):
            path.touch(mode=0o600, exist_ok=False)
            path.write_text(secrets.token_urlsafe(24), encoding="ascii")
        secret = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise StorageError(f"the secret in {path} can't be kept or read ({error.strerror})") from error
    if not secret:
        raise StorageError(f"{path} is empty; delete it, and a new secret is made")
    return secret


def reachable(host: str, port: int) -> str:
    """The server's address on this machine, where one that means every address is reached as localhost."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return f"http://{host}:{port}"
    name = "localhost" if address.is_unspecified else f"[{host}]" if address.version == 6 else host
    return f"http://{name}:{port}"
