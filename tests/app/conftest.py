"""Fixtures of the app's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from hotseat.accounts import passwords
from hotseat.http.app import create_app
from hotseat.storage.store import SqlStore

from tests.app.fakes import fake_assembly


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    """A real SQLite, migrated."""
    opened = SqlStore(f"sqlite+aiosqlite:///{tmp_path / 'hotseat.db'}")
    await opened.migrate()
    yield opened
    await opened.close()


@pytest.fixture
async def browser(tmp_path: Path, store: SqlStore) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application over that store, with fake models."""
    assembly = fake_assembly(tmp_path)
    assembly.storage = replace(assembly.storage, store=store)
    transport = httpx.ASGITransport(create_app(assembly))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Password hashes of the same kind that take no time."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    passwords._of_nobody.cache_clear()
