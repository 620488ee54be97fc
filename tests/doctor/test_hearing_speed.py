"""Which recogniser the doctor recommends."""

from __future__ import annotations

import os

import pytest
from hotseat.doctor.hearing_speed import measure, verdict
from hotseat.speech.models import SpeechModels
from hotseat.speech.synthesis import PreparedVoice

from tests.support.fakes import FakeSpeaker, FakeTranscriber


@pytest.mark.parametrize(
    ("seconds", "free_mb", "ok", "said"),
    [
        (2.5, 8000, False, "take 2.50 s"),
        (1.0, 8000, True, "nothing better"),
        (0.5, 8000, True, "small.en would take about 1.9 s"),
        (0.5, 400, True, "distil-small.en"),
        (0.05, 8000, True, "large-v3-turbo"),
    ],
)
def test_the_best_that_keeps_up_is_named(seconds: float, free_mb: int, ok: bool, said: str) -> None:
    """By the time of one pass and by memory; a machine too slow for Whisper base is told so."""
    check = verdict(seconds, free_mb)
    assert check.ok is ok and said in check.detail


async def test_what_is_loaded_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """The voice speaks, the recogniser hears it, also where the system doesn't know what memory is free (macOS); without a
    voice, or with a remote recogniser, nothing is measured."""
    monkeypatch.delitem(os.sysconf_names, "SC_AVPHYS_PAGES", raising=False)
    voice = PreparedVoice(FakeSpeaker())
    assert "8 s of speech take" in (await measure(SpeechModels(transcriber=FakeTranscriber(), voice=voice))).detail
    assert "not measured" in (await measure(SpeechModels(transcriber=FakeTranscriber()))).detail
    assert "not measured" in (await measure(SpeechModels(transcriber=FakeTranscriber(), is_remote=True, voice=voice))).detail
