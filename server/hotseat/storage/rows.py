"""Database rows as values, for exports, imports and deletions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
"""Column to value, all of them JSON's."""


PERSON_COLUMNS = ("owner", "by")
"""Columns that hold an account's id."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of the database, and the schema they were read from."""

    revision: str
    """Alembic's name of the schema."""
    tables: dict[str, list[Row]]
    """By table; those that others refer to come first."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows are meant: those of some interviews, all of one person, or (with neither) all."""

    interviews: tuple[str, ...] | None = None
    owner: str | None = None
    """Account whose rows are meant; with ``interviews``, the account that they are exported for."""


@dataclass(frozen=True, slots=True)
class Added:
    """The result of adding rows."""

    rows: int
    """Rows added."""
    present: int
    """Rows that existed already, equal in every column."""
    kept: tuple[str, ...]
    """Existing rows with the same key but other values, which were not changed, such as "settings plan"."""
