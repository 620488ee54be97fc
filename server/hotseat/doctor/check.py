"""The result of one check."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    ok: bool
    detail: str
    """What was found."""
    mend: str = ""
    """What to do about it; also advice where nothing is wrong yet."""
