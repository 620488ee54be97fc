"""Checks before the server starts to listen: other machines need authentication, and files are private."""

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
"""Characters of a token; random ones are enough, as attempts are limited."""


def _keep_private(data_dir: Path) -> None:
    """Makes new files private to this user. An existing directory keeps its mode, which may be intended, with a warning."""
    os.umask(0o077)
    found = data_dir.stat()
    mode = stat.S_IMODE(found.st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO) and found.st_uid == os.getuid():  # only the owner can follow the advice
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


async def prepare_to_serve(settings: Settings, accounts: Accounts, store: SqlStore) -> str | None:
    """The path that new people open: "" to sign in, or the first owner's invitation; None if there are no accounts.

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
        # Where nobody has to sign in, the page itself can say what is wrong with the database.
        if not is_loopback(settings.host) and settings.token is None:
            raise
        return None
    finally:
        await store.close()
