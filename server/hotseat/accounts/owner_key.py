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
from hotseat.errors import StorageError
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
        self._used = data_dir / "used-links"
        """Codes of links that were opened, one a line, each beginning with its expiry. A restart must not open them again."""

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
        """Whether a link's code is valid, which it is only once. Raises StorageError."""
        plain, _, digest = code.rpartition(".")
        if not self._known() or not hmac.compare_digest(digest.encode(), self._digest(plain).encode()):
            return False
        if _expires(plain) <= now:
            return False
        try:
            used = self._used.read_text(encoding="ascii").split() if self._used.exists() else []
            if plain in used:
                return False
            unexpired = [*(one for one in used if _expires(one) > now), plain]
            self._used.write_text("\n".join(unexpired), encoding="ascii")
        except OSError as error:
            raise StorageError(f"the link can't be noted as used in {self._used} ({error.strerror})") from error
        return True

    def _known(self) -> str:
        if not self._secret and self._path.exists():
            self.make()
        return self._secret

    def _digest(self, text: str) -> str:
        return hmac.new(self._secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def _expires(plain: str) -> float:
    return float(plain.partition(".")[0])
