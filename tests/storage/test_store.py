"""Guarantees of the store for processes that share it, in SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from hotseat.errors import SettingsError, StorageError, TakenOverError
from hotseat.interview.orphans import DEAD_S, Orphans
from hotseat.session.records import InterviewRecord, LoggedEvent
from hotseat.storage.store import SqlStore

from tests.support.fakes import FastClock

RECORD = InterviewRecord("one", 1.0, "drill", "LoRA", {"tier": 3}, {"rounds": []}, {"phase": "grading", "verdicts": []}, "me")


def event(seq: int) -> LoggedEvent:
    return LoggedEvent(seq, float(seq), 1.0, "StartPressed", {"text": "naïve \u0000 \U0001f600"})


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlStore]:
    store = SqlStore(database_url)
    await store.migrate()
    await store.create(RECORD)
    yield store
    await store.close()


class Clock(FastClock):
    """Stands still."""

    time = 100.0

    def now(self) -> float:
        return self.time


async def test_processes_that_start_at_once(request: pytest.FixtureRequest) -> None:
    """One migrates the database, the others wait for it."""
    url = request.getfixturevalue("postgres").fresh()
    stores = [SqlStore(url) for _ in range(4)]
    await asyncio.gather(*(store.migrate() for store in stores))
    await stores[3].create(RECORD)
    assert await stores[0].load("one") is not None
    for store in stores:
        await store.close()


async def test_storing_is_idempotent(store: SqlStore) -> None:
    """A process that does not know whether its last call got through can call again, and every character comes back."""
    await store.append("one", [event(0), event(1)], {"phase": "asking", "verdicts": []})
    await store.append("one", [event(1), event(2)], {"phase": "thinking", "verdicts": []})
    found = await store.load("one")
    assert found is not None
    assert found[1] == (event(0), event(1), event(2))
    assert found[0].summary["phase"] == "thinking"


async def test_only_the_latest_holder_writes(store: SqlStore) -> None:
    """Whoever takes an interview has its whole log; whoever had it before is refused, and changes nothing."""
    first = await store.acquire("one", "a")
    assert first is not None
    await store.append("one", [event(0)], RECORD.summary, first.token)
    second = await store.acquire("one", "b")
    assert second is not None and second.log == (event(0),)
    with pytest.raises(TakenOverError):
        await store.append("one", [event(1)], {"phase": "finished", "verdicts": []}, first.token)
    await store.release("one", first.token)
    await store.append("one", [event(1)], RECORD.summary, second.token)
    third = await store.acquire("one", "a")
    assert third is not None and len(third.log) == 2 and third.record.summary == RECORD.summary
    assert await store.acquire("none", "a") is None
    assert await store.heartbeat("b") == {}
    assert await store.heartbeat("a") == {"one": third.token}


async def test_a_process_is_dead_once_its_heartbeat_stops(store: SqlStore) -> None:
    """What a process owed is taken over once its beat has stood still for long enough, and not while it counts up."""
    clock = Clock()
    orphans = Orphans(store, clock, "b")
    await store.acquire("one", "a")
    assert await orphans.find() == []
    clock.time += DEAD_S - 1
    await store.heartbeat("a")
    assert await orphans.find() == []
    clock.time += DEAD_S - 1
    assert await orphans.find() == []
    clock.time += 2
    assert await orphans.find() == ["one"]


async def test_interviews_waiting_for_their_browser_are_not_taken_over(store: SqlStore) -> None:
    """An interview of a process that ended in order is free at once; one in mid-answer waits for its browser."""
    taken = await store.acquire("one", "a")
    assert taken is not None
    await store.append("one", [event(0)], {"phase": "answering", "verdicts": []}, taken.token)
    await store.release_all("a")
    orphans = Orphans(store, Clock(), "b")
    assert await orphans.find() == []
    assert await store.leased_by_others("b") == ()


@pytest.mark.parametrize("url", ["mysql+nothing://here", "no url", "sqlite+nothing:///x"])
def test_wrong_urls_are_named(url: str) -> None:
    """A database nobody can speak to is a wrong setting."""
    with pytest.raises(SettingsError, match="HOTSEAT_DATABASE_URL"):
        SqlStore(url)


async def test_a_removed_database_file_is_noticed(tmp_path: Path) -> None:
    """SQLite would write on into a file that nobody can find again; here it is an error until the file is back."""
    there, away = tmp_path / "there", tmp_path / "away"
    there.mkdir()
    store = SqlStore(f"sqlite+aiosqlite:///{there / 'hotseat.db'}")
    await store.migrate()
    await store.create(RECORD)
    there.rename(away)
    there.mkdir()
    with pytest.raises(StorageError, match="no such table"):
        await store.append("one", [event(0)], RECORD.summary)
    shutil.rmtree(there)
    away.rename(there)
    await store.append("one", [event(0)], RECORD.summary)
    found = await store.load("one")
    assert found is not None and len(found[1]) == 1
    await store.close()


async def test_a_locked_database_is_waited_for_and_then_an_error(tmp_path: Path) -> None:
    """Two seconds, no more: the interview goes on and stores the event later."""
    path = tmp_path / "hotseat.db"
    store = SqlStore(f"sqlite+aiosqlite:///{path}")
    await store.migrate()
    await store.create(RECORD)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="locked"):
            await store.append("one", [event(0)], RECORD.summary)
        other.execute("ROLLBACK")
    await store.append("one", [event(0)], RECORD.summary)
    await store.close()


async def test_postgres_that_goes_away_and_comes_back(request: pytest.FixtureRequest) -> None:
    """Gone, it is an error in words; back, the same store works again."""
    postgres = request.getfixturevalue("postgres")
    store = SqlStore(postgres.fresh())
    await store.migrate()
    await store.create(RECORD)
    postgres.stop()
    try:
        with pytest.raises(StorageError, match="the database at"):
            await store.append("one", [event(0)], RECORD.summary)
    finally:
        postgres.start()
    await store.append("one", [event(0)], RECORD.summary)
    found = await store.load("one")
    assert found is not None and len(found[1]) == 1
    await store.close()
