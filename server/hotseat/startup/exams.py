"""Decides whether the language model grades and asks follow-ups. A remote one sits an exam for each when the server is idle."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from hotseat.errors import ChatModelError, GraderError, HotseatError
from hotseat.exams import BeforeEach
from hotseat.grading.exam import Exam
from hotseat.grading.fallback import FallbackGrader
from hotseat.interview.exam import Exam as InterviewerExam
from hotseat.server_status import GRADER, LLM
from hotseat.startup.assembly import Assembly
from hotseat.telemetry.logs import failed

log = logging.getLogger(__name__)

EMBEDDED_GRADES = "the built-in reader grades"
RETRY_S = 60.0
"""Pause before an exam is resumed after its endpoint failed."""


def choose_grader(assembly: Assembly) -> None:
    """Sets ``graders.in_use`` by the settings and the exam's result; the part's detail says which grader it is, and why."""
    llm, embedded, part = assembly.graders.llm, assembly.graders.embedded, assembly.status.parts[GRADER]
    sitting = assembly.graders.exam.sitting if assembly.graders.exam is not None else None
    assembly.graders.in_use, part.detail = embedded, EMBEDDED_GRADES
    if llm is None or embedded is None:
        return
    has_passed = assembly.settings.llm.is_remote and sitting is not None and sitting.passed
    wanted = assembly.settings.grader
    if wanted == "llm" or (wanted == "auto" and has_passed):
        assembly.graders.in_use = FallbackGrader(llm, embedded, sitting)
        part.detail = f"{llm.model} grades ({sitting.in_words if sitting else 'it has not sat our exam'})"
    elif is_due(assembly):
        part.detail = f"{EMBEDDED_GRADES}; {llm.model} has yet to sit our exam"
    elif wanted == "auto" and sitting is not None:
        part.detail = f"{EMBEDDED_GRADES}; {llm.model} is no better ({sitting.in_words})"


def choose_interviewer(assembly: Assembly) -> None:
    """Lets the model ask follow-ups unless it has failed its exam; the part's detail says how it did."""
    exam, part = assembly.interviewer.exam, assembly.status.parts[LLM]
    if exam is None or exam.sitting is None:
        return
    assembly.interviewer.endpoint = exam.endpoint if exam.sitting.passed else None
    asks = "asks follow-ups" if exam.sitting.passed else "follow-ups come from the bank"
    part.detail = f"{part.detail.partition('; ')[0]}; {asks} ({exam.sitting.in_words})"


def is_due(assembly: Assembly) -> bool:
    """Whether to start the grader's exam: with ``grader=auto``, for a remote model without a result."""
    is_wanted = assembly.settings.grader == "auto" and assembly.settings.llm.is_remote
    return is_wanted and assembly.graders.exam is not None and assembly.graders.exam.sitting is None


async def sit_if_due(assembly: Assembly) -> None:
    """Has the model sit the grader's exam if it is due; the part's detail shows the progress."""
    if not is_due(assembly):
        return
    assert assembly.graders.exam is not None
    exam, part, total = assembly.graders.exam, assembly.status.parts[GRADER], len(assembly.graders.exam.items)

    async def show(done: int) -> None:
        part.progress(f"{EMBEDDED_GRADES}; {exam.llm.model} is sitting our exam ({done} of {total} answers)", done, total)
        await assembly.turns.wait_until_idle()

    def wait(error: HotseatError) -> None:
        part.progress(f"{EMBEDDED_GRADES}; the exam waits for the endpoint: {error}", len(exam.outcomes), total)

    if await _sit(exam, show, wait):
        part.done = part.total = 0
        choose_grader(assembly)
        log.info("%s: %s", part.name, part.detail)
    else:
        part.progress(f"{EMBEDDED_GRADES}; the exam of {exam.llm.model} failed, and the server's log says why", 0, 0)


async def sit_interviewer_if_due(assembly: Assembly) -> None:
    """Has the model sit the interviewer's exam if it has no result yet."""
    exam = assembly.interviewer.exam
    if exam is None or exam.sitting is not None or assembly.settings.grader != "auto":
        return

    async def wait_until_idle(_done: int) -> None:
        await assembly.turns.wait_until_idle()

    if await _sit(exam, wait_until_idle, lambda error: log.info("the interviewer's exam waits for the endpoint: %s", error)):
        choose_interviewer(assembly)
        log.info("%s: %s", LLM, assembly.status.parts[LLM].detail)


async def _sit(exam: Exam | InterviewerExam, before_each: BeforeEach, on_wait: Callable[[HotseatError], None]) -> bool:
    """Sits an exam, waiting for the endpoint as long as it takes; False if a bug ended it, which is logged."""
    while exam.sitting is None:
        try:
            await exam.sit(before_each)
        except (ChatModelError, GraderError) as error:
            on_wait(error)
            await asyncio.sleep(RETRY_S)
        except Exception as error:
            failed(log, "an exam", error)
            return False
    return True
