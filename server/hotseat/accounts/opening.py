"""Checks before the server listens: an address that others can reach needs authentication, and files are private."""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path

from pydantic import SecretStr

from hotseat.accounts.accounts import Accounts
from hotseat.errors import SettingsError, StorageError
from hotseat.loopback import is_loopback
from hotseat.settings import Settings
from hotseat.storage.store import SqlStore

log = logging.getLogger(__name__)

SHORTEST_TOKEN = 8
"""Characters. Guessing is slowed down, so that so many random ones will do."""


def _keep_private(data_dir: Path) -> None:
    """New files are this user's alone. A directory that was there before keeps its mode, which may be meant."""
    os.umask(0o077)
    found = data_dir.stat()
    mode = stat.S_IMODE(found.st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO) and found.st_uid == os.getuid():  # who else's it is can't follow the advice
        log.warning("others on this machine can get into %s (mode %o), which holds voices; `chmod 700` it", data_dir, mode)


def check_exposure(settings: Settings, accounts: bool) -> None:
    """Raises SettingsError for an address that others can reach without showing who they are."""
    if not is_loopback(settings.host) and settings.token is None and not accounts:
        raise SettingsError(
            f"{settings.host} can be reached from other machines, so people have to show who they are: make an account "
            "(`hotseat accounts add NAME --owner`), set HOTSEAT_ACCOUNTS=1 to make it in the browser, or set HOTSEAT_TOKEN "
            "to a long secret; or serve on 127.0.0.1"
        )
    if not is_loopback(settings.host) and settings.token is not None and (short := too_short(settings.token)):
        raise SettingsError(f"{settings.host} can be reached from other machines, and {short}")


def too_short(token: SecretStr) -> str:
    """Why a token is too easily guessed; empty when it is not."""
    length = len(token.get_secret_value())
    return f"HOTSEAT_TOKEN has {length} characters; take at least {SHORTEST_TOKEN}" if length < SHORTEST_TOKEN else ""


async def open_up(settings: Settings, accounts: Accounts, store: SqlStore) -> str | None:
    """The path at which people sign in, or the first one makes an account; None where there are no accounts.

    Raises SettingsError, StorageError.
    """
    _keep_private(settings.data_dir)
    try:
        await store.migrate()
        in_use = await accounts.in_use()
        check_exposure(settings, in_use)
        if not in_use:
            return None
        return "" if await accounts.all() else f"/invite/{await accounts.invite_first()}"
    except StorageError:
        # Whoever may be let in without a database is told by the page what is wrong with it.
        if not is_loopback(settings.host) and settings.token is None:
            raise
        return None
    finally:
        await store.close()
