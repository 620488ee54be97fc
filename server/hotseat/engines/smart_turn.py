"""End-of-turn detection by sound: smart-turn v3.2 by Daily (BSD-2-Clause), packaged here.

Its input are Whisper's features, which faster-whisper computes with numpy.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from faster_whisper.feature_extractor import FeatureExtractor

from hotseat.engines.onnx_session import open_session
from hotseat.speech.audio import SAMPLE_RATE, Samples
from hotseat.speech.recognition import JUDGED_S

_WEIGHTS = Path(__file__).with_name("smart_turn.onnx")


class SmartTurn:
    """Implements ``TurnModel``. Loading takes some 50 ms, and so does a call. Thread-safe."""

    def __init__(self) -> None:
        self._session = open_session(_WEIGHTS)
        self._features = FeatureExtractor(chunk_length=JUDGED_S)

    def finished(self, samples: Samples) -> float:
        """Probability, 0 to 1, that the speaker has finished after these samples."""
        heard = np.zeros(JUDGED_S * SAMPLE_RATE, np.float32)
        last = samples[-len(heard) :]
        heard[len(heard) - len(last) :] = last
        heard = (heard - heard.mean()) / np.sqrt(heard.var() + 1e-7)
        features = self._features(heard, padding=0)[np.newaxis].astype(np.float32)
        (probability,) = self._session.run(None, {"input_features": features})
        return float(probability.item())
