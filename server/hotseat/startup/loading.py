"""Loads a server's parts: storage before the first page is served, models in the background."""

from __future__ import annotations

import asyncio
import importlib
import logging

from hotseat.server_status import STORAGE, PartState
from hotseat.startup.assembly import Assembly
from hotseat.transfer.temporary_folders import remove_leftovers

log = logging.getLogger(__name__)


async def load_storage(assembly: Assembly) -> None:
    """Opens and migrates storage, before any request. A failure is recorded in ``assembly.status``, not raised."""
    storage = assembly.storage
    with assembly.status.loading(STORAGE) as part:
        await asyncio.to_thread(remove_leftovers, storage.data_dir)
        await storage.store.migrate()
        await asyncio.to_thread(storage.archive.check)
        part.detail = str(storage.data_dir)
    if part.state is PartState.FAILED:
        log.error("%s: %s", part.name, part.detail)


async def load_models(assembly: Assembly) -> None:
    """Loads the models. Failures are recorded in ``assembly.status``, not raised."""
    try:
        # Imported here, in a thread, so that the page is served before the model runtimes are in memory.
        models = await asyncio.to_thread(importlib.import_module, "hotseat.startup.models")
        await models.load_models(assembly)
    except Exception:
        # A bug; without this the page would show "loading" for ever.
        log.exception("loading failed")
        for part in assembly.status.parts.values():
            if part.state is PartState.LOADING:
                part.state, part.detail = PartState.FAILED, "an unexpected error; the server's log has it"
    for part in assembly.status.parts.values():
        log.info("%s: %s %s", part.name, part.state, part.detail)
