"""The commands export, import, delete, backup and restore; they work whether or not a server runs on the data directory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hotseat.cli.output import existing_file, new_file, say, with_assembly
from hotseat.errors import InputError, StorageError

if TYPE_CHECKING:
    from hotseat.startup.assembly import Assembly

_SQLITE = b"SQLite format 3\0"
_ids = click.argument("ids", nargs=-1, metavar="[ID]…")
_all = click.option("--all", "everything", is_flag=True, help="Everything: all interviews, self-assessments and choices.")


@click.command("export")
@_ids
@_all
@click.option("--format", "kind", type=click.Choice(["json", "zip", "md", "html"]), default="zip", help="What to write (zip).")
@click.option(
    "--audio", type=click.Choice(["flac", "opus"]), default="flac", help="The original, or its sound, much smaller (flac)."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write; - for stdout.")
@click.option("--schema", is_flag=True, help="Write the JSON Schema of exports instead, to stdout without -o.")
def export_command(ids: tuple[str, ...], everything: bool, kind: Any, audio: Any, output: Path | None, schema: bool) -> None:
    """Write interviews to a file: to keep as JSON or, with the audio, ZIP; to read as Markdown or HTML."""
    from hotseat.transfer import document
    from hotseat.transfer.exporting import export

    if schema:
        with new_file(output or Path("-")) as file:
            file.write(json.dumps(document.schema(), indent=1).encode() + b"\n")
        return
    scope = _scope(ids, everything)
    if output is None:
        raise InputError("say with -o which file to write; - for stdout")
    with new_file(output) as file:
        with_assembly(lambda parts: export(parts.storage, parts.library, parts.clock, scope, kind, audio, file))


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
def import_command(file: Path) -> None:
    """Add the interviews of an export. Those that are here already are left as they are."""
    from hotseat.transfer.importing import import_file

    with existing_file(file) as source:
        done = with_assembly(lambda parts: import_file(parts.storage, parts.library, parts.clock, source))
    say(f"added {len(done.interviews)} interviews with {done.recordings} recordings ({done.rows} rows)")
    for interview_id in done.skipped:
        say(f"skipped {interview_id}: it is here already; delete it first to have the file's")
    for row in done.kept:
        say(f"kept {row} as it is here")


@click.command("delete")
@_ids
@_all
@click.option("--yes", is_flag=True, help="Don't ask.")
def delete_command(ids: tuple[str, ...], everything: bool, yes: bool) -> None:
    """Remove interviews for good: rows, recordings, and their traces in the database's files."""
    from hotseat.transfer.removing import remove

    scope = _scope(ids, everything)
    if not yes:
        what = "everything that was said and practised here" if everything else ", ".join(ids)
        click.confirm(f"Delete {what} for good?", abort=True, err=True)

    async def work(parts: Assembly) -> Any:
        missing = set(ids).difference(await parts.storage.tables.interviews(scope))
        if missing:
            raise InputError(f"there is no interview {', '.join(sorted(missing))}")
        removed = await remove(parts.storage, parts.practice(), scope)
        await parts.accounts.note("interviews deleted", about="all of them" if everything else " ".join(ids))
        return removed

    done = with_assembly(work)
    say(
        f"deleted {done.interviews} interviews: {done.rows} rows and {done.files} recordings; "
        f"left: {done.rows_left} rows and {done.files_left} recordings"
    )
    if done.rows_left or done.files_left:
        raise StorageError("something wrote while it was being deleted; end the interview and delete again")


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@click.option("--verify", "only_verify", is_flag=True, help="Write nothing: try whether the file could be restored.")
def backup_command(file: Path, force: bool, only_verify: bool) -> None:
    """Copy the database and all audio into one file, while the server runs or not."""
    from hotseat.transfer.backup import backup, verify

    if only_verify:
        with existing_file(file) as source:
            done = with_assembly(lambda parts: verify(parts.settings.data_dir, source), migrate=False)
        say(f"{file} is whole: the database and {done.recordings} recordings, {done.bytes / 1e6:.1f} MB unpacked")
        return
    if file.exists() and not force:
        raise InputError(f"{file} is there already; say --force to replace it")
    with new_file(file) as target:
        done = with_assembly(lambda parts: backup(parts.storage, parts.clock, target))
    for left_out in done.skipped:
        say(f"left out, as it can't be read: {left_out}", err=True)
    say(f"{file}: the database and {done.recordings} recordings, {done.bytes / 1e6:.1f} MB unpacked")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace what is here.")
def restore_command(file: Path, force: bool) -> None:
    """Put a backup in the place of what is here, once all of it has been found whole; while the server runs or not."""
    from hotseat.transfer.backup import restore, restore_database

    with existing_file(file) as source:
        if source.read(len(_SQLITE)) == _SQLITE:
            with_assembly(lambda parts: restore_database(parts.storage, file, force=force), migrate=False)
            say(f"restored the database from {file}; recordings are as they were")
            return
        source.seek(0)
        # Without migrating first: the present database may be damaged.
        done = with_assembly(lambda parts: restore(parts.storage, source, force=force), migrate=False)
    say(f"restored the database and {done.recordings} recordings from {file}")


commands = (export_command, import_command, delete_command, backup_command, restore_command)


def _scope(ids: tuple[str, ...], everything: bool) -> Any:
    from hotseat.storage.rows import Scope

    if bool(ids) == everything:
        raise InputError("name the interviews (the last part of their review's address), or say --all")
    return Scope() if everything else Scope(interviews=ids)
