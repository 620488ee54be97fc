"""Picks attributes of a value for JSON."""

from __future__ import annotations

from typing import Any


def attributes(value: object, *names: str) -> dict[str, Any]:
    """These attributes of a value, by name."""
    return {name: getattr(value, name) for name in names}
