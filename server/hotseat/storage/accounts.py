"""Accounts, sessions, invites and the audit log, beside the interviews in the same database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from hotseat.accounts.records import Account, Invite, Noted
from hotseat.errors import InputError, StorageError

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


class SqlAccounts:
    """Implements ``AccountStore``, in the transactions that ``begin`` opens (store.SqlStore.begin)."""

    def __init__(self, begin: Callable[[], AbstractAsyncContextManager[AsyncConnection]]) -> None:
        self._begin = begin

    async def accounts(self) -> tuple[Account, ...]:
        async with self._begin() as connection:
            rows = await connection.execute(sa.select(_accounts).order_by(_accounts.c.created, _accounts.c.id))
            return tuple(_account(row) for row in rows)

    async def account(self, name: str) -> Account | None:
        async with self._begin() as connection:
            row = (await connection.execute(sa.select(_accounts).where(_accounts.c.key == name.casefold()))).first()
            return None if row is None else _account(row)

    async def add_account(self, account: Account, invite: str | None, now: float) -> bool:
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
        async with self._begin() as connection:
            await connection.execute(_accounts.update().where(_accounts.c.id == account_id).values(password=password))
            await connection.execute(_sessions.delete().where(_sessions.c.account_id == account_id))

    async def remove_account(self, account_id: str) -> None:
        async with self._begin() as connection:
            await connection.execute(_sessions.delete().where(_sessions.c.account_id == account_id))
            await connection.execute(_accounts.delete().where(_accounts.c.id == account_id))

    async def add_invite(self, invite: Invite) -> None:
        async with self._begin() as connection:
            await connection.execute(_invites.insert().values(asdict(invite)))

    async def invite(self, hash: str, now: float) -> Invite | None:
        async with self._begin() as connection:
            row = (
                await connection.execute(sa.select(_invites).where(_invites.c.hash == hash, _invites.c.expires > now))
            ).first()
            return None if row is None else Invite(row.hash, row.role, row.made_by, row.expires)

    async def add_session(self, hash: str, account: Account, expires: float) -> bool:
        unchanged = sa.select(sa.literal(hash), _accounts.c.id, sa.literal(expires)).where(
            _accounts.c.id == account.id, _accounts.c.password == account.password
        )
        async with self._begin() as connection:
            added = await connection.execute(_sessions.insert().from_select(["hash", "account_id", "expires"], unchanged))
            return added.rowcount > 0

    async def session(self, hash: str, now: float) -> Account | None:
        chosen = (
            sa.select(_accounts)
            .join(_sessions, _sessions.c.account_id == _accounts.c.id)
            .where(_sessions.c.hash == hash, _sessions.c.expires > now)
        )
        async with self._begin() as connection:
            row = (await connection.execute(chosen)).first()
            return None if row is None else _account(row)

    async def end_session(self, hash: str) -> None:
        async with self._begin() as connection:
            await connection.execute(_sessions.delete().where(_sessions.c.hash == hash))

    async def forget_secrets(self) -> None:
        async with self._begin() as connection:
            await connection.execute(_sessions.delete())
            await connection.execute(_invites.delete())

    async def note(self, noted: Noted) -> None:
        async with self._begin() as connection:
            await connection.execute(_audit.insert().values(asdict(noted)))

    async def noted(self, limit: int) -> tuple[Noted, ...]:
        async with self._begin() as connection:
            rows = await connection.execute(sa.select(_audit).order_by(_audit.c.id.desc()).limit(limit))
            return tuple(Noted(row.at, row.what, row.who, row.address, row.about) for row in rows)

    async def tidy(self, now: float, noted_before: float) -> None:
        async with self._begin() as connection:
            await connection.execute(_sessions.delete().where(_sessions.c.expires <= now))
            await connection.execute(_invites.delete().where(_invites.c.expires <= now))
            await connection.execute(_audit.delete().where(_audit.c.at < noted_before))


def _account(row: Any) -> Account:
    return Account(row.id, row.name, row.role, row.password, row.created)
