"""Backs up the database and all audio to one file, and restores them, also while a server is running.

The database is copied first, at one moment; audio only ever grows, so all audio that the database refers to is copied, too.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import shutil
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Annotated, Literal

from pydantic import AwareDatetime, Field, ValidationError

from hotseat.clock import Clock
from hotseat.errors import InputError, StorageError
from hotseat.speech.recordings import AudioArchive, StoredAudio
from hotseat.storage.accounts import SqlAccounts
from hotseat.storage.sqlite_file import SqliteFile, check
from hotseat.storage.storage import Storage
from hotseat.storage.store import SqlStore
from hotseat.strict_model import StrictModel, first_error
from hotseat.transfer.audio import delete_audio, put
from hotseat.transfer.temporary_folders import temporary_folder
from hotseat.transfer.zips import ZipSource

_DATABASE, _MANIFEST = "hotseat.db", "manifest.json"
_AUDIO = re.compile(r"audio/([A-Za-z0-9_-]{1,64})/([0-9]{1,6})\.f([0-9]{1,10})\.pcm")
_MAX_MANIFEST_BYTES = 64 << 20
_MAX_RECORDING_BYTES = 256 << 20
_COMPRESSION = 1
"""The fastest level: audio hardly shrinks at any."""


class Entry(StrictModel):
    """One file of a backup."""

    bytes: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(StrictModel):
    """What a backup holds."""

    format: Literal["hotseat-backup"] = "hotseat-backup"
    version: Literal[1] = 1
    hotseat: str
    created: AwareDatetime
    files: dict[str, Entry]


@dataclass(frozen=True, slots=True)
class Content:
    """How much was backed up, verified or restored."""

    recordings: int
    bytes: int
    skipped: tuple[str, ...] = ()
    """Recordings that could not be read, and why."""


async def backup(storage: Storage, clock: Clock, file: IO[bytes]) -> Content:
    """Writes the backup to the open file. Raises InputError for a database that isn't SQLite, StorageError."""
    live = SqliteFile(storage.database_url)
    with temporary_folder(storage.data_dir) as folder:
        database = folder / _DATABASE
        await asyncio.to_thread(live.snapshot, database)
        created = datetime.fromtimestamp(clock.wall(), UTC)
        return await asyncio.to_thread(_write, database, storage.archive, created, file)


def _write(database: Path, archive: AudioArchive, created: datetime, file: IO[bytes]) -> Content:
    files: dict[str, Entry] = {}
    skipped: list[str] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION) as target:
        target.write(database, _DATABASE)
        with database.open("rb") as copied:
            digest = hashlib.file_digest(copied, "sha256").hexdigest()
        files[_DATABASE] = Entry(bytes=database.stat().st_size, sha256=digest)
        for stored in archive.stored():
            name = f"audio/{stored.interview_id}/{stored.turn_id:03d}.f{stored.first_frame}.pcm"
            try:
                pcm = archive.read(stored.interview_id, stored.turn_id)
            except (StorageError, OSError) as error:
                skipped.append(f"{name}: {error}")
                continue
            if pcm:  # otherwise deleted since it was listed
                target.writestr(name, pcm)
                files[name] = Entry(bytes=len(pcm), sha256=hashlib.sha256(pcm).hexdigest())
        manifest = Manifest(hotseat=version("hotseat"), created=created, files=files)
        target.writestr(_MANIFEST, manifest.model_dump_json(indent=1))
    return replace(_content(manifest), skipped=tuple(skipped))


async def verify(data_dir: Path, file: IO[bytes]) -> Content:
    """Checks a backup by doing everything that a restore does, except replacing. Raises InputError naming what is wrong."""
    source, manifest, _recordings = await asyncio.to_thread(_verify, file)
    async with _usable_copy(data_dir, lambda database: source.copy(_DATABASE, database)):
        return _content(manifest)


async def restore_database(storage: Storage, path: Path, *, force: bool) -> None:
    """Replaces the database by a copy, such as one made before an update; audio stays.

    Raises InputError for a damaged file or, unless ``force``, if the server is in use; StorageError.
    """
    if not force:
        await _refuse_if_used(storage)
    async with _usable_copy(storage.data_dir, lambda database: shutil.copyfile(path, database)) as database:
        await asyncio.to_thread(SqliteFile(storage.database_url).replace, database)


async def restore(storage: Storage, file: IO[bytes], *, force: bool) -> Content:
    """Replaces the database and all audio by the backup, after checking all of it.

    Raises InputError for a damaged file or, unless ``force``, if there are interviews or accounts already; StorageError.
    """
    live = SqliteFile(storage.database_url)
    source, manifest, recordings = await asyncio.to_thread(_verify, file)
    if not force:
        await _refuse_if_used(storage)
    async with _usable_copy(storage.data_dir, lambda database: source.copy(_DATABASE, database)) as database:
        await asyncio.to_thread(_store_audio, source, manifest, recordings, storage.archive)
        await asyncio.to_thread(live.replace, database)
        ours = {stored.interview_id for stored in recordings.values()}
        others = [stored for stored in await asyncio.to_thread(storage.archive.stored) if stored.interview_id not in ours]
        await asyncio.to_thread(delete_audio, storage.archive, others)
    return _content(manifest)


def _verify(file: IO[bytes]) -> tuple[ZipSource, Manifest, dict[str, StoredAudio]]:
    """Raises InputError naming what is wrong with the file."""
    source = ZipSource(file)
    try:
        manifest = Manifest.model_validate_json(source.read(_MANIFEST, _MAX_MANIFEST_BYTES))
    except ValidationError as error:
        raise InputError(f"this is not a backup of Hotseat: {_MANIFEST}: {first_error(error)}") from None
    if _DATABASE not in manifest.files:
        raise InputError(f"{_MANIFEST} does not name {_DATABASE}")
    stray = source.names - manifest.files.keys() - {_MANIFEST}
    if stray:
        raise InputError(f"{sorted(stray)[0]} is not in {_MANIFEST}")
    recordings: dict[str, StoredAudio] = {}
    for name, entry in manifest.files.items():
        match = _AUDIO.fullmatch(name)
        if match:
            recordings[name] = StoredAudio(match[1], int(match[2]), int(match[3]))
        elif name != _DATABASE:
            raise InputError(f"{name} is not a file that a backup holds")
        if (source.size(name), source.sha256(name)) != (entry.bytes, entry.sha256):
            raise InputError(f"{name} is damaged: it is not what {_MANIFEST} says (SHA-256 {entry.sha256})")
    return source, manifest, recordings


async def _refuse_if_used(storage: Storage) -> None:
    try:
        used = not await storage.tables.is_empty() or bool(await asyncio.to_thread(storage.archive.stored))
    except StorageError as error:
        raise InputError(f"there is a database here that can't be read ({error}); say --force to replace it") from None
    if used:
        raise InputError("there are interviews or accounts here; say --force to replace all of them by the backup")


@asynccontextmanager
async def _usable_copy(data_dir: Path, write: Callable[[Path], object]) -> AsyncIterator[Path]:
    """The file that ``write`` makes, checked and migrated. Raises InputError if it is not a database of Hotseat."""
    with temporary_folder(data_dir) as folder:
        database = folder / _DATABASE
        await asyncio.to_thread(write, database)
        store = SqlStore(f"sqlite+aiosqlite:///{database}")
        try:
            await asyncio.to_thread(check, database)
            await store.migrate(keep_copy=False)
            # Sessions that ended and invitations that were used since the backup must not become valid again.
            await SqlAccounts(store.engine).forget_secrets()
        except (InputError, StorageError) as error:
            raise InputError(f"{_DATABASE} can't be used: {error}") from None
        finally:
            await store.close()
        yield database


def _store_audio(source: ZipSource, manifest: Manifest, recordings: dict[str, StoredAudio], archive: AudioArchive) -> None:
    delete_audio(archive, recordings.values())
    for name, stored in recordings.items():
        put(archive, stored, source.read(name, _MAX_RECORDING_BYTES, manifest.files[name].sha256))


def _content(manifest: Manifest) -> Content:
    return Content(len(manifest.files) - 1, sum(entry.bytes for entry in manifest.files.values()))
