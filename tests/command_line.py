"""The ``hotseat`` program as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.conftest import PROJECT


def hotseat(
    *arguments: str, stdin: bytes = b"", timeout_s: float = 120, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs the program to its end, with the given HOTSEAT_* variables."""
    done = subprocess.run(
        [sys.executable, "-m", "server", *arguments],
        input=stdin,
        capture_output=True,
        cwd=PROJECT,
        env={**os.environ, **environment},
        timeout=timeout_s,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())
