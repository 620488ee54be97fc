"""The ``hotseat`` program as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import PROJECT


def hotseat(*arguments: str, stdin: bytes = b"", cwd: Path = PROJECT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the program to its end in a folder, with the given HOTSEAT_* variables."""
    done = subprocess.run(
        [sys.executable, "-m", "hotseat", *arguments],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": f"{PROJECT / 'server'}{os.pathsep}{PROJECT}", **environment},
        timeout=200,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())
