"""Packaged weights in one file and back: for machines without a network, or if a package leaves its registry."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from hotseat.engines.weights import Weight, blocks_of, in_one_piece, place_of, store
from hotseat.errors import InputError, WeightsError

Say = Callable[[str], None]
"""Called with the label of each weight."""


def export_weights(wanted: Sequence[Weight], models_dir: Path, file: IO[bytes], say: Say) -> None:
    """Writes a ZIP with each weight under its SHA-256, joined first where it isn't yet. Raises WeightsError."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as target:
        for weight in wanted:
            say(weight.label)
            target.write(in_one_piece(weight, models_dir), weight.sha256)


def import_weights(wanted: Sequence[Weight], models_dir: Path, file: IO[bytes], say: Say) -> None:
    """Puts each weight where it is looked for, once its hash has been found right. Raises InputError, WeightsError."""
    try:
        with zipfile.ZipFile(file) as source:
            missing = [weight.label for weight in wanted if weight.sha256 not in source.namelist()]
            if missing:
                raise InputError(f"the file has no {', no '.join(missing)} of this version of Hotseat")
            for weight in wanted:
                say(weight.label)
                target = place_of(weight, models_dir)
                target.parent.mkdir(parents=True, exist_ok=True)
                try:
                    with source.open(weight.sha256) as packed:
                        store(weight, blocks_of(packed), target)
                except WeightsError:
                    raise InputError(f"the {weight.label} in the file is damaged") from None
    except zipfile.BadZipFile as error:
        raise InputError(f"the file is damaged or none that `hotseat models export` wrote: {error}") from None
    except OSError as error:
        raise WeightsError(f"can't write to {models_dir}: {error.strerror}") from error
