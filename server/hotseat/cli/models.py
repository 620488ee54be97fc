"""``hotseat models``: export and import of the packaged weights as one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hotseat.cli.output import existing_file, new_file
from hotseat.errors import InputError
from hotseat.settings import Settings, load_settings

if TYPE_CHECKING:
    from hotseat.engines.weights import Weight

_file = click.argument("file", type=click.Path(path_type=Path))


@click.group()
def models() -> None:
    """Packaged weights in one file."""


@models.command("export")
@_file
def export_(file: Path) -> None:
    """Write the packaged weights (0.2 GB; 1.3 GB with HOTSEAT_GRADER=llm) to one file."""
    from hotseat.engines.weights_file import export_weights

    if file.exists():
        raise InputError(f"{file} is there already")
    settings = load_settings()
    with new_file(file) as target:
        export_weights(_wanted(settings), settings.models, target, click.echo)


@models.command("import")
@_file
def import_(file: Path) -> None:
    """Take the weights from such a file instead of from their packages."""
    from hotseat.engines.weights_file import import_weights

    settings = load_settings()
    with existing_file(file) as source:
        import_weights(_wanted(settings), settings.models, source, click.echo)


def _wanted(settings: Settings) -> tuple[Weight, ...]:
    """The weights of speech, and of the language model where it grades."""
    from hotseat.engines.weights import QWEN_GGUF, SPEECH

    return (*SPEECH, *(QWEN_GGUF,) * settings.packaged_llm_grades)
