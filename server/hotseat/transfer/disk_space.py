"""Limits on the disk space of imports and exports, so that running interviews have enough."""

from __future__ import annotations

import errno
import io
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hotseat.errors import NoRoomError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

KEPT_FREE_BYTES = 500_000_000
"""Disk space kept free for running interviews."""
UNCHECKED_BYTES = 1 << 20
"""Bytes that may be written between two checks of the free space."""
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def free_bytes(data_dir: Path) -> int:
    """Bytes that may be used; negative if less than ``KEPT_FREE_BYTES`` is free."""
    return shutil.disk_usage(data_dir).free - KEPT_FREE_BYTES


def check_room(data_dir: Path, wanted: int) -> None:
    """Raises NoRoomError if a file of so many bytes would not fit."""
    room = max(free_bytes(data_dir), UNCHECKED_BYTES)
    if wanted > room:
        raise NoRoomError(f"this takes {wanted / 1e6:.0f} MB of disk, and the server has room for {room / 1e6:.0f} MB")


class TemporaryFile(io.BufferedRandom):
    """A file without a name, of which nothing is left even if the process is killed."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(tempfile.TemporaryFile(dir=data_dir, buffering=0))  # noqa: SIM115 - this closes it
        self._data_dir = data_dir
        self._unchecked = 0

    def write(self, data: Buffer) -> int:
        """Raises NoRoomError if that would leave too little free disk space."""
        size = memoryview(data).nbytes
        self._unchecked += size
        if self._unchecked > UNCHECKED_BYTES:
            self._unchecked = 0
            if free_bytes(self._data_dir) < size:
                raise NoRoomError("the server's disk has too little room left for this")
        try:
            return super().write(data)
        except OSError as error:
            if error.errno in _FULL:
                raise NoRoomError("the server's disk is full") from None
            raise
