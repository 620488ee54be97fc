"""What the server needs before and behind its first page: storage at once, the models in the background."""

from __future__ import annotations

import asyncio
import importlib
import logging

from hotseat.accounts.accounts import Accounts
from hotseat.clock import SystemClock
from hotseat.data_dir import prepare_data_dir
from hotseat.prompts import Prompts
from hotseat.questions.content import load_bank
from hotseat.questions.formats import load_catalogue
from hotseat.questions.study import load_study
from hotseat.services import GRADER, HEARING, LLM, STORAGE, VOICE, Part, Services
from hotseat.settings import Settings
from hotseat.storage.accounts import SqlAccounts
from hotseat.storage.archive import LocalArchive, ObjectArchive
from hotseat.storage.store import SqlStore
from hotseat.storage.tables import SqlTables
from hotseat.telemetry.metrics import Metrics
from hotseat.telemetry.tracing import Spans
from hotseat.transfer.workplace import remove_leftovers

log = logging.getLogger(__name__)


def make_services(settings: Settings) -> Services:
    """What needs no model. Raises ContentError, SettingsError, StorageError."""
    bank = load_bank(settings.rubrics_dir)
    catalogue = load_catalogue(settings.rubrics_dir)
    study = load_study(settings.rubrics_dir, bank, catalogue)
    store, accounts = open_accounts(settings)
    services = Services(
        settings=settings,
        bank=bank,
        catalogue=catalogue,
        study=study,
        prompts=Prompts(settings.prompts_dir),
        store=store,
        tables=SqlTables(store.engine),
        archive=ObjectArchive(settings.archive_url) if settings.archive_url else LocalArchive(settings.data_dir / "audio"),
        clock=SystemClock(),
        accounts=accounts,
        metrics=Metrics(Spans(settings.otlp_url) if settings.otlp_url else None),
    )
    for name in (STORAGE, HEARING, VOICE, LLM, GRADER):
        services.parts[name] = Part(name)
    return services


def open_accounts(settings: Settings) -> tuple[SqlStore, Accounts]:
    """The database, and the accounts in it. Raises PlaceError, SettingsError."""
    prepare_data_dir(settings.data_dir)
    store = SqlStore(settings.database)
    return store, Accounts(SqlAccounts(store.begin), SystemClock(), settings.accounts)


async def load_storage(services: Services) -> None:
    """Before the first page, so that no request meets a database without tables; a failure is recorded, not raised."""
    with services.loading(STORAGE) as part:
        await asyncio.to_thread(remove_leftovers, services.settings.data_dir)
        await services.store.migrate()
        await asyncio.to_thread(services.archive.check)
        part.detail = str(services.settings.data_dir)
    if part.state == "failed":
        log.error("%s: %s", part.name, part.detail)


async def load_models(services: Services) -> None:
    """Behind the first page; failures are recorded in ``services.parts``, not raised."""
    try:
        # Imported here, in a thread, so that the page is served before the model runtimes are in memory.
        models = await asyncio.to_thread(importlib.import_module, "hotseat.models")
        await models.load_models(services)
    except Exception:
        # A bug, but one the page has to tell of rather than load for ever.
        log.exception("loading failed")
        for part in services.parts.values():
            if part.state == "loading":
                part.state, part.detail = "failed", "an unexpected error; the server's log has it"
    for part in services.parts.values():
        log.info("%s: %s %s", part.name, part.state, part.detail)
