"""The language model's own process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

from server.adapters.llama import _NICENESS


def test_ctrl_c_is_left_to_the_parent() -> None:
    """It reaches every process of a terminal; a child that dies of it while it loads would keep the server waiting."""
    command = [sys.executable, "-m", "server.adapters.llama"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdin is not None and child.stdout is not None
    began = os.getpriority(os.PRIO_PROCESS, 0)
    while os.getpriority(os.PRIO_PROCESS, child.pid) != began + _NICENESS:
        assert child.poll() is None
        time.sleep(0.01)
    time.sleep(0.2)
    child.send_signal(signal.SIGINT)
    wanted = {"gguf": "/not/there.gguf", "key": "k", "slots": 1, "context": 512, "threads": 1}
    child.stdin.write(json.dumps(wanted) + "\n")
    child.stdin.flush()
    assert "error" in json.loads(child.stdout.readline())
    child.kill()
    child.wait()
