"""Checks that an interview's needs are met on this machine, and says how to mend what is not."""

from __future__ import annotations

from hotseat.doctor import hearing_speed
from hotseat.doctor.check import Check
from hotseat.doctor.components import bank, collector, endpoints, exam, interviewer_exam, loaded, weights
from hotseat.doctor.environment import access, data_dir, disk, microphone
from hotseat.doctor.installation import packages, python
from hotseat.errors import HotseatError
from hotseat.settings import Settings
from hotseat.startup.assembly import assemble
from hotseat.startup.loading import load_models, load_storage

__all__ = ["Check", "examine"]


async def examine(settings: Settings, *, measure: bool = False) -> list[Check]:
    """Everything, in the order in which it would stop a server: the installation, the place, the weights, the loaded parts.

    With ``measure`` it also says which recogniser would keep up here, which takes some ten seconds.
    """
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
        assembly = assemble(settings)
    except HotseatError:  # the bank's, the data directory's or the collector's check has told
        return checks
    await load_storage(assembly)
    await load_models(assembly)
    speed = [await hearing_speed.measure(assembly.speech)] if measure else []
    await assembly.storage.store.close()
    if assembly.llama is not None:
        assembly.llama.close()
    exams = [*exam(assembly.graders), *interviewer_exam(assembly.interviewer)]
    return [*checks, *(loaded(part, settings) for part in assembly.status.parts.values()), *speed, *exams]
