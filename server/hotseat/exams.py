"""What the exams of language models share: loading items from a file, and storing results by key."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from hotseat.domain.model import Bank

log = logging.getLogger(__name__)
_T = TypeVar("_T")

BeforeEach = Callable[[int], Awaitable[None]]
"""Awaited before each item with the number of items done."""


def load_items(path: Path, bank: Bank, parse: Callable[[str, Bank, str], _T]) -> tuple[_T, ...]:
    """``parse(line, bank, place)`` of each line of the file, ``place`` being "file:line"; empty if there is no such file."""
    if not path.exists():
        return ()
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(parse(line, bank, f"{path.name}:{number}") for number, line in enumerate(lines, 1) if line.strip())


def kept_results(path: Path, kind: TypeAdapter[dict[str, _T]]) -> dict[str, _T]:
    """Results by key; empty if the file is missing or damaged."""
    try:
        return kind.validate_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValidationError) as error:
        log.warning("results of exams can't be read: %s", type(error).__name__)
        return {}


async def keep_result(path: Path, kind: TypeAdapter[dict[str, _T]], key: str, result: _T) -> None:
    """Adds a result to the file; a failure to write is only logged."""

    def write() -> None:
        written = path.with_suffix(".new")
        written.write_bytes(kind.dump_json({**kept_results(path, kind), key: result}, indent=2))
        written.replace(path)

    try:
        await asyncio.to_thread(write)
    except OSError as error:
        log.warning("an exam's result can't be kept: %s", error.strerror)
