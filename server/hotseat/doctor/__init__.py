"""Checks that an interview's needs are met on this machine, and says how to mend what is not."""

from __future__ import annotations

from hotseat.doctor.check import Check
from hotseat.doctor.installation import packages, python
from hotseat.doctor.parts import bank, collector, endpoints, exam, loaded, weights
from hotseat.doctor.place import access, data_dir, disk, microphone
from hotseat.errors import HotseatError
from hotseat.loading import load_models, load_storage, make_services
from hotseat.settings import Settings

__all__ = ["Check", "examine"]


async def examine(settings: Settings) -> list[Check]:
    """Everything, in the order in which it would stop a server: the installation, the place, the weights, the loaded parts."""
    checks = [
        python(),
        packages(),
        bank(settings),
        data_dir(settings.data_dir),
        disk(settings),
        await access(settings),
        microphone(settings),
        *weights(settings),
        *await endpoints(settings),
        *await collector(settings),
    ]
    try:
        services = make_services(settings)
    except HotseatError:  # the bank's, the data directory's or the collector's check has told
        return checks
    await load_storage(services)
    await load_models(services)
    await services.store.close()
    if services.llama is not None:
        services.llama.close()
    return [*checks, *(loaded(part, settings) for part in services.parts.values()), *exam(services)]
