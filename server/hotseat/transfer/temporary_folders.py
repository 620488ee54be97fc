"""Temporary folders for copies of the database; those that killed processes left are removed later."""

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
def temporary_folder(data_dir: Path) -> Iterator[Path]:
    """A new folder in the data directory, removed at the end; first removes leftovers. Raises OSError."""
    remove_leftovers(data_dir)
    with tempfile.TemporaryDirectory(dir=data_dir, prefix=_PREFIX) as name:
        folder = Path(name)
        making = folder / "making"
        with making.open("wb") as held:
            # The system frees the lock when the process ends, however it does.
            fcntl.flock(held, fcntl.LOCK_EX)
            making.rename(folder / _LOCK)  # without this name, others ignore the folder
            yield folder


def remove_leftovers(data_dir: Path) -> None:
    """Removes the folders of processes that are gone, but not those in use."""
    for lock in data_dir.glob(f"{_PREFIX}*/{_LOCK}"):
        with contextlib.suppress(OSError), lock.open("r+b") as left:
            fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)  # raises if it is in use
            shutil.rmtree(lock.parent)
