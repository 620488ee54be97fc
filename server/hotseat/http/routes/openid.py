"""The way to the OpenID Connect provider and back."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, unquote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from hotseat.accounts.accounts import Accounts, network_of
from hotseat.accounts.authentication import address_of, clear_cookie, cookie_of, local_path, set_cookie
from hotseat.accounts.openid import ATTEMPT_S, Attempt, OpenIdProvider
from hotseat.accounts.user_agents import browser_of
from hotseat.errors import HotseatError

_INVITE = "/invite/"
_ATTEMPT = "hotseat-openid"
"""The cookie with a sign-in attempt: its secret, and the path to open afterwards."""


def openid_routes(
    accounts: Accounts, provider: OpenIdProvider, login_page: Callable[[Request, str, HotseatError], Response]
) -> APIRouter:
    """/login/openid, which begins, and /login/openid/back, which ends it; ``login_page`` shows errors."""
    router = APIRouter(include_in_schema=False)

    @router.get("/login/openid")
    async def begin(request: Request) -> Response:
        attempt = Attempt(local_path(request.query_params.get("next", "/")))
        try:
            response = RedirectResponse(await provider.authorization_url(attempt, _back(request)), 303)
        except HotseatError as error:
            return login_page(request, attempt.next, error)
        set_cookie(response, request, f"{attempt.secret}.{quote(attempt.next, safe='')}", _ATTEMPT, ATTEMPT_S)
        return response

    @router.get("/login/openid/back")
    async def end(request: Request) -> Response:
        secret, _, next = cookie_of(request, _ATTEMPT).partition(".")
        attempt = Attempt(local_path(unquote(next)), secret)
        address = address_of(request)
        try:
            person = await provider.signed_in(attempt, dict(request.query_params), _back(request), network_of(address))
            invite = attempt.next.removeprefix(_INVITE) if attempt.next.startswith(_INVITE) else None
            browser = browser_of(request.headers.get("user-agent", ""))
            session = await accounts.sign_in_from(person, invite, provider.may_join(person), address, browser)
        except HotseatError as error:
            response = login_page(request, attempt.next, error)
        else:
            response = RedirectResponse("/" if invite is not None else attempt.next, 303)
            set_cookie(response, request, session)
        clear_cookie(response, request, _ATTEMPT)
        return response

    return router


def _back(request: Request) -> str:
    return f"{request.base_url}login/openid/back"
