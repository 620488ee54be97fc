"""End-of-turn detection on the packaged voice."""

from __future__ import annotations

import numpy as np
import pytest
from hotseat.engines.smart_turn import SmartTurn
from hotseat.speech.audio import SAMPLE_RATE

from tests.audio.speech import say

SILENCE = np.zeros(round(0.6 * SAMPLE_RATE), np.float32)


@pytest.fixture(scope="module")
def model() -> SmartTurn:
    return SmartTurn()


@pytest.mark.parametrize(
    ("text", "complete"), [("It freezes the base model and learns two small matrices.", True), ("Then I would use, um,", False)]
)
def test_a_whole_sentence_is_complete_and_a_hesitation_is_not(model: SmartTurn, text: str, complete: bool) -> None:
    """A falling voice ends something; a filler holds the floor."""
    said = np.trim_zeros(say(text), "b")
    assert (model.finished(np.concatenate((said, SILENCE))) > 0.7) is complete


@pytest.mark.parametrize("seconds", [0.1, 3.0, 30.0])
def test_any_length_is_taken(model: SmartTurn, seconds: float) -> None:
    """A fraction of a second or half a minute, even of silence."""
    assert 0 <= model.finished(np.zeros(round(seconds * SAMPLE_RATE), np.float32)) <= 1
