"""Hourly work: deletes audio past its retention, and expired sessions, invitations and log lines."""

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


async def run_housekeeping(
    store: SqlStore, archive: AudioArchive, accounts: Accounts, clock: Clock, retention_days: int | None
) -> None:
    """Does the hourly work until it is cancelled."""
    while True:
        for work in (partial(delete_old_audio, store, archive, accounts, clock, retention_days), accounts.tidy):
            try:
                await work()
            except Exception as error:  # the next hour tries again
                failed(log, "hourly clean-up", error)
        await pause(clock, EVERY_S)


async def delete_old_audio(
    store: SqlStore, archive: AudioArchive, accounts: Accounts, clock: Clock, retention_days: int | None
) -> int:
    """Deletes the audio of interviews older than the retention, and returns how many. Transcripts and grades stay.

    An interview with an event in the last hour keeps its audio for now. Raises StorageError.
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
            log.warning("old audio not deleted, trying again in an hour: %s", error)
        else:
            deleted += 1
    if deleted:
        await accounts.note("audio deleted", about=f"{deleted} interviews older than {retention_days} days")
    return deleted
