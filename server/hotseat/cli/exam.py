"""`hotseat exam`: has the configured language model sit the exam now."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from hotseat.cli.output import json_option, print_json, run, say
from hotseat.settings import Settings, load_settings

if TYPE_CHECKING:
    from hotseat.grading.exam import Sitting
    from hotseat.interview.exam import Sitting as InterviewerSitting


@click.command()
@json_option
def exam(as_json: bool) -> None:
    """Have the language model grade forty labelled answers, beside the built-in reader, and ask in twenty dialogues.

    The dialogues are for a remote model: the packaged one asks nothing.
    """
    sitting, asking = run(_sit(load_settings()))
    if as_json:
        found = {**asdict(sitting), "passed": sitting.passed}
        interviewer = None if asking is None else {**asdict(asking), "passed": asking.passed}
        print_json({**found, "interviewer": interviewer})
        return
    for name, result in ((sitting.model, sitting.judge), ("built-in reader", sitting.reader)):
        say(f"{name}: {result.in_words}")
    if sitting.passed:
        say("It passed: with HOTSEAT_GRADER=auto a remote endpoint grades from the next start on.")
    else:
        say(
            "It did not pass, so the built-in reader grades. A model has to agree with the labels more often than the reader, "
            "and deny and credit at most 2 points more."
        )
    if asking is not None:
        say(f"As the interviewer: {asking.in_words}.")
        say("It asks the follow-ups." if asking.passed else "It did not pass, so follow-ups come from the bank.")


async def _sit(settings: Settings) -> tuple[Sitting, InterviewerSitting | None]:
    from hotseat.startup.assembly import assemble
    from hotseat.startup.models import load_for_exam

    assembly = assemble(settings)
    loaded = await load_for_exam(assembly)
    asking = assembly.interviewer.exam

    async def show(done: int) -> None:
        click.echo(f"\r{loaded.llm.model}: {done} of {len(loaded.items)} answers", err=True, nl=False)

    async def show_dialogue(done: int) -> None:
        click.echo(f"\r{loaded.llm.model}: {done} of {len(asking.dialogues) if asking else 0} dialogues", err=True, nl=False)

    try:
        return await loaded.sit(show), await asking.sit(show_dialogue) if asking is not None else None
    finally:
        click.echo(err=True)
        if assembly.llama is not None:
            assembly.llama.close()
