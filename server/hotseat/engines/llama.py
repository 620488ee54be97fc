"""The embedded language model: llama.cpp's server in a child process, on a free loopback port.

In a child, because loading the model holds Python's global interpreter lock for seconds, and a crash in native code must not
end interviews (docs/decisions/0006-embedded-llm-in-a-child-process.md).
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from hotseat.engines.weights import LLM_MISSING
from hotseat.errors import ChatModelError

_QUIET = -1
_SLOTS = 2
"""Requests served at once, each with its own context; others queue."""
_PR_SET_PDEATHSIG = 1
_NICENESS = 10
"""Recognition of live speech comes first on shared cores."""
START_S = 600.0
"""A child that takes longer to load the model is killed; on a busy machine a gigabyte takes minutes."""

_COMMAND = (sys.executable, "-m", "hotseat.engines.llama")


class LlamaServer:
    """Serves one GGUF file at ``url``, an OpenAI-compatible address, until closed."""

    def __init__(self, gguf: Path, *, threads: int, context: int, command: Sequence[str] = _COMMAND) -> None:
        """Blocks while the model loads (seconds). Raises ChatModelError."""
        # Other programs and pages on this machine can reach the port, so it asks for a key.
        self.key = secrets.token_urlsafe(24)
        wanted = {"gguf": str(gguf), "threads": threads, "context": context, "key": self.key}
        self._process = subprocess.Popen(  # noqa: S603 - this Python, or a test's stand-in
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        late = threading.Timer(START_S, self._process.kill)
        late.daemon = True
        late.start()
        try:
            self._process.stdin.write(json.dumps(wanted).encode() + b"\n")
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline() or b"{}")
        except (OSError, ValueError) as error:
            self.close()
            raise ChatModelError(f"the embedded language model did not start: {error}") from error
        finally:
            late.cancel()
        if "url" not in answer:
            self.close()
            why = answer.get("error", f"it crashed, or took longer than {START_S:.0f} s")
            raise ChatModelError(f"the embedded language model {gguf} did not load: {why}")
        self.url: str = answer["url"]

    @property
    def pid(self) -> int:
        return self._process.pid

    def ended(self) -> str | None:
        """How the child ended, in words; None while it runs."""
        code = self._process.poll()
        if code is None:
            return None
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def close(self) -> None:
        """Ends the child."""
        with contextlib.suppress(BrokenPipeError), self._process:  # it may have died before it read its input
            self._process.kill()


def _child() -> None:
    """Loads and serves what the first line of standard input names, until the parent closes it or is gone."""
    os.nice(_NICENESS)
    if sys.platform == "linux":
        # A child that is stopped, or whose threads hang, would not notice that its input is closed. For Linux the parent is the
        # thread that started it: here one of the event loop's executor, which lasts as long as the loop.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # Ctrl+C reaches every process of the terminal; this one ends when its parent does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    wanted = json.loads(sys.stdin.readline())
    try:
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = wanted["gguf"]
        params.hostnames = ["127.0.0.1"]
        params.port = 0
        params.api_keys = [wanted["key"]]
        params.n_parallel = _SLOTS
        params.n_ctx = wanted["context"] * _SLOTS
        params.cpuparams.n_threads = wanted["threads"]
        params.cpuparams_batch.n_threads = wanted["threads"]
        # Small batches let a recogniser that shares the two cores have its turn.
        params.n_batch = 256
        params.n_ubatch = 256
        params.cache_prompt = True
        # Slots keep their prefixes; a store of old prompts beside them would grow to gigabytes.
        params.cache_ram_mib = 0
        # The weights are rearranged for the processor when loaded; mapping the file as well would hold them twice.
        params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE
        params.ui = False
        params.verbosity = _QUIET
        server = xllamacpp.Server(params)
        answer = {"url": f"{server.listening_address}/v1"}
    except ModuleNotFoundError:
        answer = {"error": f"the package xllamacpp is not installed. {LLM_MISSING}"}
    except (ImportError, RuntimeError, ValueError) as error:
        answer = {"error": str(error)}
    print(json.dumps(answer), flush=True)  # noqa: T201
    sys.stdin.read()
    # Its worker threads would keep the interpreter alive.
    os._exit(0)


if __name__ == "__main__":
    _child()
