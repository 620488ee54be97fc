"""Memory that was freed: shared between threads, and given back to the system."""

from __future__ import annotations

import contextlib
import ctypes

_M_ARENA_MAX = -8
"""From malloc.h."""
_HEAPS = 2


def share() -> None:
    """By default every thread keeps what it freed in a heap of its own: some 100 MB. To be called before there are any."""
    with contextlib.suppress(OSError, AttributeError):  # another C library than glibc
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _HEAPS)


def give_back() -> None:
    """The C library would keep it for itself: some 90 MB after loading models, and a little of each interview."""
    with contextlib.suppress(OSError, AttributeError):  # another C library than glibc
        ctypes.CDLL(None).malloc_trim(0)
