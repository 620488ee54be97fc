"""The embedded language model: llama.cpp's own server inside this process, on a loopback port of its choosing."""

from __future__ import annotations

import secrets
from pathlib import Path

import xllamacpp

from server.errors import ChatModelError

_QUIET = -1


class LlamaServer:
    """Serves one GGUF file with an OpenAI-compatible address until the process ends."""

    def __init__(self, gguf: Path, *, threads: int, context: int, slots: int = 2) -> None:
        """Blocks while the model loads (seconds). Raises ChatModelError."""
        # Other programs and pages on this machine can reach the port, so it asks for a key.
        self.key = secrets.token_urlsafe(24)
        params = xllamacpp.CommonParams()
        params.model.path = str(gguf)
        params.hostnames = ["127.0.0.1"]
        params.port = 0
        params.api_keys = [self.key]
        # A slot of context for each of two interviews at a time; further requests queue.
        params.n_parallel = slots
        params.n_ctx = context * slots
        params.cpuparams.n_threads = threads
        params.cpuparams_batch.n_threads = threads
        # Small batches let a recogniser that shares the two cores have its turn.
        params.n_batch = 256
        params.n_ubatch = 256
        params.cache_prompt = True
        params.ui = False
        params.verbosity = _QUIET
        try:
            self._server = xllamacpp.Server(params)
        except (RuntimeError, ValueError) as error:
            raise ChatModelError(f"the embedded language model {gguf} did not load: {error}") from error

    @property
    def url(self) -> str:
        return f"{self._server.listening_address}/v1"
