"""Accounts, sessions, invites and the audit log, beside the interviews in the same database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from hotseat.domain.accounts import THE_SERVER, Account, Allowance, AuditEntry, Invite, Role, Session
from hotseat.errors import InputError, StorageError
from hotseat.storage.queries import Queries, select_fields
from hotseat.storage.schema import ACCOUNTS, ATTEMPTS, AUDIT, INVITES, SESSIONS

_ACCOUNT = select_fields(Account, ACCOUNTS)
_INVITE = select_fields(Invite, INVITES)
Keys = Sequence[tuple[str, Allowance]]


class SqlAttempts(Queries):
    """Rate limits for sign-in attempts, counted in the database, so that processes that share it count together.

    Methods raise StorageError. ``now`` is seconds since the epoch.
    """

    async def spend(self, keys: Keys, now: float) -> float:
        """Counts an attempt at every key and returns 0; or, if a key has none left, counts none and returns seconds to wait.

        Keys after that one are not stored, so that refused attempts take no space.
        """
        async with self.begin() as connection:
            spent = dict[str, float]()
            for key, allowance in sorted(keys, key=lambda one: one[0]):  # always in the same order, to avoid a deadlock
                # The first insert or select takes the lock.
                await connection.execute(self._insert(ATTEMPTS).values(key=key, spent=0.0, at=now).on_conflict_do_nothing())
                row = (await connection.execute(sa.select(ATTEMPTS).where(ATTEMPTS.c.key == key).with_for_update())).one()
                spent[key] = allowance.spent(row.spent, row.at, now)
                if (wait_s := allowance.wait_s(spent[key])) > 0:
                    return wait_s
            for key, before in spent.items():
                await connection.execute(ATTEMPTS.update().where(ATTEMPTS.c.key == key).values(spent=before + 1, at=now))
            return 0.0

    async def wait_s(self, keys: Keys, now: float) -> float:
        """Seconds until each key has an attempt left."""
        allowances = dict(keys)
        rows = await self._all(sa.select(ATTEMPTS).where(ATTEMPTS.c.key.in_(list(allowances))))
        waits = [(one := allowances[row.key]).wait_s(one.spent(row.spent, row.at, now)) for row in rows]
        return max(waits, default=0.0)

    async def forgive(self, key: str) -> None:
        """Forgets the attempts at a key."""
        await self._execute(ATTEMPTS.delete().where(ATTEMPTS.c.key == key))

    async def tidy(self, before: float) -> None:
        """Deletes keys without an attempt since ``before``."""
        await self._execute(ATTEMPTS.delete().where(ATTEMPTS.c.at < before))


class SqlAccounts(Queries):
    """Every method raises StorageError."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self.attempts = SqlAttempts(engine)

    async def accounts(self) -> tuple[Account, ...]:
        """Oldest first."""
        return await self._values(Account, _ACCOUNT.order_by(ACCOUNTS.c.created, ACCOUNTS.c.id))

    async def account(self, name: str) -> Account | None:
        """By name, upper and lower case alike."""
        return await self._value(Account, _ACCOUNT.where(ACCOUNTS.c.key == name.casefold()))

    async def account_of(self, subject: str) -> Account | None:
        return await self._value(Account, _ACCOUNT.where(ACCOUNTS.c.subject == subject))

    async def add_account(self, account: Account, invite: str | None, now: float) -> bool:
        """Adds it and uses up the invite (by hash) in one transaction; False if the invite is not valid any more.

        Raises InputError if the name is taken.
        """
        try:
            async with self.begin() as connection:
                if invite is not None:
                    used = await connection.execute(INVITES.delete().where(INVITES.c.hash == invite, INVITES.c.expires > now))
                    if not used.rowcount:
                        return False
                await connection.execute(ACCOUNTS.insert().values(**asdict(account), key=account.name.casefold()))
                return True
        except StorageError as error:
            if isinstance(error.__cause__, IntegrityError):
                raise InputError(f"there is an account named {account.name!r} already") from None
            raise

    async def set_password(self, account_id: str, password: str) -> None:
        """Replaces the hash; ends the account's sessions and revokes its invites."""
        await self._execute(
            ACCOUNTS.update().where(ACCOUNTS.c.id == account_id).values(password=password),
            SESSIONS.delete().where(SESSIONS.c.account_id == account_id),
            _revoke_invites(account_id),
        )

    async def set_role(self, account_id: str, role: Role) -> bool:
        """Also revokes the account's invites. Changes nothing and returns False if no owner would be left."""
        changed = ACCOUNTS.update().where(ACCOUNTS.c.id == account_id).values(role=role)
        if role != "owner":
            return await self._execute_if_an_owner_is_left(account_id, changed)
        await self._execute(_revoke_invites(account_id), changed)
        return True

    async def remove_account(self, account_id: str) -> bool:
        """Removes it with its sessions and invites. Changes nothing and returns False if no owner would be left."""
        return await self._execute_if_an_owner_is_left(
            account_id,
            SESSIONS.delete().where(SESSIONS.c.account_id == account_id),
            ACCOUNTS.delete().where(ACCOUNTS.c.id == account_id),
        )

    async def _execute_if_an_owner_is_left(self, account_id: str, *statements: sa.Executable) -> bool:
        """Revokes the account's invites and executes the statements, unless the account is the only owner."""
        async with self.begin() as connection:
            await connection.execute(_revoke_invites(account_id))  # first, as it takes SQLite's lock
            # Owners' rows are locked, so that two can't demote each other at the same time.
            owners = sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.role == "owner").order_by(ACCOUNTS.c.id).with_for_update()
            if list(await connection.scalars(owners)) == [account_id]:
                await connection.rollback()
                return False
            for statement in statements:
                await connection.execute(statement)
            return True

    async def add_invite(self, invite: Invite) -> bool:
        """Adds an invite; False if the account that makes it is gone or isn't an owner any more."""
        async with self.begin() as connection:
            makers = sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.name == invite.made_by, ACCOUNTS.c.role == "owner")
            if invite.made_by not in ("", THE_SERVER) and (await connection.execute(makers)).first() is None:
                return False
            await connection.execute(INVITES.insert().values(asdict(invite)))
            return True

    async def invites(self, now: float) -> tuple[Invite, ...]:
        """Invites that can still be used, oldest first."""
        usable = _INVITE.where(INVITES.c.expires > now)
        return await self._values(Invite, usable.order_by(INVITES.c.expires, INVITES.c.hash))

    async def end_invite(self, hash: str) -> bool:
        """Removes an invite; False if there is none with this hash."""
        return await self._execute(INVITES.delete().where(INVITES.c.hash == hash)) > 0

    async def invite(self, hash: str, now: float) -> Invite | None:
        """The invite, if it can still be used."""
        return await self._value(Invite, _INVITE.where(INVITES.c.hash == hash, INVITES.c.expires > now))

    async def add_session(self, session: Session, account: Account) -> bool:
        """Adds a session; False if the account is gone or its password has changed."""
        values = asdict(session)
        unchanged = sa.select(ACCOUNTS.c.id, *map(sa.literal, values.values())).where(
            ACCOUNTS.c.id == account.id, ACCOUNTS.c.password == account.password
        )
        return await self._execute(SESSIONS.insert().from_select(["account_id", *values], unchanged)) > 0

    async def session(self, hash: str, now: float) -> Account | None:
        """The account of a session; None if there is none with this hash or it has expired."""
        signed_in = _ACCOUNT.join(SESSIONS, SESSIONS.c.account_id == ACCOUNTS.c.id)
        return await self._value(Account, signed_in.where(SESSIONS.c.hash == hash, SESSIONS.c.expires > now))

    async def sessions(self, account_id: str, now: float) -> tuple[Session, ...]:
        """The account's sessions, newest first."""
        theirs = select_fields(Session, SESSIONS).where(SESSIONS.c.account_id == account_id, SESSIONS.c.expires > now)
        return await self._values(Session, theirs.order_by(SESSIONS.c.expires.desc(), SESSIONS.c.hash))

    async def end_session(self, hash: str, account_id: str | None = None) -> bool:
        """Ends a session; False if there is none, or it isn't this account's."""
        theirs = sa.true() if account_id is None else SESSIONS.c.account_id == account_id
        return await self._execute(SESSIONS.delete().where(SESSIONS.c.hash == hash, theirs)) > 0

    async def end_sessions(self, account_id: str) -> int:
        """Ends the account's sessions; how many there were."""
        return await self._execute(SESSIONS.delete().where(SESSIONS.c.account_id == account_id))

    async def forget_secrets(self) -> None:
        """Ends all sessions and revokes all invites."""
        await self._execute(SESSIONS.delete(), INVITES.delete())

    async def note(self, noted: AuditEntry) -> None:
        """Adds a line to the audit log."""
        await self._execute(AUDIT.insert().values(asdict(noted)))

    async def noted(self, limit: int) -> tuple[AuditEntry, ...]:
        """The audit log, newest first."""
        return await self._values(AuditEntry, select_fields(AuditEntry, AUDIT).order_by(AUDIT.c.id.desc()).limit(limit))

    async def tidy(self, now: float, noted_before: float, refusals: int) -> None:
        """Deletes expired sessions and invites, audit log lines from before ``noted_before``, and all but the latest
        ``refusals`` lines about refusals."""
        refused = AUDIT.c.what.like("%refused")
        older = sa.select(AUDIT.c.id).where(refused).order_by(AUDIT.c.id.desc()).limit(1).offset(refusals)
        await self._execute(
            SESSIONS.delete().where(SESSIONS.c.expires <= now),
            INVITES.delete().where(INVITES.c.expires <= now),
            AUDIT.delete().where(AUDIT.c.at < noted_before),
            AUDIT.delete().where(refused, AUDIT.c.id <= older.scalar_subquery()),
        )


def _revoke_invites(account_id: str) -> sa.Delete:
    made_by = sa.select(ACCOUNTS.c.name).where(ACCOUNTS.c.id == account_id).scalar_subquery()
    return INVITES.delete().where(INVITES.c.made_by == made_by)
