"""Checks that an interview's needs are met on this machine, and says how to mend what is not."""

from __future__ import annotations

import shutil
from typing import Any

from server.errors import HotseatError
from server.loading import load_models, load_storage, make_services
from server.settings import Settings, is_loopback

_MIN_FREE_BYTES = 500_000_000


async def examine(settings: Settings) -> list[dict[str, Any]]:
    """One dict a check: name, ok, detail."""
    checks: list[dict[str, Any]] = []

    def report(name: str, ok: bool, detail: str) -> None:
        checks.append({"name": name, "ok": ok, "detail": detail})

    try:
        services = make_services(settings)
    except HotseatError as error:
        report("Content and data directory", False, str(error))
        return checks
    report("Question bank", True, f"{len(services.bank.questions)} questions in {len(services.bank.topics)} topics")
    free = shutil.disk_usage(settings.data_dir).free
    report("Disk", free >= _MIN_FREE_BYTES, f"{free / 1e9:.1f} GB free in {settings.data_dir}; an hour of speech takes 0.12 GB")
    if is_loopback(settings.host):
        report("Access", True, f"{settings.host} is reached from this machine only")
    else:
        protected = settings.token is not None
        report("Access", protected, "protected by a token" if protected else "set HOTSEAT_TOKEN before serving to others")
    await load_storage(services)
    await load_models(services)
    for part in services.parts.values():
        report(part.name, part.state in ("ready", "off"), f"{part.state}: {part.detail}")
    await services.store.close()
    return checks
