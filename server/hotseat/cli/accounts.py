"""``hotseat accounts``: people, invitations and the audit log, for whoever runs the server."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import click

from hotseat.cli.output import json_option, on_storage, print_json, say, with_assembly
from hotseat.clock import iso
from hotseat.errors import InputError
from hotseat.settings import load_settings

if TYPE_CHECKING:
    from hotseat.accounts.accounts import Accounts

Result = TypeVar("Result")

_ID = 12
"""Characters of an invitation's id."""
_owner = click.option("--owner", is_flag=True, help="May invite others and read the log.")


@click.group()
def accounts() -> None:
    """Named accounts, for a server that several people use."""


@accounts.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Who has an account."""
    found = _with(lambda accounts: accounts.all())
    if as_json:
        print_json([{"name": one.name, "role": one.role, "created": iso(one.created)} for one in found])
        return
    for account in found:
        say(f"{account.name:30} {account.role:7} since {iso(account.created)}")
    if not found:
        say("there are no accounts; everything belongs to whoever is at this machine", err=True)


@accounts.command()
@click.argument("name")
@_owner
def add(name: str, owner: bool) -> None:
    """Make an account; the password is asked for or is the first line of stdin."""
    password = _read_password()
    account = _with(lambda accounts: accounts.add(name, password, "owner" if owner else "member"))
    say(f"{account.name} can sign in; with accounts everybody has to, on this machine, too", err=True)


@accounts.command()
@_owner
@click.option("--url", help="Where people reach the server (default http://HOST:PORT).")
def invite(owner: bool, url: str | None) -> None:
    """Print a link that makes one account, within a week."""
    from hotseat.accounts.token_link import reachable

    settings = load_settings()
    secret = _with(lambda accounts: accounts.invite("owner" if owner else "member"))
    say(f"{(url or reachable(settings.host, settings.port)).rstrip('/')}/invite/{secret}")


@accounts.command()
@json_option
def invitations(as_json: bool) -> None:
    """Which invitations can still be used, and who made them."""
    found = _with(lambda accounts: accounts.invitations())
    if as_json:
        lines = [{"id": one.hash[:_ID], "role": one.role, "made_by": one.made_by, "expires": iso(one.expires)} for one in found]
        print_json(lines)
        return
    for one in found:
        say(f"{one.hash[:_ID]}  {one.role:7} by {one.made_by or 'the command line':30} until {iso(one.expires)}")


@accounts.command()
@click.argument("invitation")
def revoke(invitation: str) -> None:
    """Take an invitation back, by its id in the list."""
    _with(lambda accounts: accounts.revoke(invitation))


@accounts.command("sign-out")
@click.argument("name")
def sign_out(name: str) -> None:
    """End all sessions of an account."""
    ended = _with(lambda accounts: accounts.end_sessions(name))
    say(f"signed out in {ended} browsers", err=True)


@accounts.command()
@click.argument("name")
def password(name: str) -> None:
    """Set a new password and end all sessions of an account."""
    new = _read_password()
    _with(lambda accounts: accounts.set_password(name, new))


@accounts.command()
@click.argument("name")
@click.option("--with-everything", is_flag=True, help="Delete their interviews, audio, notes and choices, too.")
def remove(name: str, with_everything: bool) -> None:
    """Remove an account. Without --with-everything what is theirs stays, though nobody can open it."""
    account = _with(lambda accounts: accounts.remove(name))
    say(f"{account.name} can't sign in any more", err=True)
    if with_everything:
        from hotseat.storage.rows import Scope
        from hotseat.transfer.removing import remove as erase

        removed = with_assembly(lambda parts: erase(parts.storage, parts.practice(), Scope(owner=account.id)))
        say(f"deleted {removed.interviews} interviews: {removed.rows} rows and {removed.files} recordings", err=True)


@accounts.command("log")
@click.option("--last", type=click.IntRange(1, 100_000), default=50, help="How many lines.")
@json_option
def log_(last: int, as_json: bool) -> None:
    """Who signed in, who failed to, and what was deleted; newest first."""
    noted = _with(lambda accounts: accounts.noted(last))
    if as_json:
        print_json([{**asdict(line), "at": iso(line.at)} for line in noted])
        return
    for line in noted:
        say(f"{iso(line.at)}  {line.what:24} {line.who or '-':20} {line.address or '-':24} {line.about}")


def _read_password() -> str:
    """Never from the arguments, which other users of the machine can read. Raises InputError."""
    if sys.stdin is None:
        raise InputError("standard input is closed; the password is its first line")
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise InputError("give the password as the first line of stdin")
    return password


def _with(work: Callable[[Accounts], Awaitable[Result]]) -> Result:
    from hotseat.startup.assembly import open_storage

    storage, accounts = open_storage(load_settings())
    return on_storage(storage.store, partial(work, accounts))
