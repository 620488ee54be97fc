"""Middleware before all routes: security headers, same-origin checks, limits on size and pace of requests, authentication."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hotseat.accounts.authentication import Authenticator, cookie_of, is_secure, local_path, parts_of, set_cookie
from hotseat.clock import Clock
from hotseat.errors import HotseatError, RefusedError, TooManyAttemptsError
from hotseat.http.connections import COUNTED, CountedConnection
from hotseat.http.statuses import retry_after
from hotseat.loopback import is_loopback

_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; "
    "connect-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    # Not no-referrer, with which browsers send forms without their origin.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "microphone=(self), camera=(), geolocation=()",
}
_HTTPS_ONLY = "max-age=31536000"
"""``max-age`` of Strict-Transport-Security in seconds: a year."""
_OPEN = frozenset({"/healthz", "/readyz", "/login", "/login/openid", "/login/openid/back"})
_OPEN_BELOW = ("/invite/", "/static/")
"""Paths that need no authentication."""
_WITHOUT_STORAGE = ("/", "/api/status")
"""Paths with nothing private. They are served while the database is down, to say what is wrong."""
_FORM_BYTES = 16_384
"""Largest body on a path that is open to anybody: hundreds of them may be in memory at once."""
_BODY_BYTES = 1_000_000
_UPLOADS = {"/api/import": 4 << 30, "/api/papers/pdf": 10_000_000}
"""Largest body, in bytes, on paths that take more than others."""
SILENT_BODY_S = 20.0
"""Longest pause within a body, in seconds; also how much longer than at ``SLOWEST_BODY`` it may take in all, not counting the
time that the server takes to process it."""
SLOWEST_BODY = 16_000
"""Lowest mean pace of a body, in bytes per second."""
REQUESTS_AT_ONCE = 100
"""Most requests of one person at a time, open sockets included."""
LOOK_AGAIN_S = 15.0
"""Seconds for which a socket may outlive its session."""
UNAUTHORISED = 4401


class Guard:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, authenticator: Authenticator, clock: Clock) -> None:
        self._app = app
        self._authenticator = authenticator
        self._clock = clock
        self._under_way: Counter[str] = Counter()
        """Number of requests of each person."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        scope["identity"] = None
        if scope["type"] == "http":
            receive, send = self._timely(receive), _with_headers(send, connection)
        counted: CountedConnection | None = scope.get("state", {}).get(COUNTED)
        try:
            try:
                instead = await self._admit(connection)
            finally:
                if counted is not None:
                    counted.sender_is(known=scope["identity"] is not None)
            if instead is not None:
                await instead(scope, receive, send)
                return
            if scope["type"] == "websocket":
                receive = self._watched(connection, receive, send)
            with self._within_limit(connection):
                await self._app(scope, receive, send)
        except HTTPException as refusal:
            await self._refuse(refusal, connection, receive, send)

    async def _admit(self, connection: HTTPConnection) -> Response | None:
        """Authenticates the connection; returns a response if that is sent instead of the route's. Raises HTTPException."""
        _check_origin(connection, bool(cookie_of(connection)) or self._authenticator.vouched_for(connection) is not None)
        # As the routes see it; connection.url contains the Host header.
        path: str = connection.scope["path"]
        is_open = path in _OPEN or path.startswith(_OPEN_BELOW)
        _check_size(connection, _FORM_BYTES if is_open else _UPLOADS.get(path, _BODY_BYTES))
        if is_open:
            return None
        try:
            if connection.scope["type"] == "http" and await self._authenticator.opens(connection):
                # Keeps the token out of the address bar, the history and Referer headers.
                response = RedirectResponse(local_path(path), 303)
                set_cookie(response, connection, self._authenticator.cookie)
                return response
            identity = connection.scope["identity"] = await self._authenticator.identify(connection)
        except TooManyAttemptsError as error:
            raise HTTPException(429, str(error), retry_after(error)) from None
        except RefusedError as error:
            raise HTTPException(403, str(error)) from None
        except HotseatError as error:
            if connection.scope["type"] == "http" and path in _WITHOUT_STORAGE:
                return None
            raise HTTPException(503, str(error)) from None
        if identity is None:
            raise HTTPException(
                401, "sign in first" if await self._authenticator.accounts.in_use() else self._authenticator.how_to_enter()
            )
        return None

    @contextlib.contextmanager
    def _within_limit(self, connection: HTTPConnection) -> Iterator[None]:
        """Counts the request while it is under way. Raises HTTPException if its person has ``REQUESTS_AT_ONCE`` already."""
        identity = connection.scope["identity"]
        if identity is None:
            yield
            return
        if self._under_way[identity.person] >= REQUESTS_AT_ONCE:
            raise HTTPException(
                429, f"you have {REQUESTS_AT_ONCE} requests or pages open at once; close some", {"retry-after": "1"}
            )
        self._under_way[identity.person] += 1
        try:
            yield
        finally:
            self._under_way -= Counter({identity.person: 1})  # drops the key at 0

    def _timely(self, receive: Receive) -> Receive:
        """Ends a body that stops coming or comes too slowly, with HTTPException 408."""
        received, waited, complete = 0, 0.0, False

        async def timely() -> Message:
            nonlocal received, waited, complete
            if complete:  # from here on it waits for the client to disconnect
                return await receive()
            began = self._clock.now()
            spare_s = SILENT_BODY_S + received / SLOWEST_BODY - waited
            try:
                async with self._clock.timeout_at(began + min(SILENT_BODY_S, spare_s)):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, "the upload stopped or is too slow; try again") from None
            waited += self._clock.now() - began
            received += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            return message

        return timely

    def _watched(self, connection: HTTPConnection, receive: Receive, send: Send) -> Receive:
        """Ends a socket soon after its session: signing out or changing the password reaches every open page."""
        looked = self._clock.now()

        async def watched() -> Message:
            nonlocal looked
            while True:
                message: Message | None = None
                with contextlib.suppress(TimeoutError):
                    async with self._clock.timeout_at(looked + LOOK_AGAIN_S):
                        message = await receive()
                if self._clock.now() - looked >= LOOK_AGAIN_S:
                    looked = self._clock.now()
                    if not await self._is_still(connection):
                        reason = "the session has ended; sign in again"
                        await send({"type": "websocket.close", "code": UNAUTHORISED, "reason": reason})
                        return {"type": "websocket.disconnect", "code": UNAUTHORISED}
                if message is not None:
                    return message

        return watched

    async def _is_still(self, connection: HTTPConnection) -> bool:
        """Whether the connection would be let in as the same person now; if that can't be looked up, it would."""
        try:
            return bool(await self._authenticator.identify(connection) == connection.scope["identity"])
        except HotseatError:
            return True

    async def _refuse(self, refusal: HTTPException, connection: HTTPConnection, receive: Receive, send: Send) -> None:
        scope = connection.scope
        if scope["type"] == "websocket":
            if refusal.status_code == 401:  # only an open socket is told why it is closed
                await receive()
                await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 4000 + refusal.status_code, "reason": refusal.detail})
            return
        response: Response = JSONResponse({"error": refusal.detail}, refusal.status_code, refusal.headers)
        wants_page = scope["method"] == "GET" and "text/html" in connection.headers.get("accept", "")
        if wants_page and refusal.status_code == 401 and await self._authenticator.accounts.in_use():
            response = RedirectResponse(f"/login?next={quote(scope['path'])}", 303)
        await response(scope, receive, send)


def _check_origin(connection: HTTPConnection, from_browser: bool) -> None:
    """Raises HTTPException if another site's page is behind a request that can change something, or may be.

    ``from_browser`` is for what a browser adds whoever has it send something: a cookie, a proxy's header.
    """
    headers = connection.headers
    if connection.scope["type"] == "http" and connection.scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    foreign = origin is not None and parts_of(origin).netloc != headers.get("host", "")
    if foreign or site not in (None, "same-origin", "none"):
        raise HTTPException(403, "cross-origin requests are refused")
    if origin is None and site is None and from_browser:
        raise HTTPException(403, "a browser's request has to say where it comes from (Origin)")


def _with_headers(send: Send, connection: HTTPConnection) -> Send:
    path: str = connection.scope["path"]
    # A loopback name is everybody's own, and other programs on it may have no HTTPS.
    name = parts_of(f"//{connection.headers.get('host', '')}").hostname or ""
    https_only = is_secure(connection) and not is_loopback(name)

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if https_only:
                headers.setdefault("strict-transport-security", _HTTPS_ONLY)
            # Browsers revalidate modules each time, so that an update is never half there, and keep nothing private.
            headers.setdefault("cache-control", "no-cache" if path.startswith("/static/") else "no-store")
        await send(message)

    return send_with_headers


def _check_size(connection: HTTPConnection, most: int) -> None:
    """Raises HTTPException for a body of more bytes, or of unknown length; the HTTP server enforces the declared length."""
    headers = connection.headers
    if "transfer-encoding" in headers:
        raise HTTPException(411, "say how many bytes are sent (Content-Length)")
    told = headers.get("content-length", "0")
    if not told.isdecimal() or int(told) > most:
        raise HTTPException(413, f"this is too large: {most:,} bytes are the most that can be sent here")
