"""Hourly work: deletes audio past its retention, and what has expired."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from hotseat.accounts.accounts import Accounts
from hotseat.clock import Clock, pause
from hotseat.errors import StorageError
from hotseat.speech.recordings import AudioArchive
from hotseat.storage.store import SqlStore
from hotseat.telemetry.logs import failed

log = logging.getLogger(__name__)

EVERY_S = 3600.0
_DAY_S = 86_400.0


async def keep_house(
    store: SqlStore, archive: AudioArchive, accounts: Accounts, clock: Clock, retention_days: int | None
) -> None:
    """Runs until it is cancelled."""
    while True:
        for work in (partial(delete_old_audio, store, archive, accounts, clock, retention_days), accounts.tidy):
            try:
                await work()
            except Exception as error:  # or nothing would be tidied any more
                failed(log, "tidying up", error)
        await pause(clock, EVERY_S)


async def delete_old_audio(
    store: SqlStore, archive: AudioArchive, accounts: Accounts, clock: Clock, retention_days: int | None
) -> int:
    """Deletes the audio of interviews older than the retention; transcripts and grades stay. How many. Raises StorageError.

    An interview that somebody sits in just now keeps its audio until the next hour.
    """
    if retention_days is None:
        return 0
    now = clock.wall()
    ids = await store.with_audio_before(now - retention_days * _DAY_S, now - EVERY_S)
    deleted = 0
    for interview_id in ids:
        try:
            await asyncio.to_thread(archive.delete, interview_id)
            await store.audio_deleted(interview_id, now)
        except StorageError as error:
            log.warning("left for the next hour: %s", error)
        else:
            deleted += 1
    if deleted:
        await accounts.note("audio deleted", about=f"{deleted} interviews older than {retention_days} days")
    return deleted
