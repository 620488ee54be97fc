"""Memory that was freed, given back to the system."""

from __future__ import annotations

import contextlib
import ctypes


def give_back() -> None:
    """The C library would keep it for itself: some 90 MB after loading models, and a little of each interview."""
    with contextlib.suppress(OSError, AttributeError):  # another C library than glibc
        ctypes.CDLL(None).malloc_trim(0)
