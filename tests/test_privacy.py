"""An interview needs no network, and opens no socket to another machine."""

from __future__ import annotations

import ipaddress
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.audio.speech import say, write
from tests.conftest import PROJECT, ServerProcess, share_models
from tests.support.command_line import hotseat
from tests.support.without_network import offline

LORA = "finetuning/lora"
SPOKEN = "It freezes the base model and learns the update as a product of two low rank matrices."
ABROAD = "192.0.2.1"
"""An address that is reserved for documentation and nobody's."""
SEND_ABROAD = f"import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('{ABROAD}', 9))"
_CALLS = "connect,bind,sendto,sendmsg,sendmmsg"
_ADDRESS = re.compile(r'(?:inet_addr\(|inet_pton\(AF_INET6, )"([^"]+)"')


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spoken") / "answer.wav"
    write(path, say(SPOKEN))
    return path


def assert_complete(report: dict[str, Any]) -> None:
    """The answer was heard, followed up by voice, and graded."""
    first, second = report["turns"]
    assert "freezes the base model" in first["text"]
    assert second["follow_up"] and first["latencies"]["reply_audio_s"] > 0
    [entry] = report["rounds"]
    assert report["finished"] and entry["grade"]["verdict"] and not report["notices"]


# ---- Without a network ----------------------------------------------------------------------------------------------


def test_the_namespace_has_no_route() -> None:
    """In the namespace of the next test nothing can be sent to another machine: there is loopback, and no route."""
    abroad = subprocess.run(offline(sys.executable, "-c", SEND_ABROAD), capture_output=True, text=True)
    assert abroad.returncode == 1 and "Network is unreachable" in abroad.stderr
    routes = subprocess.run(offline("cat", "/proc/net/route", "/proc/net/dev"), capture_output=True, text=True, check=True)
    assert re.findall(r"^\s*(\w+):", routes.stdout, re.MULTILINE) == ["lo"] and "\n0" not in routes.stdout


def test_an_interview_without_any_network(spoken: Path, tmp_path: Path) -> None:
    """Server, embedded models and candidate need nothing beyond the machine they are on."""
    share_models(tmp_path)
    rehearsal = [sys.executable, "-m", "hotseat", "rehearse", "--json", "--question", LORA, "--audio", str(spoken)]
    environment = {**os.environ, "HOTSEAT_DATA_DIR": str(tmp_path)}
    done = subprocess.run(offline(*rehearsal), capture_output=True, text=True, cwd=PROJECT, env=environment, timeout=200)
    assert done.returncode == 0, done.stderr
    assert_complete(json.loads(done.stdout))


# ---- With one, watched ----------------------------------------------------------------------------------------------


def recorded(record: Path) -> list[str]:
    """The command in front of a command that writes its calls with addresses, and those of its children, to a file."""
    if shutil.which("strace") is None:
        pytest.skip("needs strace: apt-get install strace")
    tried = subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], capture_output=True, text=True)
    if tried.returncode:
        pytest.skip(f"this system allows no tracing: {tried.stderr.strip()}")
    # With -D the command itself is our child, so that what stops a server stops it and not its tracer.
    return ["strace", "-D", "-f", "--seccomp-bpf", "-qq", "-e", f"trace={_CALLS}", "-o", str(record)]


def addresses(record: Path) -> list[str]:
    """Every internet address that was connected to, sent to or listened on."""
    return _ADDRESS.findall(record.read_text(encoding="ascii"))


def is_local(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        (SEND_ABROAD, ABROAD),
        (f"import socket; socket.create_connection(('{ABROAD}', 9))", ABROAD),
        ("import socket; socket.create_connection(('2001:db8::1', 9))", "2001:db8::1"),
        (f"import os, sys; os.fork() or os.execv(sys.executable, [sys.executable, '-c', {SEND_ABROAD!r}]); os.wait()", ABROAD),
        ("import socket; socket.create_server(('0.0.0.0', 0))", "0.0.0.0"),
    ],
)
def test_the_recorder_sees_what_leaves(code: str, seen: str, tmp_path: Path) -> None:
    """A datagram, a connection, one over IPv6, one of a child process, and a port open to all are recorded."""
    record = tmp_path / "record"
    subprocess.run(offline(*recorded(record), sys.executable, "-c", code), capture_output=True)
    assert [address for address in addresses(record) if not is_local(address)] == [seen]


def test_no_socket_leaves_this_machine(spoken: Path, tmp_path: Path, start_server: Callable[..., ServerProcess]) -> None:
    """From the first instruction of the server to its end every address is loopback."""
    record = tmp_path / "record"
    server = start_server(before=recorded(record)).wait_until_ready()
    done = hotseat("rehearse", "--json", "--url", server.url, "--question", LORA, "--audio", str(spoken))
    server.stop()
    assert done.returncode == 0, done.stderr
    assert_complete(json.loads(done.stdout))
    seen = addresses(record)
    assert [address for address in seen if not is_local(address)] == []
    calls = record.read_text(encoding="ascii")
    assert re.search(r"^\d+ +bind\(", calls, re.MULTILINE), "the server was watched"
