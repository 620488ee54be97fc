"""Audio on disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hotseat.storage.archive import LocalArchive


def test_audio_is_stored_where_the_system_has_no_fdatasync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on macOS."""
    monkeypatch.delattr(os, "fdatasync", raising=False)
    archive, second = LocalArchive(tmp_path), bytes(range(250)) * 128
    recording = archive.create("one", 1, 0)
    recording.append(second)
    recording.close()
    assert archive.read("one", 1) == second
