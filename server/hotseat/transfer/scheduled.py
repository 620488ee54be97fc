"""Scheduled backups: writes and verifies them, and keeps the newest few."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from pathlib import Path

from hotseat.clock import Clock, pause
from hotseat.storage.storage import Storage
from hotseat.telemetry.logs import failed
from hotseat.transfer.backup import backup, verify

log = logging.getLogger(__name__)

LOOK_S = 600.0
"""Seconds between two checks of whether a backup is due, and before a failed one is tried again."""
_NAMES = "hotseat-*.zip"


async def keep_backups(storage: Storage, clock: Clock, folder: Path, every_s: float, keep: int) -> None:
    """Makes a backup every ``every_s`` seconds, until it is cancelled."""
    while True:
        try:
            if clock.wall() - _newest(folder) >= every_s:
                await back_up(storage, clock, folder, keep)
        except Exception as error:  # the next check tries again
            failed(log, "making a backup", error)
        await pause(clock, LOOK_S)


async def back_up(storage: Storage, clock: Clock, folder: Path, keep: int) -> Path:
    """Makes and verifies a backup, and removes all but the newest ``keep``. Raises HotseatError, OSError."""
    await asyncio.to_thread(folder.mkdir, 0o700, parents=True, exist_ok=True)
    path = folder / f"hotseat-{datetime.fromtimestamp(clock.wall(), UTC):%Y%m%dT%H%M%SZ}.zip"
    part = path.with_suffix(".part")
    try:
        with part.open("w+b") as file:
            part.chmod(0o600)
            done = await backup(storage, clock, file)
            await verify(storage.data_dir, file)
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    for left_out in done.skipped:
        log.warning("not in the backup, as it can't be read: %s", left_out)
    log.info("backed up to %s: %d recordings, %.1f MB", path, done.recordings, done.bytes / 1e6)
    await asyncio.to_thread(_make_room, folder, keep)
    return path


def _make_room(folder: Path, keep: int) -> None:
    for old in sorted(folder.glob(_NAMES))[:-keep]:
        old.unlink()


def _newest(folder: Path) -> float:
    """When the newest backup was made, in seconds since the epoch; 0 where there is none."""
    return max((path.stat().st_mtime for path in folder.glob(_NAMES)), default=0.0)
