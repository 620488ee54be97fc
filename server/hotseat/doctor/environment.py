"""Checks of the data directory, the disk, access from other machines and the microphone."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from hotseat.accounts.exposure import too_short
from hotseat.accounts.token_link import is_auto
from hotseat.data_dir import prepare_data_dir
from hotseat.doctor.check import Check
from hotseat.doctor.components import packaged_weights
from hotseat.errors import StorageError
from hotseat.loopback import is_loopback
from hotseat.settings import Settings
from hotseat.startup.assembly import open_storage

_ROOM_BYTES = 500_000_000
"""Four hours of speech and a database."""


def data_dir(directory: Path) -> Check:
    """Whether this user can write it and other users can't read it."""
    name = "Data directory"
    try:
        prepare_data_dir(directory)
    except StorageError as error:
        mend = f"give it to this user (chown -R {os.getuid()} {directory}), mount it writable, or choose another"
        return Check(name, False, str(error), mend)
    real = directory.resolve()
    if all(path.stat().st_mode & stat.S_IXOTH for path in (real, *real.parents)):  # others get through all of them
        detail = f"every user of this machine can read what was recorded in {directory}"
        return Check(name, False, detail, f"chmod o-rwx {directory}")
    return Check(name, True, f"{directory} can be written, and read by its owner only")


def disk(settings: Settings) -> Check:
    """Room for some interviews, and for weights that have yet to be joined in the data directory."""
    needed = _ROOM_BYTES
    if settings.models_dir is None:
        weights = [weight for files in packaged_weights(settings).values() for weight in files if weight.name]
        needed += sum(weight.size for weight in weights if not (settings.models / weight.name).exists())
    existing = next(path for path in (settings.data_dir, *settings.data_dir.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    detail = f"{free / 1e9:.1f} GB free in {settings.data_dir}"
    if free < needed:
        mend = "delete old interviews or other files, or choose another disk with HOTSEAT_DATA_DIR"
        return Check("Disk", False, f"{detail}; {needed / 1e9:.1f} GB are needed", mend)
    return Check("Disk", True, f"{detail}; an hour of speech takes 0.12 GB")


async def access(settings: Settings) -> Check:
    """Whether strangers are kept out."""
    if is_loopback(settings.host):
        return Check("Access", True, f"{settings.host} is reached from this machine only")
    accounts = settings.accounts or await _has_accounts(settings)
    ways = [way for way, there in (("accounts", accounts), ("a token", settings.token is not None)) if there]
    if not ways:
        detail = f"{settings.host} is reached from other machines and nothing keeps strangers out"
        mend = "make an account (`hotseat accounts add NAME --owner`), set HOTSEAT_TOKEN to a secret, or serve on 127.0.0.1"
        return Check("Access", False, detail, mend)
    if settings.token is not None and not is_auto(settings) and (short := too_short(settings.token)):
        return Check("Access", False, short, "set HOTSEAT_TOKEN to a long secret, or to auto")
    return Check("Access", True, f"{settings.host} is reached from other machines and protected by {' and '.join(ways)}")


async def _has_accounts(settings: Settings) -> bool:
    try:
        storage, accounts = open_storage(settings)
        try:
            return await accounts.in_use()
        finally:
            await storage.store.close()
    except StorageError:  # the data directory's check, or the storage's, tells
        return False


def microphone(settings: Settings) -> Check:
    """Browsers open the microphone on this machine's own names and over HTTPS only."""
    if is_loopback(settings.host):
        return Check("Microphone", True, f"browsers open it at http://localhost:{settings.port}")
    advice = "serve others over HTTPS, for instance with the Caddyfile in deploy/; without it they can only type"
    return Check("Microphone", True, "browsers on other machines open it over HTTPS only", advice)
