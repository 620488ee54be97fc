"""A rehearsal's recording has both voices where they were heard."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hotseat.rehearsal.recording import Recording
from hotseat.speech.audio import SAMPLE_RATE, pcm_of

SECOND = np.full(SAMPLE_RATE, 0.25, np.float32)


def test_sentences_follow_each_other_and_the_candidate_speaks_when_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that come at once are heard one after the other; what is written down of the answer replaces nothing else."""
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    recording = Recording()
    for text in ("Hello.", "Why?"):
        recording.played(text, pcm_of(SECOND), SAMPLE_RATE)
    assert recording.free_at == pytest.approx(102.0, abs=0.01)
    now = 104.0
    recording.spoken(SECOND)
    recording.heard("because")
    assert recording.lines == [(False, "Hello."), (False, "Why?"), (True, "because")]
    mixed = np.frombuffer(recording.mixed(), "<i2")
    loud = [bool(abs(mixed[round(at * SAMPLE_RATE)]) > 1000) for at in (0.5, 1.5, 3.0, 4.5)]
    assert loud == [True, True, False, True] and len(mixed) == pytest.approx(5 * SAMPLE_RATE, abs=200)
