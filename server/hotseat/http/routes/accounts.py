"""The pages for getting in and out: plain forms, each with a token that only a page of ours can have."""

from __future__ import annotations

import hmac
import secrets
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from hotseat.accounts.accounts import Accounts
from hotseat.accounts.entry import address_of, clear_cookie, cookie_of, form_token, local_path, set_cookie
from hotseat.errors import InputError, RefusedError, TooManyAttemptsError
from hotseat.http.identity import Who
from hotseat.http.pages import Pages

Form = dict[str, str]
_LOG_LINES = 50


def access_routes(accounts: Accounts, pages: Pages) -> APIRouter:
    """/login, /logout, /invite/… and /account; where there are no accounts, all lead to the start page."""
    router = APIRouter(include_in_schema=False)
    pages.add_filter("day", lambda seconds: _utc(seconds).date().isoformat())
    pages.add_filter("moment", lambda seconds: f"{_utc(seconds):%Y-%m-%d %H:%M:%S}")

    def form_page(request: Request, template: str, /, status: int = 200, **values: object) -> Response:
        """A page with forms; a browser without a cookie gets one, for the forms' token to go by."""
        cookie = cookie_of(request)
        fresh = cookie or secrets.token_urlsafe(32)
        page = pages.render(f"access/{template}.html", status, form_token=form_token(fresh), **values)
        if not cookie:
            set_cookie(page, request, fresh)
        return page

    def login_page(request: Request, next: str, error: str = "", name: str = "", status: int = 200) -> Response:
        return form_page(request, "login", status, next=next, error=error, name=name)

    @router.get("/login")
    async def login(request: Request) -> Response:
        cookie = cookie_of(request)
        if not await accounts.in_use() or (cookie and await accounts.identify(cookie)):
            return RedirectResponse("/", 303)
        return login_page(request, request.query_params.get("next", "/"))

    @router.post("/login")
    async def sign_in(request: Request) -> Response:
        form = await _form(request)
        name, next = form.get("name", ""), form.get("next", "/")
        try:
            _check_token(request, form)
            secret = await accounts.sign_in(name, form.get("password", ""), address_of(request))
        except TooManyAttemptsError as error:
            page = login_page(request, next, str(error), name, 429)
            page.headers["retry-after"] = f"{error.wait_s:.0f}"
            return page
        except InputError as error:
            return login_page(request, next, str(error), name, 403)
        return _enter(request, secret, local_path(next))

    @router.post("/logout")
    async def sign_out(request: Request, who: Who) -> Response:
        _check_token(request, await _form(request))
        await accounts.sign_out(cookie_of(request), who, address_of(request))
        response = RedirectResponse("/login", 303)
        clear_cookie(response, request)
        return response

    @router.get("/invite/{secret}")
    async def invitation(request: Request, secret: str) -> Response:
        if not await accounts.in_use():
            return RedirectResponse("/", 303)
        try:
            invite = await accounts.invitation(secret)
        except RefusedError as error:
            return form_page(request, "invite", 403, usable=False, error=str(error))
        return form_page(request, "invite", usable=True, role=invite.role, error="", name="")

    @router.post("/invite/{secret}")
    async def accept(request: Request, secret: str) -> Response:
        form = await _form(request)
        name = form.get("name", "")
        try:
            invite = await accounts.invitation(secret)
        except RefusedError as error:
            return form_page(request, "invite", 403, usable=False, error=str(error))
        try:
            _check_token(request, form)
            _check_same(form.get("password", ""), form.get("again", ""))
            session = await accounts.accept(secret, name, form.get("password", ""), address_of(request))
        except InputError as error:
            return form_page(request, "invite", _status(error), usable=True, role=invite.role, error=str(error), name=name)
        return _enter(request, session, "/")

    async def account_page(
        request: Request, who: Who, status: int = 200, error: str = "", done: str = "", link: str = ""
    ) -> Response:
        """An owner's shows the others' names and the log, too."""
        owns = who.role == "owner"
        people = await accounts.all() if owns else ()
        noted = await accounts.noted(_LOG_LINES) if owns else ()
        return form_page(request, "account", status, who=who, accounts=people, noted=noted, error=error, done=done, link=link)

    @router.get("/account")
    async def account(request: Request, who: Who, changed: bool = False) -> Response:
        if not await accounts.in_use():
            return RedirectResponse("/", 303)
        return await account_page(request, who, done="The password is changed." if changed else "")

    @router.post("/account/password")
    async def change_password(request: Request, who: Who) -> Response:
        form = await _form(request)
        try:
            _check_token(request, form)
            _check_same(form.get("new", ""), form.get("again", ""))
            session = await accounts.change_password(who, form.get("old", ""), form.get("new", ""), address_of(request))
        except InputError as error:
            return await account_page(request, who, _status(error), error=str(error))
        return _enter(request, session, "/account?changed=1")

    @router.post("/account/invite")
    async def invite(request: Request, who: Who) -> Response:
        _check_token(request, await _form(request))
        if who.role != "owner":
            raise RefusedError("only an owner can invite")
        secret = await accounts.invite("member", who.name, address_of(request))
        return await account_page(request, who, link=f"{request.base_url}invite/{secret}")

    return router


def _enter(request: Request, session: str, path: str) -> Response:
    response = RedirectResponse(path, 303)
    set_cookie(response, request, session)
    return response


async def _form(request: Request) -> Form:
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))


def _check_token(request: Request, form: Form) -> None:
    """Raises RefusedError for a form that is not from a page of ours, as seen by this browser."""
    cookie = cookie_of(request)
    if not cookie or not hmac.compare_digest(form.get("form_token", "").encode(), form_token(cookie).encode()):
        raise RefusedError("this page was out of date, so nothing was done; try again")


def _check_same(password: str, again: str) -> None:
    if password != again:
        raise InputError("the two passwords differ")


def _status(error: InputError) -> int:
    return 429 if isinstance(error, TooManyAttemptsError) else 403 if isinstance(error, RefusedError) else 422


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
