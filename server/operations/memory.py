"""What an interview leaves behind in memory."""

from __future__ import annotations

import contextlib
import ctypes


def give_back() -> None:
    """Returns freed memory to the system. The C library would keep it for itself, in pieces that grow in number for hours."""
    with contextlib.suppress(OSError, AttributeError):  # another C library than glibc
        ctypes.CDLL(None).malloc_trim(0)
