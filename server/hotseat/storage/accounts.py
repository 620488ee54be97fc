"""Accounts, sessions, invites and the audit log, beside the interviews in the same database."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from hotseat.domain.accounts import THE_SERVER, Account, Invite, Noted, Role, Session
from hotseat.errors import InputError, StorageError
from hotseat.storage.attempts import SqlAttempts
from hotseat.storage.queries import Begin, Queries

_metadata = sa.MetaData()
_accounts = sa.Table(
    "accounts",
    _metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("name", sa.String(64)),
    sa.Column("key", sa.String(128), unique=True),
    sa.Column("role", sa.String(16)),
    sa.Column("password", sa.Text),
    sa.Column("created", sa.Float),
    sa.Column("subject", sa.String(64), unique=True),
)
_invites = sa.Table(
    "invites",
    _metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("role", sa.String(16)),
    sa.Column("made_by", sa.String(64)),
    sa.Column("expires", sa.Float),
)
_sessions = sa.Table(
    "sessions",
    _metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("account_id", sa.String(32)),
    sa.Column("expires", sa.Float),
    sa.Column("browser", sa.String(64)),
    sa.Column("address", sa.String(64)),
)
_audit = sa.Table(
    "audit",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.Float),
    sa.Column("what", sa.String(32)),
    sa.Column("who", sa.String(64)),
    sa.Column("address", sa.String(64)),
    sa.Column("about", sa.Text),
)


class SqlAccounts(Queries):
    """Works in the transactions that ``begin`` opens (store.SqlStore.begin). Every method raises StorageError."""

    def __init__(self, begin: Begin) -> None:
        super().__init__(begin)
        self.attempts = SqlAttempts(begin)

    async def accounts(self) -> tuple[Account, ...]:
        """Oldest first."""
        return tuple(map(_account, await self._all(sa.select(_accounts).order_by(_accounts.c.created, _accounts.c.id))))

    async def account(self, name: str) -> Account | None:
        """By name, upper and lower case alike."""
        return await self._account(sa.select(_accounts).where(_accounts.c.key == name.casefold()))

    async def account_of(self, subject: str) -> Account | None:
        return await self._account(sa.select(_accounts).where(_accounts.c.subject == subject))

    async def _account(self, query: sa.Select[Any]) -> Account | None:
        row = await self._first(query)
        return None if row is None else _account(row)

    async def add_account(self, account: Account, invite: str | None, now: float) -> bool:
        """Adds it and uses up the invite (by hash) in one transaction; False if the invite is not valid any more.

        Raises InputError if the name is taken.
        """
        try:
            async with self._begin() as connection:
                if invite is not None:
                    used = await connection.execute(
                        _invites.delete().where(_invites.c.hash == invite, _invites.c.expires > now)
                    )
                    if not used.rowcount:
                        return False
                await connection.execute(_accounts.insert().values(**asdict(account), key=account.name.casefold()))
                return True
        except StorageError as error:
            if isinstance(error.__cause__, IntegrityError):
                raise InputError(f"there is an account named {account.name!r} already") from None
            raise

    async def set_password(self, account_id: str, password: str) -> None:
        """Replaces the hash; ends all sessions of the account and takes back its invites."""
        await self._execute(
            _accounts.update().where(_accounts.c.id == account_id).values(password=password),
            _sessions.delete().where(_sessions.c.account_id == account_id),
            _take_back_invites(account_id),
        )

    async def set_role(self, account_id: str, role: Role) -> None:
        """Takes back the account's invites, too."""
        await self._execute(
            _accounts.update().where(_accounts.c.id == account_id).values(role=role), _take_back_invites(account_id)
        )

    async def remove_account(self, account_id: str) -> None:
        """Removes it with its sessions and invites."""
        await self._execute(
            _sessions.delete().where(_sessions.c.account_id == account_id),
            _take_back_invites(account_id),
            _accounts.delete().where(_accounts.c.id == account_id),
        )

    async def add_invite(self, invite: Invite) -> bool:
        """False if the account that makes it is gone or no owner's by now."""
        async with self._begin() as connection:
            makers = sa.select(_accounts.c.id).where(_accounts.c.name == invite.made_by, _accounts.c.role == "owner")
            if invite.made_by not in ("", THE_SERVER) and (await connection.execute(makers)).first() is None:
                return False
            await connection.execute(_invites.insert().values(asdict(invite)))
            return True

    async def invites(self, now: float) -> tuple[Invite, ...]:
        """Those that can still be used, oldest first."""
        usable = sa.select(_invites).where(_invites.c.expires > now)
        return tuple(map(_invite, await self._all(usable.order_by(_invites.c.expires, _invites.c.hash))))

    async def end_invite(self, hash: str) -> bool:
        """False if there is no such invite."""
        return await self._execute(_invites.delete().where(_invites.c.hash == hash)) > 0

    async def invite(self, hash: str, now: float) -> Invite | None:
        """The invite, if it can still be used."""
        row = await self._first(sa.select(_invites).where(_invites.c.hash == hash, _invites.c.expires > now))
        return None if row is None else _invite(row)

    async def add_session(self, session: Session, account: Account) -> bool:
        """False if the account is gone or has another password by now."""
        values = asdict(session)
        unchanged = sa.select(_accounts.c.id, *map(sa.literal, values.values())).where(
            _accounts.c.id == account.id, _accounts.c.password == account.password
        )
        return await self._execute(_sessions.insert().from_select(["account_id", *values], unchanged)) > 0

    async def session(self, hash: str, now: float) -> Account | None:
        """Whose session it is; None if there is none or it has run out."""
        return await self._account(
            sa.select(_accounts)
            .join(_sessions, _sessions.c.account_id == _accounts.c.id)
            .where(_sessions.c.hash == hash, _sessions.c.expires > now)
        )

    async def sessions(self, account_id: str, now: float) -> tuple[Session, ...]:
        """The account's, newest first."""
        theirs = sa.select(_sessions).where(_sessions.c.account_id == account_id, _sessions.c.expires > now)
        rows = await self._all(theirs.order_by(_sessions.c.expires.desc(), _sessions.c.hash))
        return tuple(Session(row.hash, row.expires, row.browser, row.address) for row in rows)

    async def end_session(self, hash: str, account_id: str | None = None) -> bool:
        """False if there is no such session, or it is not this account's."""
        theirs = sa.true() if account_id is None else _sessions.c.account_id == account_id
        return await self._execute(_sessions.delete().where(_sessions.c.hash == hash, theirs)) > 0

    async def end_sessions(self, account_id: str) -> int:
        """How many there were."""
        return await self._execute(_sessions.delete().where(_sessions.c.account_id == account_id))

    async def forget_secrets(self) -> None:
        """Ends all sessions and takes back all invites."""
        await self._execute(_sessions.delete(), _invites.delete())

    async def note(self, noted: Noted) -> None:
        """Adds a line to the audit log."""
        await self._execute(_audit.insert().values(asdict(noted)))

    async def noted(self, limit: int) -> tuple[Noted, ...]:
        """The audit log, newest first."""
        rows = await self._all(sa.select(_audit).order_by(_audit.c.id.desc()).limit(limit))
        return tuple(Noted(row.at, row.what, row.who, row.address, row.about) for row in rows)

    async def tidy(self, now: float, noted_before: float, refusals: int) -> None:
        """Forgets sessions and invites that have run out, old lines of the audit log, and all but so many refusals in it."""
        refused = _audit.c.what.like("%refused")
        older = sa.select(_audit.c.id).where(refused).order_by(_audit.c.id.desc()).limit(1).offset(refusals)
        await self._execute(
            _sessions.delete().where(_sessions.c.expires <= now),
            _invites.delete().where(_invites.c.expires <= now),
            _audit.delete().where(_audit.c.at < noted_before),
            _audit.delete().where(refused, _audit.c.id <= older.scalar_subquery()),
        )


def _take_back_invites(account_id: str) -> sa.Delete:
    made_by = sa.select(_accounts.c.name).where(_accounts.c.id == account_id).scalar_subquery()
    return _invites.delete().where(_invites.c.made_by == made_by)


def _invite(row: Any) -> Invite:
    return Invite(row.hash, row.role, row.made_by, row.expires)


def _account(row: Any) -> Account:
    return Account(row.id, row.name, row.role, row.password, row.created, row.subject)
