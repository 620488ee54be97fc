"""What the commands share: printing, files, work on the storage, and work that reports errors only."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

from hotseat.errors import InputError
from hotseat.settings import load_settings
from hotseat.text.controls import escaped_lines

if TYPE_CHECKING:
    from hotseat.startup.assembly import Assembly
    from hotseat.storage.store import SqlStore

Result = TypeVar("Result")

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def say(text: str, *, err: bool = False) -> None:
    """Prints text for people. It may quote what somebody else wrote, which must not tell the terminal what to do."""
    click.echo(escaped_lines(text), err=err)


def print_json(value: object) -> None:
    say(json.dumps(value, ensure_ascii=False, indent=2))


def existing_file(path: Path) -> IO[bytes]:
    """Raises InputError."""
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(f"can't read {path}: {error.strerror}") from None


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """Written beside the path and renamed when complete; readable by its owner only, as it holds somebody's voice."""
    if str(path) == "-":
        yield sys.stdout.buffer
        return
    part = path.with_name(path.name + ".part")
    try:
        part.unlink(missing_ok=True)  # a file that is there already would keep its mode and its owner
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise InputError(f"can't write {path}: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)


def with_assembly(work: Callable[[Assembly], Awaitable[Result]], *, migrate: bool = True) -> Result:
    """Runs on the storage of the configured data directory, without models."""
    from hotseat.startup.assembly import assemble

    logging.basicConfig(level=logging.WARNING, format="hotseat: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    assembly = assemble(load_settings())
    return on_storage(assembly.storage.store, partial(work, assembly), migrate=migrate)


def on_storage(store: SqlStore, work: Callable[[], Awaitable[Result]], *, migrate: bool = True) -> Result:
    """Runs on an open database, brought up to date before, and closes it."""

    async def run() -> Result:
        try:
            if migrate:
                await store.migrate()
            return await work()
        finally:
            await store.close()

    return asyncio.run(run())


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """What the work returns; of the log only errors are shown."""
    logging.basicConfig(level=logging.ERROR, format="hotseat: %(message)s")
    return asyncio.run(work)
