"""Named accounts: sign-in, sessions, invitations, and the audit log.

Secrets of sessions and invites are 256 random bits. Only their SHA-256 is stored, so that nobody who reads the database can use
them.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import json
import logging
import secrets
from collections.abc import Callable
from dataclasses import asdict
from typing import TypeVar

from hotseat.accounts.identity import Identity
from hotseat.accounts.lookalikes import outline
from hotseat.accounts.openid import Person
from hotseat.accounts.passwords import check_name, check_password, hash_password, is_password, plain_name
from hotseat.clock import Clock
from hotseat.domain.accounts import THE_SERVER, Account, Allowance, AuditEntry, Invite, Role, Session
from hotseat.errors import InputError, RefusedError, StorageError, TooManyAttemptsError
from hotseat.loopback import plain_address
from hotseat.session.records import LOCAL
from hotseat.storage.accounts import SqlAccounts

log = logging.getLogger(__name__)

SESSION_S = 30 * 86400.0
INVITE_S = 7 * 86400.0
_LOOK_AGAIN_S = 10.0
KEEP_LOG_S = 365 * 86400.0
KEEP_REFUSALS = 10_000
"""Most audit log lines about refusals, which strangers can cause: they must not fill the disk."""
NO_PASSWORD = "!"  # noqa: S105 - no password is hashed to it
"""Stands for the hash in accounts without a password, as no password is hashed to it."""
BY_NAME = Allowance(attempts=8, refill_s=60.0)
BY_ADDRESS = Allowance(attempts=20, refill_s=15.0)

Result = TypeVar("Result")


class Accounts:
    """Every method raises StorageError, besides what its docstring names."""

    def __init__(self, store: SqlAccounts, clock: Clock, wanted: bool = False) -> None:
        self._in_use: bool | None = wanted or None
        self._looked = 0.0
        self._store = store
        self._clock = clock
        self._hashing = asyncio.Lock()
        """One password is hashed at a time, so that guesses can't take all cores from interviews."""
        self._noting = asyncio.Lock()
        """One attempt is written down at a time, so that a crowd of guesses can't keep the database from interviews."""

    async def in_use(self) -> bool:
        """Whether people have to sign in: the settings want accounts, or there are some.

        While there are none, the database is asked again every few seconds, as the command line can make one. If it fails then,
        the last answer holds.
        """
        now = self._clock.now()
        if not self._in_use and (self._in_use is None or now - self._looked >= _LOOK_AGAIN_S):
            try:
                self._in_use = bool(await self._store.accounts())
            except StorageError:
                if self._in_use is None:
                    raise
            self._looked = now
        return bool(self._in_use)

    # ---- Accounts ----------------------------------------------------------------------------------------------------

    async def all(self) -> tuple[Account, ...]:
        return await self._store.accounts()

    async def add(self, name: str, password: str, role: Role, invite: str | None = None, address: str = "") -> Account:
        """Makes an account, with an invite's secret or, from the command line, without. Raises InputError."""
        name = await self._free_name(name, role)
        check_password(password)
        hashed = await self._in_hashing_thread(lambda: hash_password(password))
        return await self._add(name, hashed, role, invite, address)

    async def _free_name(self, name: str, role: Role) -> str:
        """The normalised name. Raises InputError if it is unfit, or taken by one that looks alike."""
        name = check_name(name)
        accounts = await self._store.accounts()
        if alike := next((one.name for one in accounts if outline(one.name) == outline(name)), None):
            raise InputError(f"there is an account named {alike!r} already; choose a name that can’t be mistaken for it")
        if not accounts and role != "owner":
            raise InputError("the first account has to be an owner's: add --owner")
        return name

    async def _add(
        self, name: str, hashed: str, role: Role, invite: str | None, address: str, subject: str | None = None
    ) -> Account:
        # The first owner inherits what was there before there were accounts.
        person = secrets.token_hex(8) if await self._store.accounts() else LOCAL
        account = Account(person, name, role, hashed, self._clock.wall(), subject)
        if not await self._store.add_account(account, hash_secret(invite) if invite is not None else None, account.created):
            raise RefusedError("this invitation has been used or has run out; ask for a new one")
        await self.note("account made", account.name, address, role)
        return account

    async def get_or_create(self, name: str) -> Identity:
        """The person whom a trusted proxy names; their account is made at their first visit. Raises RefusedError."""
        try:
            name = check_name(name)
        except InputError as error:
            raise RefusedError(f"the proxy says who you are in a way that can't be used: {error}") from None
        account = await self._store.account(name)
        if account is None:
            role: Role = "member" if await self._store.accounts() else "owner"
            try:
                account = await self._add(name, NO_PASSWORD, role, None, "")
            except InputError:  # made by another request a moment ago
                account = await self._named(name)
        return Identity(account.id, account.name, account.role)

    async def remove(self, name: str, by: str = "", address: str = "") -> Account:
        """Removes the account, but not its interviews. Raises InputError."""
        account = await self._named(name)
        if not await self._store.remove_account(account.id):
            raise _only_owner(account)
        await self.note("account removed", account.name, address, _by(by))
        return account

    async def set_role(self, name: str, role: Role, by: str = "", address: str = "") -> None:
        """Raises InputError."""
        account = await self._named(name)
        if not await self._store.set_role(account.id, role):
            raise _only_owner(account)
        await self.note("role changed", account.name, address, f"{role} {_by(by)}".strip())

    async def set_password(self, name: str, password: str) -> None:
        """Sets a password from the command line; ends the account's sessions. Raises InputError."""
        account = await self._named(name)
        check_password(password)
        await self._store.set_password(account.id, await self._in_hashing_thread(lambda: hash_password(password)))
        await self.note("password changed", account.name, about="from the command line")

    async def change_password(self, who: Identity, old: str, new: str, address: str, browser: str = "") -> str:
        """Ends all sessions and begins a new one, whose secret is returned. Raises InputError, RefusedError."""
        account = await self._authenticated(who.name, old, address, "password change refused")
        check_password(new)
        await self._store.set_password(account.id, await self._in_hashing_thread(lambda: hash_password(new)))
        await self.note("password changed", account.name, address)
        return await self._begin_session(await self._named(account.name), address, browser)

    async def _named(self, name: str) -> Account:
        account = await self._store.account(plain_name(name))
        if account is None:
            raise InputError(f"there is no account named {name!r}; `hotseat accounts list` shows them")
        return account

    # ---- Invites -----------------------------------------------------------------------------------------------------

    async def invite(self, role: Role, made_by: str = "", address: str = "") -> str:
        """The secret of a new invite, which makes one account within a week."""
        secret = await self._add_invite(role, made_by)
        await self.note("invitation made", made_by, address, role)
        return secret

    async def invite_first(self) -> str:
        """The secret of an invite for the first owner, which is void once there is an account."""
        return await self._add_invite("owner", THE_SERVER)

    async def _add_invite(self, role: Role, made_by: str) -> str:
        secret = secrets.token_urlsafe(32)
        if not await self._store.add_invite(Invite(hash_secret(secret), role, made_by, self._clock.wall() + INVITE_S)):
            raise RefusedError("only an owner can invite")
        return secret

    async def invitations(self) -> tuple[Invite, ...]:
        """Invites that can still be used, oldest first, without the one that the server prints."""
        found = await self._store.invites(self._clock.wall())
        return tuple(invite for invite in found if invite.made_by != THE_SERVER)

    async def revoke(self, hash: str, by: str = "", address: str = "") -> None:
        """Revokes an invitation, by its hash or the beginning of it. Raises InputError."""
        matching = [invite for invite in await self.invitations() if hash and invite.hash.startswith(hash)]
        if len(matching) != 1 or not await self._store.end_invite(matching[0].hash):
            raise InputError("there is no such invitation; it may have been used or have run out")
        await self.note("invitation revoked", by, address, matching[0].role)

    async def invitation(self, secret: str) -> Invite:
        """The invite with this secret. Raises RefusedError if it can't be used."""
        invite = await self._store.invite(hash_secret(secret), self._clock.wall())
        if invite is None or (invite.made_by == THE_SERVER and await self._store.accounts()):
            raise RefusedError("this invitation has been used or has run out; ask for a new one")
        return invite

    async def accept(self, secret: str, name: str, password: str, address: str, browser: str = "") -> str:
        """Makes the invited account and signs it in; the session's secret. Raises InputError, RefusedError."""
        invite = await self.invitation(secret)
        return await self._begin_session(await self.add(name, password, invite.role, secret, address), address, browser)

    # ---- Sessions ----------------------------------------------------------------------------------------------------

    async def sign_in(self, name: str, password: str, address: str, browser: str = "") -> str:
        """The secret of a new session. Raises RefusedError, TooManyAttemptsError."""
        account = await self._authenticated(name, password, address, "sign-in refused")
        secret = await self._begin_session(account, address, browser)
        await self.note("signed in", account.name, address)
        return secret

    async def sign_in_from(self, person: Person, invite: str | None, may_join: bool, address: str, browser: str = "") -> str:
        """The secret of a new session for a person whom the OpenID Connect provider has signed in.

        A new person gets an account if they have an invitation's secret or ``may_join``. Raises InputError, RefusedError.
        """
        if (account := await self._store.account_of(person.subject)) is None:
            account = await self._join(person, invite, may_join, address)
        secret = await self._begin_session(account, address, browser)
        await self.note("signed in", account.name, address, "by the provider")
        return secret

    async def _join(self, person: Person, invite: str | None, may_join: bool, address: str) -> Account:
        if invite is None and not (may_join and await self._store.accounts()):
            raise RefusedError("you have no account here yet; ask an owner of this server for an invitation link")
        role: Role = "member" if invite is None else (await self.invitation(invite)).role
        wrong = InputError("your account with the provider has no name that can be used here")
        for name in person.names:
            try:
                free = await self._free_name(name, role)
            except InputError as error:
                wrong = error
            else:
                return await self._add(free, NO_PASSWORD, role, invite, address, person.subject)
        raise wrong

    async def sign_out(self, secret: str, who: Identity, address: str) -> None:
        await self._store.end_session(hash_secret(secret))
        await self.note("signed out", who.name, address)

    async def identify(self, secret: str) -> Identity | None:
        """Whose session this is; None for a forged, ended or expired one."""
        account = await self._store.session(hash_secret(secret), self._clock.wall())
        return None if account is None else Identity(account.id, account.name, account.role)

    async def sessions(self, who: Identity) -> tuple[Session, ...]:
        """Newest first."""
        return await self._store.sessions(who.person, self._clock.wall())

    async def end_session(self, who: Identity, hash: str, address: str) -> None:
        """Ends one of the person's own sessions. Raises InputError."""
        if not await self._store.end_session(hash, who.person):
            raise InputError("that browser is signed out already")
        await self.note("session ended", who.name, address)

    async def end_sessions(self, name: str, by: str = "", address: str = "") -> int:
        """Signs somebody out everywhere; how many browsers that were. Raises InputError."""
        account = await self._named(name)
        ended = await self._store.end_sessions(account.id)
        await self.note("sessions ended", account.name, address, _by(by))
        return ended

    async def _begin_session(self, account: Account, address: str, browser: str) -> str:
        secret = secrets.token_urlsafe(32)
        session = Session(hash_secret(secret), self._clock.wall() + SESSION_S, browser, address)
        if not await self._store.add_session(session, account):
            raise RefusedError("the password was changed a moment ago; sign in again")
        return secret

    async def _authenticated(self, name: str, password: str, address: str, refusal: str) -> Account:
        """The account of this name and password. Raises RefusedError, TooManyAttemptsError."""
        now = self._clock.wall()
        name = plain_name(name)
        keys = ((_key_of(name), BY_NAME), (f"from {network_of(address)}"[:64], BY_ADDRESS))
        # Counted before the attempt, so that many at once don't slip through.
        async with self._noting:
            wait_s = await self._store.attempts.spend(keys, now)
        if wait_s > 0:
            raise TooManyAttemptsError(f"too many attempts; try again in {wait_s:.0f} seconds", wait_s)
        account = await self._store.account(name)
        hashed = account.password if account is not None else None
        if not await self._in_hashing_thread(lambda: is_password(password, hashed)) or account is None:
            # A password may have been typed as the name, so the name is logged only if it is somebody's.
            async with self._noting:
                used_up = await self._store.attempts.wait_s(keys, now) > 0
                about = "further attempts have to wait" if used_up else ""
                await self.note(refusal, account.name if account is not None else "", address, about)
            raise RefusedError("no account has this name and password")
        # Attempts from the address still count: an account's owner could otherwise reset them between guesses at others'.
        await self._store.attempts.forgive(_key_of(name))
        return account

    async def _in_hashing_thread(self, work: Callable[[], Result]) -> Result:
        async with self._hashing:
            return await asyncio.to_thread(work)

    # ---- The log -----------------------------------------------------------------------------------------------------

    async def note(self, what: str, who: str = "", address: str = "", about: str = "") -> None:
        """Adds a line to the audit log, and to the process's own log."""
        noted = AuditEntry(self._clock.wall(), what, who, address, about)
        log.info("audit %s", json.dumps(asdict(noted), ensure_ascii=False))
        await self._store.note(noted)

    async def noted(self, limit: int = 200) -> tuple[AuditEntry, ...]:
        """The audit log, newest first."""
        return await self._store.noted(limit)

    async def tidy(self) -> None:
        """Deletes expired sessions, invites and attempts, and old lines of the audit log."""
        now = self._clock.wall()
        await self._store.tidy(now, now - KEEP_LOG_S, KEEP_REFUSALS)
        await self._store.attempts.tidy(now - max(one.attempts * one.refill_s for one in (BY_NAME, BY_ADDRESS)))


def _key_of(name: str) -> str:
    """The key under which attempts at a name are counted: too little of its hash to recover what was typed, as it may be a
    password."""
    return f"at {hashlib.sha256(name.casefold().encode()).hexdigest()[:4]}"


def _only_owner(account: Account) -> InputError:
    return InputError(f"{account.name} is the only owner; make another one first")


def _by(name: str) -> str:
    return f"by {name}" if name else ""


def hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def network_of(address: str) -> str:
    """The IPv4 address, or the /64 network of an IPv6 address, all of which usually belongs to one person."""
    address = plain_address(address)
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if parsed.version == 6 else address
