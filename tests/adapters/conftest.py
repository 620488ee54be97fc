"""Fixtures of the adapters' tests."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database of each kind, both real."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres").fresh()
        return url
    return f"sqlite+aiosqlite:///{tmp_path / 'hotseat.db'}"
