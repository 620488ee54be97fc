"""Runs a command in a network namespace with a loopback interface only, so that it reaches no other machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

_WITH_LOOPBACK = """
import fcntl, os, socket, struct, sys
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", IFF_UP))
os.execvp(sys.argv[1], sys.argv[1:])
"""


def offline(*command: str) -> list[str]:
    """The command that runs a command there. Skips the test where namespaces are not allowed."""
    as_root = [] if os.getuid() == 0 else ["--map-root-user"]
    if shutil.which("unshare") is None:
        pytest.skip("needs unshare, from util-linux")
    tried = subprocess.run(["unshare", "--net", *as_root, "true"], capture_output=True, text=True)
    if tried.returncode:
        pytest.skip(f"this system allows no network namespaces: {tried.stderr.strip()}")
    return ["unshare", "--net", *as_root, sys.executable, "-c", _WITH_LOOPBACK, *command]
