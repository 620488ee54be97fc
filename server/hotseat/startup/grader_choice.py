"""Which grader grades: the embedded one, or the language model where the settings say so or it has passed the exam."""

from __future__ import annotations

import asyncio
import logging

from hotseat.errors import GraderError
from hotseat.grading.judge import Judge
from hotseat.load_status import GRADER
from hotseat.startup.assembly import Assembly
from hotseat.telemetry.logs import failed

log = logging.getLogger(__name__)

HERE = "the built-in reader grades"
RETRY_S = 60.0
"""Between two tries to go on with an exam when the endpoint failed."""
QUIET_S = 90.0
"""How long an answer of the exam waits for interviews to be quiet."""


def choose_grader(assembly: Assembly) -> None:
    """Makes the grader the one in use that the settings and the exam's result ask for; its part says which, and why."""
    llm, embedded, part = assembly.graders.llm, assembly.graders.embedded, assembly.status.parts[GRADER]
    sitting = assembly.graders.exam.sitting if assembly.graders.exam is not None else None
    assembly.graders.in_use, part.detail = embedded, HERE
    if llm is None or embedded is None:
        return
    has_passed = assembly.settings.llm.is_remote and sitting is not None and sitting.passed
    wanted = assembly.settings.grader
    if wanted == "llm" or (wanted == "auto" and has_passed):
        assembly.graders.in_use = Judge(llm, embedded, sitting)
        part.detail = f"{llm.model} grades ({sitting.in_words if sitting else 'it has not sat our exam'})"
    elif is_due(assembly):
        part.detail = f"{HERE}; {llm.model} has yet to sit our exam"
    elif wanted == "auto" and sitting is not None:
        part.detail = f"{HERE}; {llm.model} is no better ({sitting.in_words})"


def is_due(assembly: Assembly) -> bool:
    """Whether the model is to sit the exam by itself: a remote one, asked for by ``auto``, without a result."""
    is_wanted = assembly.settings.grader == "auto" and assembly.settings.llm.is_remote
    return is_wanted and assembly.graders.exam is not None and assembly.graders.exam.sitting is None


async def sit_if_due(assembly: Assembly) -> None:
    """Has the model sit the exam, however long its endpoint takes to come up. The part says how far it is."""
    if not is_due(assembly):
        return
    assert assembly.graders.exam is not None
    exam, part, total = assembly.graders.exam, assembly.status.parts[GRADER], len(assembly.graders.exam.items)

    async def show(done: int) -> None:
        part.progress(f"{HERE}; {exam.llm.model} is sitting our exam ({done} of {total} answers)", done, total)
        await assembly.turns.wait_until_idle(QUIET_S)

    while exam.sitting is None:
        try:
            await exam.sit(show)
        except GraderError as error:
            part.progress(f"{HERE}; the exam waits for the endpoint: {error}", len(exam.outcomes), total)
            await asyncio.sleep(RETRY_S)
        except Exception as error:  # a bug, which may not end what runs beside this
            failed(log, "the exam", error)
            part.progress(f"{HERE}; the exam of {exam.llm.model} failed, and the server's log says why", 0, 0)
            return
    part.done = part.total = 0
    choose_grader(assembly)
    log.info("%s: %s", part.name, part.detail)
