"""Temporary folders for copies of the database; those of killed processes are removed later."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = "copy-"
_LOCK = "lock"


@contextmanager
def workplace(data_dir: Path) -> Iterator[Path]:
    """A new folder in the data directory, removed at the end; first removes leftovers. Raises OSError."""
    remove_leftovers(data_dir)
    with tempfile.TemporaryDirectory(dir=data_dir, prefix=_PREFIX) as name:
        folder = Path(name)
        making = folder / "making"
        with making.open("wb") as held:
            # The system lets go of it when the process ends, however that is.
            fcntl.flock(held, fcntl.LOCK_EX)
            making.rename(folder / _LOCK)  # only now can others take the folder for one that nobody holds
            yield folder


def remove_leftovers(data_dir: Path) -> None:
    """Removes the folders of processes that are gone; those that others work in stay."""
    for lock in data_dir.glob(f"{_PREFIX}*/{_LOCK}"):
        with contextlib.suppress(OSError), lock.open("r+b") as left:
            fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)  # raises where somebody holds it
            shutil.rmtree(lock.parent)
