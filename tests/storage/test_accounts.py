"""Accounts, sessions, invitations and the audit log, in SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from hotseat.accounts.passwords import check_name
from hotseat.domain.accounts import Account, Allowance, AuditEntry, Invite, Session
from hotseat.errors import InputError
from hotseat.storage.accounts import SqlAccounts
from hotseat.storage.store import SqlStore

ADA = Account("a", "Ada", "owner", "hash", 1.0)
BOB = Account("b", "Bób ß", "member", "hash", 2.0)
HASH, OTHER = "0" * 64, "1" * 64


def session(hash: str, expires: float = 100.0) -> Session:
    return Session(hash, expires, "Firefox on Linux", "203.0.113.1")


@pytest.fixture
async def accounts(database_url: str) -> AsyncIterator[SqlAccounts]:
    store = SqlStore(database_url)
    await store.migrate()
    accounts = SqlAccounts(store.engine)
    assert await accounts.add_account(ADA, None, 0.0)
    yield accounts
    await store.close()


async def test_names_are_unique_ignoring_case(accounts: SqlAccounts) -> None:
    """Found by any spelling, taken in any spelling; the longest names fit."""
    await accounts.add_account(BOB, None, 0.0)
    assert await accounts.account("BÓB SS") == BOB and await accounts.account("Bob") is None
    with pytest.raises(InputError, match="there is an account named 'aDA'"):
        await accounts.add_account(replace(ADA, id="c", name="aDA"), None, 0.0)
    long = replace(ADA, id="d", name=check_name("ü" * 64))
    await accounts.add_account(long, None, 0.0)
    assert [account.id for account in await accounts.accounts()] == ["a", "d", "b"]


async def test_an_invite_is_used_by_one_of_many(accounts: SqlAccounts) -> None:
    """Ten people open it at once: one gets an account; a name that was taken leaves it to be used."""
    await accounts.add_invite(Invite(HASH, "member", "Ada", expires=100.0))
    with pytest.raises(InputError):
        await accounts.add_account(replace(ADA, id="x"), HASH, 50.0)
    assert await accounts.invite(HASH, 50.0) == Invite(HASH, "member", "Ada", 100.0)
    people = [replace(BOB, id=f"p{n}", name=f"P{n}") for n in range(10)]
    made = await asyncio.gather(*(accounts.add_account(person, HASH, 50.0) for person in people))
    assert sum(made) == 1 and len(await accounts.accounts()) == 2
    await accounts.add_invite(Invite(OTHER, "member", "Ada", expires=100.0))
    assert not await accounts.add_account(replace(BOB, id="late"), OTHER, 100.0)


async def test_a_session_ends_in_many_ways(accounts: SqlAccounts) -> None:
    """By its time, by itself, by a new password, by the end of the account; and none begins on an old password."""
    await accounts.add_account(BOB, None, 0.0)
    for hash, account in ((HASH, ADA), (OTHER, BOB)):
        assert await accounts.add_session(session(hash), account)
        assert await accounts.session(hash, 99.0) == account
        assert await accounts.session(hash, 100.0) is None
    await accounts.set_password("a", "new")
    assert await accounts.session(HASH, 1.0) is None and await accounts.session(OTHER, 1.0) == BOB
    assert not await accounts.add_session(session(HASH), ADA)
    await accounts.end_session(OTHER)
    assert await accounts.session(OTHER, 1.0) is None
    assert await accounts.add_session(session(OTHER), BOB)
    await accounts.remove_account("b")
    assert await accounts.session(OTHER, 1.0) is None and not await accounts.add_session(session(HASH), BOB)


async def test_expired_sessions_and_invitations_are_deleted(accounts: SqlAccounts) -> None:
    """The rest stays, the log newest first."""
    for at in (1.0, 2.0, 3.0):
        await accounts.note(AuditEntry(at, "signed in", "Ada", "2001:db8::1", "x" * 1000))
    for hash, expires in ((HASH, 10.0), (OTHER, 20.0)):
        await accounts.add_session(session(hash, expires), ADA)
        await accounts.add_invite(Invite(hash, "owner", "", expires))
    await accounts.tidy(now=10.0, noted_before=2.0, refusals=0)
    assert [line.at for line in await accounts.noted(10)] == [3.0, 2.0]
    assert (await accounts.session(HASH, 0.0), await accounts.invite(HASH, 0.0)) == (None, None)
    assert await accounts.session(OTHER, 0.0) == ADA
    await accounts.forget_secrets()
    assert (await accounts.session(OTHER, 0.0), await accounts.invite(OTHER, 0.0)) == (None, None)


async def test_refusals_fill_no_disk(accounts: SqlAccounts) -> None:
    """Of what strangers can write into the log only the newest lines stay, and they push out no others."""
    for at in range(8):
        await accounts.note(AuditEntry(at, "sign-in refused" if at % 2 else "signed in", "", "192.0.2.1", ""))
    await accounts.tidy(now=9.0, noted_before=0.0, refusals=5)
    assert len(await accounts.noted(10)) == 8
    await accounts.tidy(now=9.0, noted_before=0.0, refusals=2)
    assert [line.at for line in await accounts.noted(10)] == [7, 6, 5, 4, 2, 0]


async def test_invites_go_with_whoever_made_them(accounts: SqlAccounts) -> None:
    """By a new password, another role or the end of the account; those of others stay, and none is made afterwards."""
    eve = replace(BOB, id="e", name="Eve", role="owner")
    await accounts.add_account(eve, None, 0.0)
    theirs = Invite(OTHER, "member", "Eve", 100.0)
    for change in (accounts.set_password("e", "new"), accounts.set_role("e", "owner"), accounts.remove_account("e")):
        assert await accounts.add_invite(theirs) and await accounts.invites(99.0) == (theirs,)
        await change
        assert await accounts.invites(0.0) == ()
    assert not await accounts.add_invite(theirs), "Eve is gone"
    await accounts.add_account(BOB, None, 0.0)
    assert not await accounts.add_invite(replace(theirs, made_by=BOB.name)), "Bob is no owner"
    assert await accounts.add_invite(replace(theirs, made_by="")) and await accounts.invites(100.0) == ()
    assert await accounts.end_invite(OTHER) and not await accounts.end_invite(OTHER)


@pytest.mark.parametrize("by", ["role", "removal"])
async def test_an_owner_is_left(accounts: SqlAccounts, by: str) -> None:
    """When all owners end each other's role or account at the same time, too; a refused change leaves everything as it was."""
    invite = Invite(HASH, "member", "", 100.0)
    for person in (others := [replace(BOB, id=f"o{n}", name=f"O{n}", role="owner") for n in range(4)]):
        await accounts.add_account(person, None, 0.0)
        await accounts.add_invite(replace(invite, hash=f"{person.id:0>64}", made_by=person.name))
    ids = ["a", *(person.id for person in others)]
    change = accounts.remove_account if by == "removal" else lambda id: accounts.set_role(id, "member")
    done = await asyncio.gather(*map(change, ids))
    [owner] = [account for account in await accounts.accounts() if account.role == "owner"]
    assert sum(done) == 4 and not done[ids.index(owner.id)]
    assert [left.made_by for left in await accounts.invites(0.0)] == [owner.name] * (owner != ADA)


async def test_sessions_are_listed_and_ended(accounts: SqlAccounts) -> None:
    """Newest first, by whom they belong to only."""
    await accounts.add_account(BOB, None, 0.0)
    for hash, expires in ((HASH, 10.0), (OTHER, 20.0)):
        await accounts.add_session(session(hash, expires), ADA)
    assert await accounts.sessions("a", 5.0) == (session(OTHER, 20.0), session(HASH, 10.0))
    assert await accounts.sessions("a", 10.0) == (session(OTHER, 20.0),) and await accounts.sessions("b", 0.0) == ()
    assert not await accounts.end_session(OTHER, "b")
    assert await accounts.end_session(OTHER, "a") and await accounts.end_sessions("a") == 1


async def test_attempts_are_counted_together(accounts: SqlAccounts) -> None:
    """Of many at once by several processes, no more get through than are allowed; then one with each refill."""
    keys = (("at name", Allowance(attempts=2, refill_s=10.0)), ("from address", Allowance(attempts=50, refill_s=1.0)))
    # Five only: SQLite's writers wait for one another, on a slow disk for longer than the database's two seconds.
    waits = await asyncio.gather(*(accounts.attempts.spend(keys, 100.0) for _ in range(5)))
    assert sorted(waits) == [0.0] * 2 + [10.0] * 3
    assert await accounts.attempts.wait_s(keys, 104.0) == 6.0 and await accounts.attempts.wait_s(keys[1:], 100.0) == 0
    assert [await accounts.attempts.spend(keys, at) for at in (110.0, 110.0)] == [0.0, 10.0]


async def test_refused_attempts_are_not_written_down(accounts: SqlAccounts, database_url: str) -> None:
    """However many addresses try a name that has none left: each would cost a row."""
    name = ("at name", Allowance(attempts=1, refill_s=10.0))
    waits = [
        await accounts.attempts.spend((name, (f"from {n}", Allowance(attempts=20, refill_s=15.0))), 100.0) for n in range(9)
    ]
    assert waits == [0.0] + [10.0] * 8
    store = SqlStore(database_url)
    async with store.begin() as connection:
        assert await connection.scalar(sa.text("SELECT count(*) FROM attempts")) == 2
    await store.close()


async def test_attempts_are_forgotten(accounts: SqlAccounts) -> None:
    """After one that was right, and after some time; a clock that was set back frees nobody and locks nobody out."""
    keys = (("at name", Allowance(attempts=1, refill_s=10.0)),)
    assert [await accounts.attempts.spend(keys, at) for at in (100.0, 50.0)] == [0.0, 10.0]
    await accounts.attempts.forgive("at name")
    assert await accounts.attempts.spend(keys, 100.0) == 0
    await accounts.attempts.tidy(100.0)
    assert await accounts.attempts.wait_s(keys, 100.0) == 10.0
    await accounts.attempts.tidy(101.0)
    assert await accounts.attempts.wait_s(keys, 100.0) == 0
