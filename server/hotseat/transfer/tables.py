"""The database as exports, imports and deletions use it. hotseat.storage.tables implements it."""

from __future__ import annotations

from typing import Protocol

from hotseat.storage.rows import Added, Rows, Scope


class Tables(Protocol):
    """The database as tables, whatever they are: for taking everything out, putting it back, and removing it."""

    async def read(self, scope: Scope) -> Rows:
        """As of one moment. Raises StorageError."""
        ...

    async def interviews(self, scope: Scope) -> tuple[str, ...]:
        """Ids of the interviews there are in the scope, oldest first. Raises StorageError."""
        ...

    async def add(self, rows: Rows) -> Added:
        """All or, if anything is wrong, none of them. Raises InputError naming table and column, StorageError."""
        ...

    async def erase(self, scope: Scope) -> int:
        """Removes the rows for good, returns how many. Raises StorageError."""
        ...

    async def count(self, scope: Scope) -> int:
        """Rows there are. Raises StorageError."""
        ...

    async def is_empty(self) -> bool:
        """Whether nobody has done anything here. Raises StorageError."""
        ...
