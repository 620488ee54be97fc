"""Statements in transactions of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

Begin = Callable[[], AbstractAsyncContextManager[AsyncConnection]]
"""Opens a transaction. Raises StorageError in place of what the database raises."""


class Queries:
    """What the parts of the database are made of. Every method raises StorageError."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    async def _all(self, query: sa.Select[Any]) -> Sequence[Any]:
        async with self._begin() as connection:
            return list(await connection.execute(query))

    async def _first(self, query: sa.Select[Any]) -> Any:
        """None where there is none."""
        async with self._begin() as connection:
            return (await connection.execute(query)).first()

    async def _execute(self, *statements: sa.Executable) -> int:
        """All of them or none; how many rows the last one touched."""
        async with self._begin() as connection:
            for statement in statements:
                result = await connection.execute(statement)
            return result.rowcount
