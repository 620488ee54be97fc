"""The pages for getting in and out: plain forms, each with a token that only a page of ours can have."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from hotseat.accounts.accounts import Accounts, hash_secret
from hotseat.accounts.authentication import address_of, clear_cookie, cookie_of, form_token, local_path, set_cookie
from hotseat.accounts.identity import Identity
from hotseat.accounts.openid import OpenIdProvider
from hotseat.accounts.user_agents import browser_of
from hotseat.errors import HotseatError, InputError, RefusedError
from hotseat.http.identity import Who
from hotseat.http.routes.openid import openid_routes
from hotseat.http.statuses import retry_after, status_of
from hotseat.http.templates import Pages

Form = dict[str, str]
_LOG_LINES = 50


def access_routes(accounts: Accounts, pages: Pages, provider: OpenIdProvider | None) -> APIRouter:
    """/login, /logout, /invite/… and /account; where there are no accounts, all lead to the start page."""
    router = APIRouter(include_in_schema=False)

    def form_page(request: Request, template: str, error: HotseatError | None, /, **values: object) -> Response:
        """A page with forms, which says what was wrong. A browser without a cookie gets one: the form token is made from it."""
        cookie = cookie_of(request)
        fresh = cookie or secrets.token_urlsafe(32)
        values |= {"form_token": form_token(fresh), "provider": provider.name if provider is not None else ""}
        status, told = (200, "") if error is None else (status_of(error), str(error))
        page = pages.render(f"access/{template}.html", status, error=told, **values)
        page.headers.update(retry_after(error))
        if not cookie:
            set_cookie(page, request, fresh)
        return page

    def login_page(request: Request, next: str, error: HotseatError | None = None, name: str = "") -> Response:
        return form_page(request, "login", error, next=next, name=name)

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
            secret = await accounts.sign_in(name, form.get("password", ""), *_from(request))
        except InputError as error:
            return login_page(request, next, error, name)
        return _enter(request, secret, local_path(next))

    if provider is not None:
        router.include_router(openid_routes(accounts, provider, login_page))

    @router.post("/logout")
    async def sign_out(request: Request, who: Who) -> Response:
        _check_token(request, await _form(request))
        await accounts.sign_out(cookie_of(request), who, address_of(request))
        response = RedirectResponse("/login", 303)
        clear_cookie(response, request)
        return response

    async def invite_page(request: Request, secret: str, error: InputError | None = None, name: str = "") -> Response:
        """The page to join by an invitation; it says so if the invitation can't be used any more."""
        try:
            invite = await accounts.invitation(secret)
        except RefusedError as refused:
            return form_page(request, "invite", refused, usable=False)
        return form_page(request, "invite", error, usable=True, path=request.scope["path"], role=invite.role, name=name)

    @router.get("/invite/{secret}")
    async def invitation(request: Request, secret: str) -> Response:
        if not await accounts.in_use():
            return RedirectResponse("/", 303)
        return await invite_page(request, secret)

    @router.post("/invite/{secret}")
    async def accept(request: Request, secret: str) -> Response:
        form = await _form(request)
        name = form.get("name", "")
        try:
            _check_token(request, form)
            _check_same(form.get("password", ""), form.get("again", ""))
            session = await accounts.accept(secret, name, form.get("password", ""), *_from(request))
        except InputError as error:
            return await invite_page(request, secret, error, name)
        return _enter(request, session, "/")

    async def account_page(
        request: Request, who: Who, error: InputError | None = None, done: str = "", link: str = ""
    ) -> Response:
        """An owner's shows the people, their invitations and the log, too."""
        owns = who.role == "owner"
        return form_page(
            request,
            "account",
            error,
            who=who,
            sessions=await accounts.sessions(who),
            this=hash_secret(cookie_of(request)),
            accounts=await accounts.all() if owns else (),
            invitations=await accounts.invitations() if owns else (),
            noted=await accounts.noted(_LOG_LINES) if owns else (),
            done=done,
            link=link,
        )

    async def sent(request: Request, who: Identity, owners_only: bool = True) -> Form:
        """The fields of a form that the account page sent. Raises RefusedError."""
        form = await _form(request)
        _check_token(request, form)
        if owners_only and who.role != "owner":
            raise RefusedError("only an owner can do this")
        return form

    async def after(work: Awaitable[object], done: str, request: Request, who: Identity) -> Response:
        """Awaits the work; the account page then says that it is done, or why not."""
        try:
            await work
        except InputError as error:
            return await account_page(request, who, error)
        return await account_page(request, who, done=done)

    @router.get("/account")
    async def account(request: Request, who: Who, changed: bool = False) -> Response:
        if not await accounts.in_use():
            return RedirectResponse("/", 303)
        return await account_page(request, who, done="Your password has been changed." if changed else "")

    @router.post("/account/password")
    async def change_password(request: Request, who: Who) -> Response:
        form = await _form(request)
        try:
            _check_token(request, form)
            _check_same(form.get("new", ""), form.get("again", ""))
            session = await accounts.change_password(who, form.get("old", ""), form.get("new", ""), *_from(request))
        except InputError as error:
            return await account_page(request, who, error)
        return _enter(request, session, "/account?changed=1")

    @router.post("/account/sessions/end")
    async def end_session(request: Request, who: Who) -> Response:
        form = await sent(request, who, owners_only=False)
        ended = accounts.end_session(who, form.get("session", ""), address_of(request))
        return await after(ended, "That browser has been signed out.", request, who)

    @router.post("/account/invite")
    async def invite(request: Request, who: Who) -> Response:
        await sent(request, who)
        secret = await accounts.invite("member", who.name, address_of(request))
        return await account_page(request, who, link=f"{request.base_url}invite/{secret}")

    @router.post("/account/invitations/revoke")
    async def revoke(request: Request, who: Who) -> Response:
        form = await sent(request, who)
        revoked = accounts.revoke(form.get("invitation", ""), who.name, address_of(request))
        return await after(revoked, "The invitation has been revoked.", request, who)

    @router.post("/account/people")
    async def manage(request: Request, who: Who) -> Response:
        """Changes one person's account; what belongs to them is deleted on the server only."""
        form = await sent(request, who)
        name, by = form.get("name", ""), (who.name, address_of(request))
        change: Awaitable[object]
        match form.get("change"):
            case "remove":
                change, done = accounts.remove(name, *by), f"{name} can't sign in any more."
            case "owner":
                change, done = accounts.set_role(name, "owner", *by), f"{name} is an owner now."
            case "member":
                change, done = accounts.set_role(name, "member", *by), f"{name} is a member now."
            case "sign out":
                change, done = accounts.end_sessions(name, *by), f"{name} has been signed out everywhere."
            case _:
                raise InputError("say what to change")
        answer = await after(change, done, request, who)
        return answer if name != who.name or answer.status_code != 200 else RedirectResponse("/account", 303)

    return router


def _from(request: Request) -> tuple[str, str]:
    """Address and browser, with which a session is listed."""
    return address_of(request), browser_of(request.headers.get("user-agent", ""))


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
