"""Measurements; each module's docstring has its command."""

from pathlib import Path

KEPT = Path.home() / ".cache" / "hotseat-bench"
"""Models, audio and what was heard, made once."""
