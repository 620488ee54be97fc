"""Memory that the C library keeps after it was freed, given back to the system."""

from __future__ import annotations

import ctypes


def give_back() -> None:
    """Loading models leaves some 90 MB of it, and each interview a little. Does nothing where there is no glibc."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
