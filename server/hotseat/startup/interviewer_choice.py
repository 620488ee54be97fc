"""Whether a remote language model asks the follow-ups: until it has failed the interviewer's exam."""

from __future__ import annotations

import asyncio
import logging

from hotseat.errors import ChatModelError
from hotseat.load_status import LLM
from hotseat.startup.assembly import Assembly
from hotseat.startup.grader_choice import QUIET_S, RETRY_S
from hotseat.telemetry.logs import failed

log = logging.getLogger(__name__)


def choose_interviewer(assembly: Assembly) -> None:
    """Lets the model ask unless it has failed; its part says how it did."""
    exam, part = assembly.interviewer.exam, assembly.status.parts[LLM]
    if exam is None or exam.sitting is None:
        return
    assembly.interviewer.endpoint = exam.endpoint if exam.sitting.passed else None
    asks = "asks follow-ups" if exam.sitting.passed else "follow-ups come from the bank"
    part.detail = f"{part.detail.partition('; ')[0]}; {asks} ({exam.sitting.in_words})"


async def sit_interviewer_if_due(assembly: Assembly) -> None:
    """Has the model sit the exam while nobody is being interviewed, however long its endpoint takes to come up."""
    exam = assembly.interviewer.exam
    if exam is None or exam.sitting is not None or assembly.settings.grader != "auto":
        return

    async def wait(_done: int) -> None:
        await assembly.turns.wait_until_idle(QUIET_S)

    while exam.sitting is None:
        try:
            await exam.sit(wait)
        except ChatModelError as error:
            log.info("the interviewer's exam waits for the endpoint: %s", error)
            await asyncio.sleep(RETRY_S)
        except Exception as error:  # a bug, which may not end what runs beside this
            failed(log, "the interviewer's exam", error)
            return
    choose_interviewer(assembly)
    log.info("%s: %s", LLM, assembly.status.parts[LLM].detail)
