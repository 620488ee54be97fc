"""What is done every hour: audio that has been kept long enough is deleted, and what has run out is forgotten."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from functools import partial

from hotseat.errors import StorageError
from hotseat.services import Services
from hotseat.telemetry.logs import failed

log = logging.getLogger(__name__)

EVERY_S = 3600.0
_DAY_S = 86_400.0


async def keep_house(services: Services) -> None:
    """Runs until it is cancelled."""
    while True:
        for work in (partial(delete_old_audio, services), services.accounts.tidy):
            try:
                await work()
            except Exception as error:  # or nothing would be tidied any more
                failed(log, "tidying up", error)
        with contextlib.suppress(TimeoutError):
            async with services.clock.timeout_at(services.clock.now() + EVERY_S):
                await asyncio.Event().wait()


async def delete_old_audio(services: Services) -> int:
    """Deletes the audio of interviews older than the retention; transcripts and grades stay. How many. Raises StorageError.

    An interview that somebody sits in just now keeps its audio until the next hour.
    """
    days = services.settings.retention_days
    if days is None:
        return 0
    now = services.clock.wall()
    ids = await services.store.with_audio_before(now - days * _DAY_S, now - EVERY_S)
    deleted = 0
    for interview_id in ids:
        try:
            await asyncio.to_thread(services.archive.delete, interview_id)
            await services.store.audio_deleted(interview_id, now)
        except StorageError as error:
            log.warning("left for the next hour: %s", error)
        else:
            deleted += 1
    if deleted:
        await services.accounts.note("audio deleted", about=f"{deleted} interviews older than {days} days")
    return deleted
