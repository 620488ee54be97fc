"""Accounts, invites and the audit log as they are stored, and the store they are in. hotseat.storage.accounts implements it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Role = Literal["owner", "member"]


@dataclass(frozen=True, slots=True)
class Account:
    """A person with a name and a password."""

    id: str
    """What the ``owner`` of rows refers to."""
    name: str
    role: Role
    password: str
    """Its argon2 hash."""
    created: float


THE_SERVER = "the  server"
"""Maker of the first invite. Two spaces, which no account's name can have."""


@dataclass(frozen=True, slots=True)
class Invite:
    """A link that makes one account. Only the hash of its secret is kept."""

    hash: str
    role: Role
    made_by: str
    """Name of the owner, THE_SERVER, or empty for the command line."""
    expires: float
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in. Only the hash of its cookie is kept."""

    hash: str
    expires: float
    """Seconds since the epoch."""
    browser: str
    """Such as "Firefox on Linux"; empty where it didn't say."""
    address: str
    """Where it signed in from."""


@dataclass(frozen=True, slots=True)
class Noted:
    """One line of the audit log."""

    at: float
    """Seconds since the epoch."""
    what: str
    who: str
    """Name of the account; empty where nobody was signed in."""
    address: str
    """Where the request came from; empty for the command line and the server itself."""
    about: str


class AccountStore(Protocol):
    """Accounts, their sessions, invites and the audit log. Every method raises StorageError."""

    async def accounts(self) -> tuple[Account, ...]:
        """Oldest first."""
        ...

    async def account(self, name: str) -> Account | None:
        """By name, upper and lower case alike."""
        ...

    async def add_account(self, account: Account, invite: str | None, now: float) -> bool:
        """Adds it and uses up the invite (by hash) in one transaction; False if the invite is not valid any more.

        Raises InputError if the name is taken.
        """
        ...

    async def set_password(self, account_id: str, password: str) -> None:
        """Replaces the hash; ends all sessions of the account and takes back its invites."""
        ...

    async def set_role(self, account_id: str, role: Role) -> None:
        """Takes back the account's invites, too."""
        ...

    async def remove_account(self, account_id: str) -> None:
        """With its sessions and invites."""
        ...

    async def add_invite(self, invite: Invite) -> bool:
        """False if the account that makes it is gone or no owner's by now."""
        ...

    async def invites(self, now: float) -> tuple[Invite, ...]:
        """Those that can still be used, oldest first."""
        ...

    async def end_invite(self, hash: str) -> bool:
        """False if there is no such invite."""
        ...

    async def invite(self, hash: str, now: float) -> Invite | None:
        """The invite, if it can still be used."""
        ...

    async def add_session(self, session: Session, account: Account) -> bool:
        """False if the account is gone or has another password by now."""
        ...

    async def session(self, hash: str, now: float) -> Account | None:
        """Whose session it is; None if there is none or it has run out."""
        ...

    async def sessions(self, account_id: str, now: float) -> tuple[Session, ...]:
        """The account's, newest first."""
        ...

    async def end_session(self, hash: str, account_id: str | None = None) -> bool:
        """False if there is no such session, or it is not this account's."""
        ...

    async def end_sessions(self, account_id: str) -> int:
        """How many there were."""
        ...

    async def forget_secrets(self) -> None:
        """Ends all sessions and takes back all invites."""
        ...

    async def note(self, noted: Noted) -> None: ...

    async def noted(self, limit: int) -> tuple[Noted, ...]:
        """The audit log, newest first."""
        ...

    async def tidy(self, now: float, noted_before: float) -> None:
        """Forgets sessions and invites that have run out, and old lines of the audit log."""
        ...
