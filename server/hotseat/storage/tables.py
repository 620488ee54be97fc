"""Reads, adds and deletes rows of all tables, by reflection: tables and columns of later migrations need no change here.

A row belongs to an interview by its column ``interview_id``, to a person by its column ``owner``.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hotseat.errors import InputError
from hotseat.storage.queries import storage_errors
from hotseat.storage.rows import Added, Row, Rows, Scope
from hotseat.storage.schema import INTERVIEWS

log = logging.getLogger(__name__)

LEFT_OUT = {
    "alembic_version": "the schema, which every export names itself",
    "replicas": "which processes are alive",
    "accounts": "who may sign in to this server",
    "sessions": "who is signed in",
    "invites": "invitations to make an account",
    "attempts": "recent attempts to sign in",
    "audit": "the audit log, which must not be changed",
}
"""Tables that are neither exported nor deleted with interviews, and what they hold."""

DERIVED = frozenset({"cards"})
"""Tables that are computed from others: deleted like them, but not exported."""

_NEVER_EMPTY = ("alembic_version", "replicas")
"""Tables that have rows even in an unused database."""
_LEASE_COLUMNS = {"interviews": {"replica", "term"}}
"""Columns of leases, which are not exported."""

_TYPES: dict[type, tuple[type, ...]] = {float: (float, int), int: (int,), str: (str,), bool: (bool, int)}


class SqlTables:
    """All tables of one database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._sqlite = engine.dialect.name == "sqlite"

    async def read(self, scope: Scope) -> Rows:
        """The rows as of one moment. Raises StorageError."""
        async with self._begin() as connection:
            found: dict[str, list[Row]] = {}
            for table, chosen in await _chosen(connection, scope):
                if table.name not in DERIVED:
                    columns = [column for column in table.c if column.name not in _LEASE_COLUMNS.get(table.name, ())]
                    rows = await connection.execute(sa.select(*columns).where(chosen).order_by(*table.primary_key))
                    found[table.name] = [dict(row._mapping) for row in rows]
            return Rows(await _revision(connection), found)

    async def interviews(self, scope: Scope) -> tuple[str, ...]:
        """Ids of the interviews in the scope, oldest first. Raises StorageError."""
        chosen = _condition(INTERVIEWS, scope)
        assert chosen is not None
        async with self._begin() as connection:
            ids = sa.select(INTERVIEWS.c.id).where(chosen).order_by(INTERVIEWS.c.created, INTERVIEWS.c.id)
            return tuple(await connection.scalars(ids))

    async def add(self, rows: Rows) -> Added:
        """Adds all rows in one transaction. Interviews among them must not exist yet.

        A row whose key is taken by a different row is left out or, if the key is only a number, gets a new one.
        Raises InputError naming table and column, StorageError.
        """
        try:
            async with self._begin(writing=True) as connection:
                revision = await _revision(connection)
                if rows.revision != revision:
                    raise InputError(f"revision: the rows are of schema {rows.revision}, the database is of {revision}")
                tables = await _reflect(connection, LEFT_OUT)
                unknown = set(rows.tables) - {table.name for table in tables}
                if unknown:
                    raise InputError(f"tables: there is no table {', '.join(sorted(unknown))} in schema {revision}")
                added = [await self._add(connection, table, rows.tables.get(table.name, [])) for table in tables]
        except IntegrityError as error:
            raise InputError(f"tables: the rows do not fit together or are here already: {error.orig}") from None
        kept = tuple(key for one in added for key in one.kept)
        return Added(sum(one.rows for one in added), sum(one.present for one in added), kept)

    async def _add(self, connection: AsyncConnection, table: sa.Table, given: Sequence[Row]) -> Added:
        for number, row in enumerate(given):
            _check_row(table, number, row)
        keys = [column.name for column in table.primary_key]
        numbered = len(keys) == 1 and isinstance(table.c[keys[0]].type, sa.Integer)

        def content(row: Row) -> str:
            return json.dumps({name: value for name, value in row.items() if not (numbered and name in keys)}, sort_keys=True)

        here: list[Row] = []
        # Interviews are new, and so are rows keyed by them.
        if given and table.name != "interviews" and "interview_id" not in keys:
            here = [dict(row._mapping) for row in await connection.execute(sa.select(table))]
        taken_keys = {tuple(row[name] for name in keys) for row in here}
        contents = {content(row) for row in here}
        fresh: list[Row] = []
        renumbered: list[Row] = []
        kept: list[str] = []
        for row in given:
            key = tuple(row.get(name) for name in keys)
            if content(row) in contents:
                continue
            if key not in taken_keys:
                fresh.append(row)
            elif numbered:
                renumbered.append({name: value for name, value in row.items() if name not in keys})
            else:
                kept.append(f"{table.name} {' '.join(map(str, key))}")
        for group in (fresh, renumbered):
            if group:
                await connection.execute(table.insert(), group)
        if fresh and not self._sqlite:
            await _advance(connection, table)
        rows = len(fresh) + len(renumbered)
        return Added(rows, len(given) - rows - len(kept), tuple(kept))

    async def erase(self, scope: Scope) -> int:
        """Removes the rows for good, returns how many. Raises StorageError."""
        async with self._begin(writing=True) as connection:
            chosen = await _chosen(connection, scope)
            removed = [(await connection.execute(table.delete().where(rows))).rowcount for table, rows in reversed(chosen)]
        if self._sqlite:
            await self._scrub(everything=scope.interviews is None)
        return sum(removed)

    async def count(self, scope: Scope) -> int:
        """The number of rows in the scope. Raises StorageError."""
        async with self._begin() as connection:
            chosen = await _chosen(connection, scope)
            counts = [sa.select(sa.func.count()).select_from(table).where(rows) for table, rows in chosen]
            return sum([await connection.scalar(count) or 0 for count in counts])

    async def is_empty(self) -> bool:
        """Whether the database is unused: no interviews, no accounts. Raises StorageError."""
        async with self._begin() as connection:
            for table in await _reflect(connection, _NEVER_EMPTY):
                if await connection.scalar(sa.select(sa.literal(1)).select_from(table).limit(1)):
                    return False
        return True

    async def _scrub(self, everything: bool) -> None:
        """Removes deleted content from SQLite's files; in the database file ``secure_delete`` has overwritten it with zeros."""
        try:
            async with self._engine.connect() as connection:
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                if everything:
                    await connection.exec_driver_sql("VACUUM")
                busy = await connection.scalar(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
        except SQLAlchemyError as error:
            busy = error
        if busy:
            # The rows are deleted, but their bytes stay in the file until other users of the database are done.
            log.warning("deleted rows leave traces in the database's files until the next deletion: it is in use (%s)", busy)

    @asynccontextmanager
    async def _begin(self, *, writing: bool = False) -> AsyncIterator[AsyncConnection]:
        async with storage_errors(self._engine, IntegrityError), self._engine.connect() as connection:
            if self._sqlite:
                # Python's driver begins a transaction only at the first change; here reads must be of one moment, too.
                # A transaction that has read can't always be upgraded to write, so one that will takes the lock at once.
                await connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
            else:
                await connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection
            await connection.commit()


async def _reflect(connection: AsyncConnection, left_out: Collection[str]) -> list[sa.Table]:
    """Every table but those left out; tables that others refer to come first."""
    metadata = sa.MetaData()
    await connection.run_sync(metadata.reflect)
    return [table for table in metadata.sorted_tables if table.name not in left_out]


async def _revision(connection: AsyncConnection) -> str:
    return str(await connection.scalar(sa.text("SELECT version_num FROM alembic_version")))


async def _chosen(connection: AsyncConnection, scope: Scope) -> list[tuple[sa.Table, sa.ColumnElement[bool]]]:
    """The tables that have rows in the scope, each with the condition for them; tables that others refer to come first."""
    tables = [(table, _condition(table, scope)) for table in await _reflect(connection, LEFT_OUT)]
    return [(table, condition) for table, condition in tables if condition is not None]


def _condition(table: sa.TableClause | sa.Table, scope: Scope) -> sa.ColumnElement[bool] | None:
    """The condition for the table's rows in the scope; None if it can't have any."""
    interview = table.c.id if table.name == "interviews" else table.c.get("interview_id")
    if interview is None and "owner" not in table.c:
        return None  # rows without an owner: neither exported nor deleted
    if scope.interviews is not None:
        return None if interview is None else interview.in_(scope.interviews)
    if scope.owner is None:
        return sa.true()
    if "owner" in table.c:
        return table.c.owner == scope.owner
    assert interview is not None
    return interview.in_(sa.select(INTERVIEWS.c.id).where(INTERVIEWS.c.owner == scope.owner))


def _check_row(table: sa.Table, number: int, row: Row) -> None:
    """Raises InputError if the row can't be stored."""
    place = f"tables.{table.name}.{number}"
    unknown = set(row) - set(table.c.keys())
    if unknown:
        raise InputError(f"{place}: there is no column {', '.join(sorted(unknown))}")
    for column in table.c:
        if column.name in row:
            _check(f"{place}.{column.name}", column, row[column.name])
        elif not column.nullable and column.server_default is None:
            raise InputError(f"{place}.{column.name}: is missing")


def _check(place: str, column: sa.Column[Any], value: Any) -> None:
    if isinstance(column.type, sa.JSON):
        return
    if value is None:
        if not column.nullable:
            raise InputError(f"{place}: must not be null")
        return
    expected = _TYPES[column.type.python_type]
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
        raise InputError(f"{place}: expected {column.type}, got {value!r:.60}")
    if isinstance(value, int) and not -(2**31) <= value < 2**31:
        raise InputError(f"{place}: {value} is out of range")
    length = getattr(column.type, "length", None)
    if isinstance(value, str) and length is not None and len(value) > length:
        raise InputError(f"{place}: is longer than {length} characters")


async def _advance(connection: AsyncConnection, table: sa.Table) -> None:
    """Moves PostgreSQL's sequence of numbered keys past those of the rows added."""
    for column in table.primary_key:
        if isinstance(column.type, sa.Integer):
            sequence = await connection.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, column.name)))
            if sequence is not None:
                await connection.execute(sa.select(sa.func.setval(sequence, sa.select(sa.func.max(column)).scalar_subquery())))
