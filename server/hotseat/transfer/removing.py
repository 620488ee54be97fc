"""Deletes interviews, or everything, and counts what is left."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from hotseat.practice.due import Practice
from hotseat.speech.recordings import AudioArchive
from hotseat.storage.archive.names import is_id
from hotseat.storage.rows import Scope
from hotseat.storage.storage import Storage
from hotseat.transfer.temporary_folders import remove_leftovers


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed, and what a count afterwards still found: nothing, unless another process went on writing."""

    interviews: int
    rows: int
    files: int
    """Recordings."""
    rows_left: int
    files_left: int


async def interviews_in(storage: Storage, scope: Scope) -> tuple[str, ...]:
    """Ids of the interviews in the scope. For everything, also those with only audio left. Raises StorageError."""
    ids = await storage.tables.interviews(scope)
    if scope != Scope():
        return ids
    stored = await asyncio.to_thread(storage.archive.stored)
    return tuple({*ids, *(recording.interview_id for recording in stored)})


async def remove(storage: Storage, practice: Practice, scope: Scope) -> Removed:
    """Removes everything in the scope, audio first: if that fails, the interviews can be deleted again. Raises StorageError."""
    ids = await interviews_in(storage, scope)
    present = await storage.tables.interviews(scope)
    ratings = (await storage.tables.read(scope)).tables["ratings"] if scope.interviews is not None else []
    # An id that isn't fit for a file name has no audio, and mustn't stop the removal.
    named = tuple(interview_id for interview_id in ids if is_id(interview_id))
    files = await asyncio.to_thread(_count_audio, storage.archive, named)
    for interview_id in named:
        await asyncio.to_thread(storage.archive.delete, interview_id)
    await asyncio.to_thread(remove_leftovers, storage.data_dir)
    await asyncio.to_thread(storage.store.remove_copies)
    rows = await storage.tables.erase(scope)
    await practice.recompute(ratings)
    return Removed(
        interviews=len(present),
        rows=rows,
        files=files,
        rows_left=await storage.tables.count(scope),
        files_left=await asyncio.to_thread(_count_audio, storage.archive, named),
    )


def _count_audio(archive: AudioArchive, ids: tuple[str, ...]) -> int:
    return sum(len(archive.stored(interview_id)) for interview_id in ids)
