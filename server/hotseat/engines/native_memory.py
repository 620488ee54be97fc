"""Memory settings of malloc, MKL, oneDNN and OpenBLAS."""

from __future__ import annotations

import contextlib
import ctypes
import os

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Parameters of mallopt, as malloc.h numbers them."""
_HEAPS = 2
_MB = 1 << 20
_LIBRARIES = {
    "MKL_DISABLE_FAST_MM": "1",  # the recogniser's matrix library would keep what it freed, for good
    "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "0",  # and 1 MB for every length of speech it met, up to 1024 of them
    "OPENBLAS_NUM_THREADS": "1",  # numpy's would spin for 50 ms after each product, on a core the recogniser needs
}
"""Environment variables, read when the libraries are loaded; what each costs is in docs/decisions/0021."""


def limit_native_memory() -> None:
    """Must be called before numpy or ctranslate2 is imported and before there are threads.

    Limits malloc to two heaps, in place of one for each thread. Freed memory stays in them until ``release_free_memory``:
    returning it to the kernel after every matrix would make captions a quarter slower.
    """
    for name, value in _LIBRARIES.items():
        os.environ.setdefault(name, value)
    with contextlib.suppress(OSError, AttributeError):  # another C library than glibc
        tell = ctypes.CDLL(None).mallopt
        tell(_ARENA_MAX, _HEAPS)
        tell(_MMAP_THRESHOLD, 32 * _MB)
        tell(_TRIM_THRESHOLD, 128 * _MB)


def release_free_memory() -> None:
    """Returns freed memory to the kernel: some 90 MB after loading models, and a little after each interview."""
    with contextlib.suppress(OSError, AttributeError):  # another C library than glibc
        ctypes.CDLL(None).malloc_trim(0)
