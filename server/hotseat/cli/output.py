"""What the commands share: JSON on request, and work that reports errors only."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

import click

Result = TypeVar("Result")

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """What the work returns; of the log only errors are shown."""
    logging.basicConfig(level=logging.ERROR, format="hotseat: %(message)s")
    return asyncio.run(work)
