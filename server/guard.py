"""Who may talk to the server: strict headers, same-origin checks, and a token when one is set."""

from __future__ import annotations

import hmac
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, cookie_parser
from starlette.responses import JSONResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.access.identity import LOCAL_PERSON
from server.errors import SettingsError
from server.settings import Settings, is_loopback

COOKIE = "hotseat_token"
_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; "
    "connect-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "microphone=(self), camera=(), geolocation=()",
}
_OPEN_PATHS = ("/healthz",)


def check_exposure(settings: Settings) -> None:
    """Raises SettingsError for an address that others can reach without a token."""
    if settings.token is None and not is_loopback(settings.host):
        raise SettingsError(
            f"{settings.host} can be reached from other machines: "
            "set HOTSEAT_TOKEN to a long secret first, or serve on 127.0.0.1"
        )


class Guard:
    """ASGI middleware in front of everything."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._token = settings.token.get_secret_value() if settings.token else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await self._refuse(refusal, scope, receive, send)
            return
        if scope["type"] == "http" and self._token_in_query(scope):
            await self._welcome(scope, receive, send)
            return
        scope["identity"] = LOCAL_PERSON

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                # Modules are asked after each time, so that an update is never half there; what is private is not kept.
                headers.setdefault("cache-control", "no-cache" if scope["path"].startswith("/static/") else "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        name = urlsplit(f"//{host}").hostname or ""
        # Without a token the only protection is being local: a page that resolves its name to 127.0.0.1 must not get in.
        if self._token is None and not is_loopback(name):
            return 403, f"this server answers only to loopback names, not to {name!r}"
        origin = headers.get("origin")
        unsafe = scope["type"] == "websocket" or scope.get("method") not in ("GET", "HEAD", "OPTIONS")
        if unsafe and origin is not None and urlsplit(origin).netloc != host:
            return 403, "cross-origin requests are refused"
        if self._token is None or scope["path"] in _OPEN_PATHS or self._token_in_query(scope):
            return None
        given = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        if self._matches(given) or self._matches(bearer):
            return None
        return 401, "open the link with ?token=… that the server's owner gave you"

    def _token_in_query(self, scope: Scope) -> bool:
        if self._token is None:
            return False
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        return self._matches(query.get("token", ""))

    def _matches(self, given: str) -> bool:
        return self._token is not None and hmac.compare_digest(given.encode(), self._token.encode())

    async def _welcome(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Keeps the token in a cookie and out of the address bar."""
        assert self._token is not None
        response = RedirectResponse(scope["path"], 303)
        secure = HTTPConnection(scope).url.scheme == "https"
        response.set_cookie(COOKIE, self._token, httponly=True, samesite="strict", secure=secure, max_age=30 * 86400)
        await response(scope, receive, send)

    async def _refuse(self, refusal: tuple[int, str], scope: Scope, receive: Receive, send: Send) -> None:
        status, reason = refusal
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4000 + status, "reason": reason})
            return
        await JSONResponse({"error": reason}, status)(scope, receive, send)
