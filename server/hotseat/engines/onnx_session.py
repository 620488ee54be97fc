"""Opens ONNX sessions that use one thread and keep no memory between runs."""

from __future__ import annotations

from pathlib import Path

import onnxruntime


def open_session(model: str | Path) -> onnxruntime.InferenceSession:
    """A session on the CPU. For a bad file it raises onnxruntime's exceptions, which have no common base."""
    options = onnxruntime.SessionOptions()
    # Left alone, the pool is sized to the host and spins while idle, on cores the recogniser needs.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # An arena never shrinks: after forty sentences the voice would hold some 220 MB more (docs/benchmarks.md).
    options.enable_cpu_mem_arena = False
    # Memory planned for each length of input fragments: the voice took up to 800 MB with it, and takes 480 MB without.
    options.enable_mem_pattern = False
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(model), sess_options=options, providers=["CPUExecutionProvider"])
