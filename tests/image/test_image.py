"""The image is built and run. Slow: only with HOTSEAT_TEST_IMAGE=1, as root, where buildah is installed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.audio.speech import say, write
from tests.image.__main__ import FULL, SLIM, SPOKEN
from tests.image.building import build, inspected, make_base
from tests.image.sitting import sit_in

pytestmark = [
    pytest.mark.skipif(os.environ.get("HOTSEAT_TEST_IMAGE") != "1", reason="slow: set HOTSEAT_TEST_IMAGE=1"),
    pytest.mark.skipif(os.getuid() != 0, reason="needs root"),
    pytest.mark.skipif(shutil.which("buildah") is None, reason="needs buildah: apt-get install buildah debootstrap"),
    pytest.mark.timeout(3600),
]


@pytest.fixture(scope="module", autouse=True)
def _base() -> None:
    make_base()


def test_the_slim_image_is_slim() -> None:
    """Without weights it has at most 700 MB, and everything but the models is in it."""
    build(SLIM, "slim")
    slim = inspected(SLIM)
    assert slim["bytes"] <= 700e6
    assert slim["config"]["User"] == "hotseat" and "Healthcheck" in slim["config"]


def test_an_interview_in_the_image(tmp_path: Path) -> None:
    """With a read-only root, no capabilities and no network it is ready within 20 s, and a spoken interview is completed."""
    build(FULL)
    write(tmp_path / "spoken.wav", say(SPOKEN))
    found = sit_in(FULL, tmp_path / "data", tmp_path / "spoken.wav")
    assert found["ready_s"] <= 20
    assert (found["user"], int(found["capabilities"], 16)) == ("10001", 0)
    assert "Read-only file system" in found["write_to_root"] and "Network is unreachable" in found["send_abroad"]
    assert set(found["parts"].values()) == {"ready"}, found["parts"]
    assert found["healthy"] and "/?token=" in found["started_with"]
    first, second = found["interview"]["turns"]
    assert "freezes the base model" in first["text"] and second["follow_up"]
    assert found["interview"]["finished"] and found["interview"]["rounds"][0]["grade"]["verdict"]
    assert found["stopped_with"] == 0
    assert {"audio", "hotseat.db", "token"} <= set(found["data"]) and "models" not in found["data"]
