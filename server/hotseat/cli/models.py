"""``hotseat models``: export and import of the packaged weights as one file."""

from __future__ import annotations

from pathlib import Path

import click

from hotseat.errors import InputError
from hotseat.settings import load_settings

_file = click.argument("file", type=click.Path(path_type=Path))


@click.group()
def models() -> None:
    """Packaged weights in one file."""


@models.command("export")
@_file
def export_(file: Path) -> None:
    """Write all packaged weights (1.4 GB) to one file."""
    from hotseat.cli.transfer import new_file
    from hotseat.engines.weights import PACKAGED
    from hotseat.engines.weights_file import export_weights

    if file.exists():
        raise InputError(f"{file} is there already")
    with new_file(file) as target:
        export_weights(PACKAGED, load_settings().models, target, click.echo)


@models.command("import")
@_file
def import_(file: Path) -> None:
    """Take the weights from such a file instead of from their packages."""
    from hotseat.cli.transfer import existing_file
    from hotseat.engines.weights import PACKAGED
    from hotseat.engines.weights_file import import_weights

    with existing_file(file) as source:
        import_weights(PACKAGED, load_settings().models, source, click.echo)
