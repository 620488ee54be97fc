"""The key of whoever runs a server on loopback, for systems that don't tell which user a connection is from.

It is kept in the data directory, where commands find it. Browsers get a cookie made from it, by a link that works once.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from pathlib import Path

from hotseat.accounts.token_link import kept_secret, reachable
from hotseat.settings import Settings

LINK_S = 600.0
"""How long a link can be opened."""


def owner_link(settings: Settings, port: int) -> str:
    """What opens a server on this machine in a browser. Raises StorageError."""
    return f"{reachable(settings.host, port)}/?token={OwnerKey(settings.data_dir).new_code(time.time())}"


class OwnerKey:
    """Times are seconds since the epoch."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "key"
        self._secret = ""
        self._used: dict[str, float] = {}
        """Codes of links that were opened, and when they expire."""

    def make(self) -> str:
        """The key, which is made if there is none. Raises StorageError."""
        self._secret = self._secret or kept_secret(self._path)
        return self._secret

    def is_key(self, given: str) -> bool:
        return bool(self._known()) and hmac.compare_digest(given.encode(), self._secret.encode())

    @property
    def cookie(self) -> str:
        return self._digest("cookie") if self._known() else ""

    def new_code(self, now: float) -> str:
        """What a link carries. Raises StorageError."""
        self.make()
        plain = f"{now + LINK_S:.0f}.{secrets.token_urlsafe(12)}"
        return f"{plain}.{self._digest(plain)}"

    def use(self, code: str, now: float) -> bool:
        """Whether a link's code is valid, which it is only once."""
        plain, _, digest = code.rpartition(".")
        if not self._known() or not hmac.compare_digest(digest.encode(), self._digest(plain).encode()):
            return False
        expires = float(plain.partition(".")[0])
        self._used = {used: until for used, until in self._used.items() if until > now}
        if expires <= now or plain in self._used:
            return False
        self._used[plain] = expires
        return True

    def _known(self) -> str:
        if not self._secret and self._path.exists():
            self.make()
        return self._secret

    def _digest(self, text: str) -> str:
        return hmac.new(self._secret.encode(), text.encode(), hashlib.sha256).hexdigest()
