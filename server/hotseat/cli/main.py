"""The command line. JSON goes to stdout; bad input is one line on stderr and exit code 2."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys
import webbrowser
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from hotseat.cli.accounts import accounts
from hotseat.cli.exam import exam
from hotseat.cli.grade import grade, read_text_of
from hotseat.cli.models import models
from hotseat.cli.output import json_option, print_json, run, say
from hotseat.cli.transfer import commands
from hotseat.domain.model import Kind
from hotseat.engines.native_memory import limit_native_memory
from hotseat.errors import ContentError, HotseatError, InputError
from hotseat.questions.content import find_question, load_bank
from hotseat.settings import Settings, load_settings

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@click.group()
@click.version_option(package_name="hotseat")
def cli() -> None:
    """Hotseat: spoken mock interviews for LLM-engineering roles."""


for command in (*commands, accounts, exam, grade, models):
    cli.add_command(command)


def main() -> None:
    """Runs the command line to its end; ``hotseat.__main__`` is where it is entered."""
    limit_native_memory()
    try:
        cli.main(standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as error:  # its message would be the whole help
        command = error.ctx.command_path if error.ctx else "hotseat"
        _fail(f"say a command; `{command} --help` lists them", 2)
    except click.ClickException as error:
        _fail(error.format_message(), 2)
    except InputError as error:
        _fail(str(error), 2)
    except ContentError as error:
        _fail(f"the question bank has errors: {error}", 2)
    except HotseatError as error:
        _fail(str(error), 1)
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or Python would try at exit to write what is still buffered
        _fail(f"can't write: {error.strerror}", 1)


def _fail(text: str, code: int) -> None:
    say("hotseat: " + "; ".join(line.strip() for line in text.splitlines() if line.strip()), err=True)
    sys.exit(code)


# ---- serve ----------------------------------------------------------------------------------------------------------


@cli.command()
@click.option("--host", help="Address to serve on (default 127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to serve on (default 8000).")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where interviews, audio and models are kept.")
def serve(host: str | None, port: int | None, data_dir: Path | None) -> None:
    """Serve Hotseat to a browser."""
    wanted = load_settings(host=host, port=port, data_dir=data_dir)  # before the slow imports, to report mistakes at once

    from hotseat.accounts.exposure import prepare_to_serve
    from hotseat.accounts.owner_key import owner_link
    from hotseat.accounts.peers import can_tell
    from hotseat.accounts.token_link import link, reachable, with_kept_token
    from hotseat.http.app import create_app
    from hotseat.http.serving import make_server
    from hotseat.startup.assembly import assemble
    from hotseat.telemetry import logs

    settings = with_kept_token(wanted)
    logs.set_up(settings.log_level, settings.log_style)
    assembly = assemble(settings)
    place = asyncio.run(prepare_to_serve(settings, assembly.accounts, assembly.storage.store))
    listening = listen(settings)
    port_ = listening.getsockname()[1]
    if place is not None:  # people sign in by name
        url = reachable(settings.host, port_) + place
    elif settings.token is not None or can_tell():
        url = link(wanted, port_)
    else:
        url = owner_link(settings, port_)
        if sys.stderr.isatty():
            webbrowser.open(url)
    say(f"Hotseat is at {url}  (data in {settings.data_dir}; Ctrl+C stops it)", err=True)
    code = 0
    try:
        make_server(create_app(assembly), settings).run(sockets=[listening])
    except KeyboardInterrupt:
        code = 130
    # Everything is stored by now, and Python would wait for a model's thread that hangs.
    os._exit(code)


@cli.command("link")
def link_() -> None:
    """Print a link that opens a server on this machine in any browser, once, within ten minutes."""
    from hotseat.accounts.owner_key import owner_link
    from hotseat.accounts.token_link import link

    settings = load_settings()
    say(link(settings, settings.port) if settings.token is not None else owner_link(settings, settings.port))


def listen(settings: Settings) -> socket.socket:
    """A listening socket. Raises InputError when the port is taken or this machine does not have the address."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen()  # of two that were bound at the same time, the second learns of it only here
    except (OSError, TypeError) as error:  # a TypeError for a name that can't be encoded
        listening.close()
        why = error.strerror if isinstance(error, OSError) else "no name of a machine"
        port_only = isinstance(error, OSError) and error.errno in (errno.EADDRINUSE, errno.EACCES)
        other = "--port or HOTSEAT_PORT" if port_only else "--host or HOTSEAT_HOST"
        raise InputError(f"can't serve on {settings.host}:{settings.port} ({why}); choose another with {other}") from None
    return listening


# ---- bank -----------------------------------------------------------------------------------------------------------


@cli.group(invoke_without_command=True)
@json_option
@click.option("--check", is_flag=True, help="Check every question and say what is wrong, file and field.")
@click.option("--read", is_flag=True, help="With --check: name the points not found in a model answer (takes a minute).")
@click.pass_context
def bank(context: click.Context, as_json: bool, check: bool, read: bool) -> None:
    """List, check or extend the question bank."""
    if context.invoked_subcommand is not None:
        return
    settings = load_settings()
    if check:
        from hotseat.engines.reader import OnnxReader
        from hotseat.questions.check import problems_of, warnings_of
        from hotseat.questions.library import load_library

        loaded = load_library(settings.rubrics_dir).bank
        found = problems_of(loaded)
        warnings = warnings_of(loaded, OnnxReader()) if read else []
        if as_json:
            print_json({"questions": len(loaded.questions), "problems": found, "warnings": warnings})
        else:
            for line in (*found, *(f"warning: {warning}" for warning in warnings)):
                say(line)
            say(f"{len(loaded.questions)} questions, {len(found)} problems")
        if found:
            sys.exit(1)
        return
    loaded = load_bank(settings.rubrics_dir)
    if not as_json:
        for question in loaded.questions:
            say(f"{question.id:40} {question.kind:14} {question.title}")
        return
    from hotseat.questions.views import bank_document

    print_json(bank_document(loaded))


@bank.command()
@click.argument("question_id")
@click.option("--title", required=True, help="Short name of the question.")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in Kind]), default="concept", show_default=True, help="Kind of question."
)
def add(question_id: str, title: str, kind: str) -> None:
    """Write the skeleton of a new question."""
    from hotseat.questions.add import add_question

    settings = load_settings()
    path = add_question(settings.rubrics_dir, load_bank(settings.rubrics_dir), question_id, title, kind)
    say(f"wrote {path}; fill in what says TODO, then run: hotseat bank --check")


# ---- transcribe -----------------------------------------------------------------------------------------------------


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--question", "question_id", required=True, help="Question id; its key terms help recognition.")
@json_option
def transcribe(file: Path, question_id: str, as_json: bool) -> None:
    """Transcribe an audio file the way a live answer is."""
    from hotseat.rehearsal.audio_files import read_audio, transcribe_samples

    samples = read_audio(file)  # before anything is imported for the models: what can't be used is told at once
    settings = load_settings()
    question = find_question(load_bank(settings.rubrics_dir), question_id)

    async def work() -> dict[str, Any]:
        from hotseat.startup.assembly import assemble
        from hotseat.startup.models import load_for_hearing

        assembly = assemble(settings)
        await load_for_hearing(assembly)
        return await transcribe_samples(assembly.speech, assembly.library.bank, samples, question)

    result = run(work())
    print_json(result) if as_json else say(result["text"])


# ---- rehearse -------------------------------------------------------------------------------------------------------


@cli.command()
@click.option("--audio", "files", multiple=True, type=click.Path(path_type=Path), help="Spoken answers, in order.")
@click.option("--typed", type=click.Path(path_type=Path), help="A text file; each line is typed next, whatever is asked.")
@click.argument("more", nargs=-1, type=click.Path(path_type=Path))
@click.option("--question", "questions", multiple=True, help="Question id; several make several rounds.")
@click.option("--format", "format_id", help="Interview format (default: a drill).")
@click.option("--follow-ups", type=click.IntRange(0, 3), help="Follow-ups for each question.")
@click.option("--url", help="A running server; without one, a server is started for the rehearsal.")
@click.option("--end", type=click.Choice(["done", "silence", "limit"]), default="done", help="How answers end.")
@json_option
def rehearse(
    files: tuple[Path, ...],
    typed: Path | None,
    more: tuple[Path, ...],
    questions: tuple[str, ...],
    format_id: str | None,
    follow_ups: int | None,
    url: str | None,
    end: str,
    as_json: bool,
) -> None:
    """Speak audio files or type lines into an interview; report what the interviewer did, grades and latencies."""
    from hotseat.accounts.token_link import with_kept_token
    from hotseat.rehearsal.rehearse import Script, rehearse_interview

    spoken = (*files, *more)
    if (typed is None) == (not spoken):
        raise click.UsageError("give answers with --audio, or lines to type with --typed")
    settings = with_kept_token(load_settings())
    text = "" if typed is None else read_text_of(typed)
    lines = tuple(line.strip() for line in text.splitlines() if line.strip())
    script = Script(spoken, lines, questions=questions, format=format_id, follow_ups=follow_ups, url=url, end=end)

    report = run(rehearse_interview(settings, script))
    if as_json:
        print_json(report)
        return
    for turn in report["turns"]:
        asked = turn["interviewer"]
        why = [asked["move"], f"words: {asked['source']}"]
        why += [f"quotes: {asked['anchor']}"] if asked["anchor"] else []
        why += [f"instead of {', '.join(turn['between'][1:])}"] if len(turn["between"]) > 1 else []
        why += ["CHOSEN BLIND"] if asked["blind"] else []
        say(f"\n{asked['text']}  [{'; '.join(why)}]\n  {turn['text']}  [{turn['act']}]")
        say("  " + ", ".join(f"{name} {value:.2f}" for name, value in turn["latencies"].items() if value is not None))
    say(f"\n{report['closing']}\n\nfollow-ups chosen without knowing what was said: {report['blind']}")
    if report["unused"]:
        say(f"answers that were not given, as the interview was over: {report['unused']}")
    for entry in report["rounds"]:
        say(f"\n{entry['question']['id']}: {entry['grade']['verdict'] if entry['grade'] else entry['grade_state']}")


# ---- doctor ---------------------------------------------------------------------------------------------------------


@cli.command()
@click.option("--measure", is_flag=True, help="Also measure which recogniser this machine could run (ten seconds).")
@json_option
def doctor(measure: bool, as_json: bool) -> None:
    """Check that everything an interview needs is there, and say how to mend what is not."""
    from hotseat.doctor import examine

    settings = load_settings()
    checks = run(examine(settings, measure=measure))
    healthy = all(check.ok for check in checks)
    if as_json:
        print_json({"ok": healthy, "checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            say(f"{'ok  ' if check.ok else 'FAIL'} {check.name}: {check.detail}")
            if check.mend:
                say(f"     -> {check.mend}")
    if not healthy:
        sys.exit(1)
