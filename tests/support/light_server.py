"""The real server with fake models in its own process: real HTTP, WebSocket, database and archive, ready in a second.

``python -m tests.support.light_server`` takes the HOTSEAT_* settings, the speed of its clock from LIGHT_PACE, and timeouts in
seconds from LIGHT_UNSTARTED_S (pages that nobody starts while others wait) and LIGHT_SILENT_BODY_S.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from hotseat.domain.model import Answer, Grade, Question, Verdict, Word
from hotseat.http import guard
from hotseat.http.app import create_app
from hotseat.http.serving import make_server
from hotseat.interview import interviews
from hotseat.interview.bank_interviewer import Interviewer
from hotseat.server_status import STORAGE, Part
from hotseat.settings import Settings, load_settings
from hotseat.speech.recognition import RecognitionJob
from hotseat.speech.synthesis import PreparedVoice, Voice
from hotseat.startup import assembly as startup
from hotseat.startup.assembly import Assembly
from hotseat.telemetry import logs

from tests.conftest import ServerProcess
from tests.support.fakes import (
    CATALOGUE,
    LIBRARY,
    FakeGrader,
    FakeSpeaker,
    FakeTranscriber,
    FastClock,
    LoudIsSpeech,
    reader,
)


class Counting(FakeTranscriber):
    """Writes down how much it was given."""

    async def recognise(self, job: RecognitionJob) -> tuple[Word, ...]:
        said = f"some {len(job.samples) // 640} frames"  # of fewer words the interviewer would ask for more
        return tuple(Word(word, 0.1 * place, 0.1 * place + 0.1) for place, word in enumerate(said.split()))


class Speaker(FakeSpeaker):
    """Keeps no list of what it said, which would grow for as long as the server runs."""

    async def speak(self, sentence: str) -> Voice:
        return Voice(b"\0" * 3200, 16_000)


class Grader(FakeGrader):
    """Keeps no list of what it graded."""

    async def grade(self, question: Question, answers: Sequence[Answer]) -> Grade:
        return Grade(question.id, Verdict.LEAN_HIRE, (), "embedded")


def light_assembly(settings: Settings, pace: float = 1.0) -> Assembly:
    """Ready except for the storage."""
    assembly = startup.assemble(settings)
    assembly.status.parts = {STORAGE: Part(STORAGE)}
    assembly.clock = FastClock(pace)
    assembly.speech.transcriber = Counting()
    assembly.speech.make_vad = LoudIsSpeech
    assembly.speech.acts = reader()
    assembly.speech.voice = PreparedVoice(Speaker(), CATALOGUE.script.constant())
    assembly.interviewer = Interviewer()
    assembly.graders.in_use = Grader()
    assembly.graders.embedded = Grader()  # type: ignore[assignment]
    return assembly


async def prepare(assembly: Assembly) -> None:
    """In place of loading models."""
    assert assembly.speech.voice is not None
    await assembly.speech.voice.prepare()


def main() -> None:
    interviews.UNSTARTED_WHEN_FULL_S = float(os.environ.get("LIGHT_UNSTARTED_S", interviews.UNSTARTED_WHEN_FULL_S))
    guard.SILENT_BODY_S = float(os.environ.get("LIGHT_SILENT_BODY_S", guard.SILENT_BODY_S))
    settings = load_settings()
    logs.set_up(settings.log_level, settings.log_style)
    app = create_app(light_assembly(settings, float(os.environ.get("LIGHT_PACE", "1"))), prepare)
    make_server(app, settings).run()


def serve(data_dir: Path, port: int) -> None:
    """In a process that was forked from one that has the questions; its log goes to the data directory."""
    startup.load_library = lambda _directory: LIBRARY
    os.environ |= {"HOTSEAT_DATA_DIR": str(data_dir), "HOTSEAT_PORT": str(port)}
    with (data_dir / "server.log").open("a") as log:
        os.dup2(log.fileno(), 2)
        main()


class LightServer(ServerProcess):
    """One in a process of its own."""

    command = (sys.executable, "-m", "tests.support.light_server")


if __name__ == "__main__":
    main()
