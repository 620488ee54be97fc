"""Opens ONNX sessions that use one thread and keep no memory between runs."""

from __future__ import annotations

from pathlib import Path

import onnxruntime


def open_session(model: str | Path) -> onnxruntime.InferenceSession:
    """Raises whatever onnxruntime does for a file that is no model."""
    options = onnxruntime.SessionOptions()
    # Left alone, the pool is sized to the host and spins while idle, on cores the recogniser needs.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # An arena never shrinks: after forty sentences the voice would hold some 220 MB more (docs/benchmarks.md).
    options.enable_cpu_mem_arena = False
    # One block planned for each length of input leaves holes behind it: the voice took up to 800 MB where it now takes 480.
    options.enable_mem_pattern = False
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(model), sess_options=options, providers=["CPUExecutionProvider"])
