"""The base of database classes: runs statements, each in its own transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import fields
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hotseat.errors import StorageError

Value = TypeVar("Value")


@asynccontextmanager
async def storage_errors(engine: AsyncEngine, *let_through: type[Exception]) -> AsyncIterator[None]:
    """Raises StorageError in place of what the database raises."""
    try:
        yield
    except let_through:
        raise
    except (SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", None) or error)
        raise StorageError(f"the database at {engine.url.render_as_string()} failed: {reason}") from error


def select_fields(kind: type[Any], table: sa.TableClause) -> sa.Select[Any]:
    """Selects the columns that are the fields of a dataclass, in their order."""
    return sa.select(*(table.c[field.name] for field in fields(kind)))


class Queries:
    """Helpers for statements. Every method raises StorageError."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._insert: Any = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert
        """Makes inserts that can say ``on_conflict_do_…``."""

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """A transaction."""
        async with storage_errors(self.engine), self.engine.begin() as connection:
            yield connection

    async def _all(self, query: sa.Select[Any]) -> Sequence[Any]:
        async with self.begin() as connection:
            return list(await connection.execute(query))

    async def _first(self, query: sa.Select[Any]) -> Any:
        """The first row; None if there is none."""
        async with self.begin() as connection:
            return (await connection.execute(query)).first()

    async def _values(self, kind: Callable[..., Value], query: sa.Select[Any]) -> tuple[Value, ...]:
        """The rows of a ``select_fields(kind, …)``."""
        return tuple(kind(*row) for row in await self._all(query))

    async def _value(self, kind: Callable[..., Value], query: sa.Select[Any]) -> Value | None:
        """The first row of a ``select_fields(kind, …)``; None if there is none."""
        row = await self._first(query)
        return None if row is None else kind(*row)

    async def _execute(self, *statements: sa.Executable) -> int:
        """Executes the statements in one transaction; returns how many rows the last one changed."""
        async with self.begin() as connection:
            for statement in statements:
                result = await connection.execute(statement)
            return result.rowcount
