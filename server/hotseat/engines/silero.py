"""Speech probability from Silero VAD, whose ONNX file ships inside faster-whisper."""

from __future__ import annotations

from functools import cache

import numpy as np
import onnxruntime
from faster_whisper.utils import get_assets_path

from hotseat.engines.onnx_session import open_session
from hotseat.speech.audio import Samples

WINDOW = 512
"""Samples the model takes at a time: 32 ms."""
_CONTEXT = 64
"""Samples of the previous window that the model needs before each window."""
_STATE = (1, 1, 128)


@cache
def _session() -> onnxruntime.InferenceSession:
    return open_session(f"{get_assets_path()}/silero_vad_v6.onnx")


class SileroActivity:
    """Implements ``VoiceActivity``. One window takes about 0.2 ms; the first instance loads the model."""

    def __init__(self) -> None:
        self._session = _session()
        self._h = np.zeros(_STATE, dtype=np.float32)
        self._c = np.zeros(_STATE, dtype=np.float32)
        self._context = np.zeros(_CONTEXT, dtype=np.float32)
        self._rest = np.zeros(0, dtype=np.float32)

    def feed(self, samples: Samples) -> list[float]:
        """One probability per window completed by these samples; any rest waits for the next call."""
        waiting = np.concatenate((self._rest, samples))
        whole = len(waiting) - len(waiting) % WINDOW
        self._rest = waiting[whole:]
        return [self._window(waiting[at : at + WINDOW]) for at in range(0, whole, WINDOW)]

    def _window(self, window: Samples) -> float:
        data = np.concatenate((self._context, window))[np.newaxis]
        probability, self._h, self._c = self._session.run(None, {"input": data, "h": self._h, "c": self._c})
        self._context = window[-_CONTEXT:]
        return float(probability.item())
