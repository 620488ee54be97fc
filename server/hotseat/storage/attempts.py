"""Rate limits for sign-in attempts, counted in the database, so that processes that share it count together."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hotseat.domain.accounts import Allowance
from hotseat.storage.queries import Queries
from hotseat.storage.schema import ATTEMPTS

Keys = Sequence[tuple[str, Allowance]]


class SqlAttempts(Queries):
    """Methods raise StorageError. ``now`` is seconds since the epoch."""

    async def spend(self, keys: Keys, now: float) -> float:
        """Counts an attempt at every key and returns 0; or, if a key has none left, counts none and returns seconds to wait.

        Keys after that one are not stored, so that refused attempts take no space.
        """
        async with self._begin() as connection:
            insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
            spent = dict[str, float]()
            for key, allowance in sorted(keys, key=lambda one: one[0]):  # always in the same order, to avoid a deadlock
                # The first insert or select takes the lock.
                await connection.execute(insert(ATTEMPTS).values(key=key, spent=0.0, at=now).on_conflict_do_nothing())
                row = (await connection.execute(sa.select(ATTEMPTS).where(ATTEMPTS.c.key == key).with_for_update())).one()
                spent[key] = allowance.spent(row.spent, row.at, now)
                if (wait_s := allowance.wait_s(spent[key])) > 0:
                    return wait_s
            for key, before in spent.items():
                await connection.execute(ATTEMPTS.update().where(ATTEMPTS.c.key == key).values(spent=before + 1, at=now))
            return 0.0

    async def wait_s(self, keys: Keys, now: float) -> float:
        """Seconds until each key has an attempt left."""
        allowances = dict(keys)
        rows = await self._all(sa.select(ATTEMPTS).where(ATTEMPTS.c.key.in_(list(allowances))))
        waits = [(one := allowances[row.key]).wait_s(one.spent(row.spent, row.at, now)) for row in rows]
        return max(waits, default=0.0)

    async def forgive(self, key: str) -> None:
        """Forgets the attempts at a key."""
        await self._execute(ATTEMPTS.delete().where(ATTEMPTS.c.key == key))

    async def tidy(self, before: float) -> None:
        """Deletes keys without an attempt since ``before``."""
        await self._execute(ATTEMPTS.delete().where(ATTEMPTS.c.at < before))
