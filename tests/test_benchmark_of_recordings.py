"""Volunteers are recorded with a microphone and their consent, and the recordings can be loaded."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hotseat.questions.content import load_bank
from hotseat.settings import PROJECT

from benchmarks import record
from benchmarks.voices import recorded_readings
from tests.audio import speech

SPEECH = speech.read(Path(speech.__file__).parent / "human" / "austen-0880.flac")
RECORDER = """#!/bin/sh
trap 'exit 1' TERM
for file; do :; done
cp '{folder}/speech.wav' "$file"
touch '{folder}/recording'
while :; do sleep 0.05; done
"""
"""Called as arecord is, until it is ended; hears a file."""
DEAF = "#!/bin/sh\necho 'arecord: audio open error: No such file or directory' >&2\nexit 1\n"


@pytest.fixture
def volunteer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Runs the command with a microphone, and presses Enter once it is listening; answers the question for consent."""
    monkeypatch.setattr(record, "LIST", tmp_path / "kept" / "recordings.jsonl")
    speech.write(tmp_path / "speech.wav", SPEECH)
    listening = tmp_path / "recording"

    def run(recorder: str, *options: str, consent: str = "yes") -> None:
        program = tmp_path / "bin" / "arecord"
        program.parent.mkdir(exist_ok=True)
        program.write_text(recorder.format(folder=tmp_path))
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")

        def enter(prompt: str) -> str:
            deadline = time.monotonic() + 20
            while prompt.startswith("Recording") and recorder == RECORDER and not listening.exists():
                assert time.monotonic() < deadline
                time.sleep(0.01)
            listening.unlink(missing_ok=True)
            return consent if "agree" in prompt else ""

        monkeypatch.setattr("builtins.input", enter)
        monkeypatch.setattr(sys, "argv", ["record", "--speaker", "anna", "--accent", "Polish", *options])
        record.main()

    return run


def test_readings_are_kept_with_text_and_consent(volunteer: Callable[..., None]) -> None:
    """One run after the other has the next texts read, and the benchmark hears what the microphone did."""
    volunteer(RECORDER, "--answers", "2")
    volunteer(RECORDER, "--answers", "1")
    made = record.recordings()
    assert [one.consent for one in made] == [record.CONSENT] * 3
    assert len({one.question for one in made}) == 3
    readings = list(recorded_readings(load_bank(PROJECT / "rubrics")))
    assert [(one.voice, one.accent, one.item.text) for one in readings] == [("anna", "Polish", one.text) for one in made]
    assert all(np.allclose(one.audio, SPEECH, atol=1e-3) for one in readings)


def test_a_file_takes_the_place_of_the_microphone(volunteer: Callable[..., None], tmp_path: Path) -> None:
    """What another program recorded is kept the same way."""
    volunteer(DEAF, "--answers", "1", "--from-file", str(tmp_path / "speech.wav"))
    assert [one.speaker for one in record.recordings()] == ["anna"]


@pytest.mark.parametrize(
    ("recorder", "options", "consent", "message"),
    [
        (RECORDER, (), "no", "consent"),
        (DEAF, (), "yes", "is a microphone connected"),
        (DEAF, ("--from-file", "nothing.wav"), "yes", "no audio file nothing.wav"),
    ],
)
def test_nothing_is_kept_without_consent_or_sound(
    volunteer: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
    recorder: str,
    options: tuple[str, ...],
    consent: str,
    message: str,
) -> None:
    """The last line says what was missing."""
    with pytest.raises(SystemExit):
        volunteer(recorder, *options, consent=consent)
    assert message in capsys.readouterr().err.splitlines()[-1]
    assert record.recordings() == []
