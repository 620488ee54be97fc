"""Rows of the database as exports and deletions handle them."""

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
    """Which rows: those of some interviews, or everything of one person or of everybody."""

    interviews: tuple[str, ...] | None = None
    owner: str | None = None
    """Account whose rows are meant; with ``interviews``, the account that they are exported for."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of rows that were to be added."""

    rows: int
    present: int
    """Were here already, the same in every column."""
    kept: tuple[str, ...]
    """Rows that were left as they are here, such as "settings plan"."""
