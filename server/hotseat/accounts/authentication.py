"""Authenticates connections: from a signed-in browser, a program with the token, or the user who runs the server."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import ipaddress
from urllib.parse import SplitResult, urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

from hotseat.accounts.accounts import SESSION_S, Accounts, network_of
from hotseat.accounts.identity import LOCAL_PERSON, Identity
from hotseat.accounts.owner_key import OwnerKey
from hotseat.accounts.peers import PEER, Peer
from hotseat.accounts.throttle import Throttle
from hotseat.clock import Clock
from hotseat.domain.accounts import Allowance
from hotseat.errors import RefusedError, TooManyAttemptsError
from hotseat.loopback import is_loopback, plain_address
from hotseat.settings import Settings

_FORWARDED = (
    "forwarded", "via", "x-forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto",
    "x-forwarded-server", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "cf-connecting-ip",
)  # fmt: skip
"""Headers that proxies add."""
_SESSION = "hotseat"
"""The cookie that says who a browser is."""
_WRONG_TOKENS = Allowance(attempts=20, refill_s=15.0)


class Authenticator:
    """Authenticates connections; the settings, and whether there are accounts, decide how."""

    def __init__(self, settings: Settings, accounts: Accounts, clock: Clock) -> None:
        self.accounts = accounts
        self._token = settings.token.get_secret_value() if settings.token else None
        self._settings = settings
        self._key = OwnerKey(settings.data_dir)
        self._clock = clock
        self._throttle = Throttle(_WRONG_TOKENS)

    async def identify(self, connection: HTTPConnection) -> Identity | None:
        """The person behind a connection; None if they have to sign in first. Raises RefusedError, StorageError."""
        kind, _, bearer = connection.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and self._token is not None:
            return LOCAL_PERSON if self._is_token(bearer, self._token, connection) else None
        if (name := self.vouched_for(connection)) is not None:
            return await self.accounts.get_or_create(name)
        cookie = cookie_of(connection)
        if await self.accounts.in_use():
            return await self.accounts.identify(cookie) if cookie else None
        if self._token is None:
            self._check_local(connection)
            peer: Peer | None = connection.scope.get("state", {}).get(PEER)
            if peer is None or await peer.is_own() or (kind.lower() == "bearer" and self._key.is_key(bearer)):
                return LOCAL_PERSON
        ours = self.cookie
        return LOCAL_PERSON if ours and hmac.compare_digest(cookie.encode(), ours.encode()) else None

    def vouched_for(self, connection: HTTPConnection) -> str | None:
        """The name that a trusted proxy gives in ``user_header``; None without one, or if the request isn't from the proxy."""
        peer: Peer | None = connection.scope.get("state", {}).get(PEER)
        if not self._settings.user_header or peer is None or not self._settings.is_proxy(peer.address):
            return None
        return connection.headers.get(self._settings.user_header) or None

    def _check_local(self, connection: HTTPConnection) -> None:
        """Raises RefusedError if host name, address or headers say that the request isn't from this machine."""
        # DNS rebinding: a page whose name resolves to 127.0.0.1 must not get in.
        name = parts_of(f"//{connection.headers.get('host', '')}").hostname or ""
        if not is_loopback(name):
            raise RefusedError(f"this server answers only to loopback names, not to {name!r}")
        # Nor may requests from elsewhere that a proxy on this machine forwards.
        headers = connection.headers
        for_whom = [_ip_of(address.strip()) for told in headers.getlist("x-forwarded-for") for address in told.split(",")]
        if any(ip is not None and not ip.is_loopback for ip in (_ip_of(address_of(connection)), *for_whom)):
            raise RefusedError("this server answers only to this machine; HOTSEAT_ACCOUNTS or HOTSEAT_TOKEN lets others in")
        if any(header in headers for header in _FORWARDED) and (not for_whom or None in for_whom):
            raise RefusedError(
                "a proxy forwarded this without saying for whom: let it set X-Forwarded-For, and set HOTSEAT_ACCOUNTS or "
                "HOTSEAT_TOKEN to let others in"
            )

    def how_to_enter(self) -> str:
        """What somebody who was refused can do, if there are no accounts."""
        if self._token is not None:
            return "open the link with ?token=… of this server's owner"
        return "this comes from another user of this machine; whoever runs Hotseat gets a link by `hotseat link`"

    async def opens(self, connection: HTTPConnection) -> bool:
        """Whether the link has a valid token or one-time code, for which the browser gets a cookie."""
        given = connection.query_params.get("token")
        if given is None or await self.accounts.in_use():
            return False
        if self._token is None:
            return self._key.use(given, self._clock.wall())
        return self._is_token(given, self._token, connection)

    @property
    def cookie(self) -> str:
        """The cookie of browsers that came by a link; derived from the token, so that the token itself isn't stored there."""
        if self._token is None:
            return self._key.cookie
        return hmac.new(self._token.encode(), b"cookie", hashlib.sha256).hexdigest()

    def _is_token(self, given: str, token: str, connection: HTTPConnection) -> bool:
        """Whether it is the token; wrong ones count as attempts. Raises TooManyAttemptsError."""
        key, now = network_of(address_of(connection)), self._clock.now()
        if (wait_s := self._throttle.wait_s(key, now)) > 0:
            raise TooManyAttemptsError(f"too many wrong tokens; try again in {wait_s:.0f} seconds", wait_s)
        if hmac.compare_digest(given.encode(), token.encode()):
            return True
        self._throttle.spend(key, now)
        return False


def parts_of(address: str) -> SplitResult:
    """The parts of a URL from a header; all empty if it is invalid."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")


def address_of(connection: HTTPConnection) -> str:
    """The browser's IP address, as a trusted proxy reports it if there is one."""
    return plain_address(connection.client.host[:64]) if connection.client else ""


def _ip_of(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The IP address, which may have a port; None for anything else: a Unix socket, or a word such as "unknown"."""
    for host in (address, parts_of(f"//{address}").hostname or ""):
        with contextlib.suppress(ValueError):
            return ipaddress.ip_address(plain_address(host))
    return None


def is_secure(connection: HTTPConnection) -> bool:
    """Whether the browser speaks HTTPS, to us or to a trusted proxy."""
    return connection.scope["scheme"] in ("https", "wss")


def cookie_of(connection: HTTPConnection, name: str = _SESSION) -> str:
    return connection.cookies.get(_cookie_name(connection, name), "")


def set_cookie(
    response: Response, connection: HTTPConnection, value: str, name: str = _SESSION, max_age: int = int(SESSION_S)
) -> None:
    """SameSite is lax so that people who follow a link in a mail, or come back from a provider, are known; no GET changes
    anything."""
    secure = is_secure(connection)
    name = _cookie_name(connection, name)
    response.set_cookie(name, value, max_age=max_age, httponly=True, samesite="lax", secure=secure)


def clear_cookie(response: Response, connection: HTTPConnection, name: str = _SESSION) -> None:
    name = _cookie_name(connection, name)
    response.delete_cookie(name, httponly=True, samesite="lax", secure=is_secure(connection))


def local_path(path: str) -> str:
    """The path if it is on this server, else "/"; browsers take //host and /\\host for other servers."""
    ours = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if ours else "/"


def form_token(cookie: str) -> str:
    """The token in forms against cross-site requests; it is derived from the cookie, which other sites don't know."""
    return hmac.new(cookie.encode(), b"form", hashlib.sha256).hexdigest()


def _cookie_name(connection: HTTPConnection, name: str) -> str:
    # The prefix keeps neighbouring subdomains from setting it.
    return f"__Host-{name}" if is_secure(connection) else name
