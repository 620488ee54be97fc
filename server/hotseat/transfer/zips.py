"""Reads untrusted ZIP files: with limits on sizes, names only looked up, and nothing unpacked to a path."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from hotseat.errors import InputError

_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
"""What zipfile raises for damaged, encrypted or exotic files."""


@contextmanager
def readable(what: str) -> Iterator[None]:
    """Turns whatever reading a ZIP raises into InputError."""
    try:
        yield
    except _UNREADABLE as error:
        raise InputError(f"{what} is damaged or not a ZIP file that can be read: {error}") from None


class _Guarded:
    """A file that refuses to be read in large pieces: zipfile reads the whole table of contents at once.

    So the table's real size is limited, whatever the file says it is.
    """

    def __init__(self, file: IO[bytes], most: int) -> None:
        self.most: int | None = most
        """Most bytes of one read; None for no limit."""
        self.seek, self.tell, self.seekable, self.flush = file.seek, file.tell, file.seekable, file.flush
        self._file = file

    def read(self, size: int = -1) -> bytes:
        """Raises ValueError."""
        if self.most is None:
            return self._file.read(size)
        data = self._file.read(size if 0 <= size <= self.most else self.most + 1)
        if len(data) > self.most:
            raise ValueError(f"its table of contents is larger than {self.most} bytes")
        return data


class ZipSource:
    """An open ZIP file that is read with limits."""

    def __init__(self, file: IO[bytes], most_contents: int = 64 << 20) -> None:
        """``most_contents``: most bytes of the table of contents; in memory it takes ten times as much. Raises InputError."""
        guarded = _Guarded(file, most_contents)
        with readable("the file"):
            self._zip = zipfile.ZipFile(guarded)
        guarded.most = None
        self.names = frozenset(self._zip.namelist())

    def size(self, name: str) -> int:
        """Bytes of an entry. Raises InputError if it is missing."""
        if name not in self.names:
            raise InputError(f"{name} is missing")
        # An entry can't be longer than it says it is: zipfile stops there.
        return self._zip.getinfo(name).file_size

    def read(self, name: str, limit: int, sha256: str | None = None) -> bytes:
        """The whole entry. Raises InputError if it is missing, damaged, longer than ``limit`` bytes, or not of this hash."""
        if self.size(name) > limit:
            raise InputError(f"{name} is larger than {limit} bytes")
        with readable(name):
            data = self._zip.read(name)
        if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
            raise InputError(f"{name} is damaged: its SHA-256 is not the recorded one")
        return data

    def sha256(self, name: str) -> str:
        """SHA-256, in hex, of an entry of any size. Raises InputError."""
        with readable(name), self._zip.open(name) as source:
            return hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]

    def copy(self, name: str, path: Path) -> None:
        """Copies an entry of any size to a file. Raises InputError."""
        with path.open("wb") as target, readable(name), self._zip.open(name) as source:
            shutil.copyfileobj(source, target)
