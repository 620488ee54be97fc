"""Benchmarks. The docstring of each module has its command; docs/benchmarks.md has the results."""

from pathlib import Path

KEPT = Path.home() / ".cache" / "hotseat-bench"
"""Models, audio and what was heard, made once."""
