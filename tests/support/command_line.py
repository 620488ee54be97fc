"""Runs the ``hotseat`` program like a user does."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest
from hotseat.cli.main import main

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


def hotseat_here(*arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[str]:
    """The same in this process, which need not import everything again."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    code = 0
    with pytest.MonkeyPatch.context() as patch:
        for lasting in ("hotseat.cli.main.limit_native_memory", "hotseat.telemetry.logs.set_up"):  # change the process for good
            patch.setattr(lasting, lambda *_: None)
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["hotseat", *arguments])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        try:
            main()
        except SystemExit as ended:
            code = cast(int, ended.code)
    stdout, stderr = (cast(io.BytesIO, stream.detach()).getvalue().decode() for stream in (out, err))
    return subprocess.CompletedProcess(arguments, code, stdout, stderr)
