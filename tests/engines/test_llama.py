"""The language model's own process."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hotseat.engines import llama
from hotseat.errors import ChatModelError


def ignores_ctrl_c(pid: int) -> bool:
    """By the kernel's word, once the process has said so."""
    ignored = re.search(r"^SigIgn:\s*([0-9a-f]+)$", Path(f"/proc/{pid}/status").read_text(), re.M)
    assert ignored is not None
    return bool(int(ignored[1], 16) >> (signal.SIGINT - 1) & 1)


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux's /proc")
def test_ctrl_c_is_left_to_the_parent() -> None:
    """It reaches every process of a terminal; a child that dies of it while it loads would keep the server waiting."""
    command = [sys.executable, "-m", "hotseat.engines.llama"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None and child.stdout is not None
        until = time.monotonic() + 60
        while not ignores_ctrl_c(child.pid):
            assert child.poll() is None and time.monotonic() < until
            time.sleep(0.02)
        child.send_signal(signal.SIGINT)
        wanted = {"gguf": "/not/there.gguf", "key": "k", "slots": 1, "context": 512, "threads": 1}
        child.stdin.write(json.dumps(wanted) + "\n")
        child.stdin.flush()
        assert "error" in json.loads(child.stdout.readline())
        child.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux's /proc")
@pytest.mark.parametrize("stopped", [False, True])
def test_the_child_ends_with_its_parent(stopped: bool) -> None:
    """Even when that is killed, and the child can't notice: nothing else would ever free its gigabyte."""
    start = "import subprocess, sys, time; from hotseat.engines import llama"
    start += "; print(subprocess.Popen([sys.executable, '-m', llama.__name__], stdin=subprocess.PIPE).pid, flush=True)"
    command = [sys.executable, "-c", f"{start}; time.sleep(600)"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        child = Path(f"/proc/{pid}/stat")
        until = time.monotonic() + 60
        while not ignores_ctrl_c(pid):
            assert time.monotonic() < until
            time.sleep(0.02)
        if stopped:
            os.kill(pid, signal.SIGSTOP)
        parent.kill()
    until = time.monotonic() + 60
    while child.exists() and " Z " not in child.read_text():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_child_that_hangs_while_it_loads_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise nothing would ever replace it: whoever starts it waits for its first line."""
    monkeypatch.setattr(llama, "START_S", 0.5)
    hangs = (sys.executable, "-c", "import time; time.sleep(250)")
    with pytest.raises(ChatModelError, match="took longer than"):
        llama.LlamaServer(Path("none"), threads=1, context=512, command=hangs)
