"""Memory that was freed: kept where the next may use it, and given back to the system when nobody does."""

from __future__ import annotations

import contextlib
import ctypes
import os

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""From malloc.h."""
_HEAPS = 2
_MB = 1 << 20


def share() -> None:
    """Lets threads use each other's freed memory. To be called before there are any, or ctranslate2 is imported.

    By default every thread has a heap of its own, and the recogniser's matrix library keeps what it freed beside them, for good
    (docs/benchmarks.md). Memory from the two heaps is kept between runs until it is given back: fetched anew for every
    matrix it would make captions slower by a quarter.
    """
    os.environ.setdefault("MKL_DISABLE_FAST_MM", "1")
    with contextlib.suppress(OSError, AttributeError):  # another C library than glibc
        tell = ctypes.CDLL(None).mallopt
        tell(_ARENA_MAX, _HEAPS)
        tell(_MMAP_THRESHOLD, 32 * _MB)
        tell(_TRIM_THRESHOLD, 128 * _MB)


def give_back() -> None:
    """The C library would keep it for itself: some 90 MB after loading models, and a little of each interview."""
    with contextlib.suppress(OSError, AttributeError):  # another C library than glibc
        ctypes.CDLL(None).malloc_trim(0)
