"""How audio is held: mono, 16 kHz."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
"""Samples per second of every microphone and recogniser array."""


FRAME_SAMPLES = 640
"""Samples of one microphone frame: 40 ms."""


Samples = NDArray[np.float32]
"""Mono audio, shape (n,), values -1 to 1, 16 kHz."""
