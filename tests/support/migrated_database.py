"""An empty database with all tables, migrated once and copied, because eleven migrations take longer than most tests."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
from functools import cache
from pathlib import Path

from hotseat.storage.store import SqlStore

NAME = "hotseat.db"


def put_database(data_dir: Path) -> str:
    """Puts an empty database into the directory unless it has one; its URL."""
    data_dir.mkdir(parents=True, exist_ok=True)
    if not (data_dir / NAME).exists():
        shutil.copyfile(Path(_template().name) / NAME, data_dir / NAME)
    return f"sqlite+aiosqlite:///{data_dir / NAME}"


@cache
def _template() -> tempfile.TemporaryDirectory[str]:
    """Its directory, which goes when the process ends."""
    directory = tempfile.TemporaryDirectory()

    async def migrate() -> None:
        store = SqlStore(f"sqlite+aiosqlite:///{directory.name}/{NAME}")
        await store.migrate()
        await store.close()

    making = threading.Thread(target=lambda: asyncio.run(migrate()))  # the caller's thread may have a loop running
    making.start()
    making.join()
    return directory
