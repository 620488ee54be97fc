"""Scriptable fakes of the models; tests/rehearsal/test_rehearse.py uses the real ones."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from hotseat import wire
from hotseat.accounts.accounts import Accounts
from hotseat.clock import Clock
from hotseat.domain.model import (
    Answer,
    CriterionResult,
    Evidence,
    Grade,
    Level,
    PointFinding,
    PointStatus,
    Question,
    Verdict,
    Word,
)
from hotseat.engines.reader import OnnxReader
from hotseat.grading.graders import Graders
from hotseat.interview.bank_interviewer import Interviewer
from hotseat.practice.due import Practice
from hotseat.prompts import Prompts
from hotseat.questions.library import Library, load_library
from hotseat.server_status import Part, PartState, ServerStatus
from hotseat.settings import PROJECT, Settings
from hotseat.speech.audio import Samples
from hotseat.speech.models import SpeechModels
from hotseat.speech.recognition import RecognitionJob
from hotseat.speech.recordings import AudioArchive
from hotseat.speech.synthesis import PreparedVoice, Voice
from hotseat.startup.assembly import Assembly
from hotseat.storage.accounts import SqlAccounts
from hotseat.storage.archive import LocalArchive
from hotseat.storage.storage import Storage
from hotseat.storage.store import SqlStore
from hotseat.storage.tables import SqlTables

from tests.support.migrated_database import put_database

Message = TypeVar("Message", bound=wire.ServerMessage)

LIBRARY = load_library(PROJECT / "rubrics")
BANK, CATALOGUE, STUDY = LIBRARY.bank, LIBRARY.catalogue, LIBRARY.study


class FastClock:
    """Time that passes ``speed`` times as fast."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self.ahead_s = 0.0
        """Seconds that it has been set ahead, or back."""

    def now(self) -> float:
        return time.monotonic() * self.speed + self.ahead_s

    def wall(self) -> float:
        return time.time() + self.ahead_s

    def timeout_at(self, moment: float) -> asyncio.Timeout:
        return asyncio.timeout(max(0.0, (moment - self.now()) / self.speed))


class FakeTranscriber:
    """Writes down the same words for every job."""

    def __init__(self, text: str = "freeze the base model", error: Exception | None = None) -> None:
        self.text = text
        self.error = error
        self.samples = 0

    async def recognise(self, job: RecognitionJob) -> tuple[Word, ...]:
        if self.error is not None:
            raise self.error
        self.samples = max(self.samples, len(job.samples))
        return tuple(Word(word, 0.1 * n, 0.1 * n + 0.1) for n, word in enumerate(self.text.split()))


class LoudIsSpeech:
    """Voice activity by level."""

    def __init__(self) -> None:
        self._rest: Samples = np.zeros(0, np.float32)

    def feed(self, samples: Samples) -> list[float]:
        self._rest = np.concatenate([self._rest, samples])
        whole = len(self._rest) // 512
        windows = self._rest[: whole * 512].reshape(whole, 512)
        self._rest = self._rest[whole * 512 :]
        return [float(np.abs(window).max() > 0.05) for window in windows]


class FakeSpeaker:
    """A tenth of a second of silence for every sentence."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.spoken: list[str] = []

    async def speak(self, sentence: str) -> Voice:
        if self.error is not None:
            raise self.error
        self.spoken.append(sentence)
        return Voice(b"\0" * 3200, 16_000)


class FakeChat:
    """Says what it is told to, after a delay, or fails."""

    name = "fake"

    def __init__(self, text: str = "", delay_s: float = 0.0, error: Exception | None = None) -> None:
        self.text = text
        self.delay_s = delay_s
        self.error = error
        self.prompts: list[Sequence[dict[str, str]]] = []
        self.completions = 0

    async def stream(
        self, messages: Sequence[dict[str, str]], *, max_tokens: int, schema: dict[str, Any] | None = None
    ) -> AsyncGenerator[str]:
        self.prompts.append(messages)
        await asyncio.sleep(self.delay_s)
        if self.error is not None:
            raise self.error
        for word in self.text.split(" "):
            yield word + " "

    async def complete(
        self, messages: Sequence[dict[str, str]], *, max_tokens: int, schema: dict[str, Any] | None = None
    ) -> tuple[str, int]:
        self.completions += 1
        await asyncio.sleep(self.delay_s)
        if self.error is not None:
            raise self.error
        return self.text or "ok", 1


class FakeGrader:
    """The same verdict for every round."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.graded: list[tuple[str, int]] = []

    async def grade(self, question: Question, answers: Sequence[Answer]) -> Grade:
        if self.error is not None:
            raise self.error
        self.graded.append((question.id, len(answers)))
        return Grade(question.id, Verdict.LEAN_HIRE, (), "embedded")

    def findings(self, question: Question, answers: Sequence[Answer]) -> dict[str, PointFinding]:
        """Nothing was said."""
        if self.error is not None:
            raise self.error
        return {point.id: PointFinding(point.id, PointStatus.NOT_MET) for point in question.points}


class PointGrader(FakeGrader):
    """Finds every point met in the first answer, or none."""

    def __init__(self, met: bool) -> None:
        super().__init__()
        self.met = met

    async def grade(self, question: Question, answers: Sequence[Answer]) -> Grade:
        evidence = Evidence("freeze", 0.0, 0.1, 0, 1, answers[0].turn_id) if self.met else None
        status = PointStatus.MET if self.met else PointStatus.NOT_MET
        level = Level.STRONG if self.met else Level.NO
        criteria = tuple(
            CriterionResult(c.id, level, tuple(PointFinding(p.id, status, evidence) for p in c.points))
            for c in question.criteria
        )
        return Grade(question.id, Verdict.STRONG_HIRE if self.met else Verdict.NO_HIRE, criteria, "embedded")


@cache
def reader() -> OnnxReader:
    """The real one, loaded once."""
    return OnnxReader()


def fake_assembly(data_dir: Path, *, speed: float = 1.0, **settings: object) -> Assembly:
    """Every part, ready, with a real database, migrated, and archive."""
    put_database(data_dir)
    configured = Settings(data_dir=data_dir, **settings)  # type: ignore[arg-type]
    store = SqlStore(configured.database)
    clock = FastClock(speed)
    prompts = Prompts(PROJECT / "prompts")
    return Assembly(
        settings=configured,
        library=LIBRARY,
        prompts=prompts,
        storage=Storage(store, SqlTables(store.engine), LocalArchive(data_dir / "audio"), data_dir, configured.database),
        clock=clock,
        accounts=Accounts(SqlAccounts(store.engine), clock, configured.wants_accounts),
        interviewer=Interviewer(),
        status=ServerStatus({"all": Part("all", PartState.READY, "")}),
        speech=SpeechModels(
            transcriber=FakeTranscriber(),
            make_vad=LoudIsSpeech,
            voice=PreparedVoice(FakeSpeaker(), CATALOGUE.script.constant()),
            acts=reader(),
        ),
        graders=Graders(in_use=FakeGrader(), embedded=FakeGrader()),  # type: ignore[arg-type]
    )


def importing(assembly: Assembly) -> tuple[Storage, Library, Clock]:
    """What import_file takes first."""
    return assembly.storage, assembly.library, assembly.clock


def removing(assembly: Assembly) -> tuple[Storage, Practice]:
    """What remove takes first."""
    return assembly.storage, assembly.practice()


def housekept(assembly: Assembly) -> tuple[SqlStore, AudioArchive, Accounts, Clock, int | None]:
    """What housekeeping takes."""
    storage = assembly.storage
    return storage.store, storage.archive, assembly.accounts, assembly.clock, assembly.settings.retention_days


def opening(assembly: Assembly) -> tuple[Settings, Accounts, SqlStore]:
    """What prepare_to_serve takes."""
    return assembly.settings, assembly.accounts, assembly.storage.store


class FakeConnection:
    """Collects what a browser would be sent."""

    patience_s = 5.0
    """How long to wait for anything, unless told otherwise."""

    def __init__(self) -> None:
        self.sent: list[wire.ServerMessage] = []
        self.audio: list[bytes] = []
        self.closed: tuple[int, str] | None = None
        self._news = asyncio.Event()

    def send(self, message: wire.ServerMessage, audio: bytes | None = None) -> None:
        self.sent.append(message)
        if audio is not None:
            self.audio.append(audio)
        self._news.set()

    def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)
        self._news.set()

    async def refuse(self, code: int, reason: str) -> None:
        self.close(code, reason)

    def of(self, kind: type[Message]) -> list[Message]:
        return [message for message in self.sent if isinstance(message, kind)]

    @property
    def state(self) -> wire.StateMessage:
        return self.of(wire.StateMessage)[-1]

    async def until(self, phase: str, turn_id: int | None = None, within_s: float | None = None) -> wire.StateMessage:
        """Waits for the newest state to be of this phase (and turn)."""
        async with asyncio.timeout(within_s or self.patience_s):
            while True:
                states = self.of(wire.StateMessage)
                if states and states[-1].phase == phase and turn_id in (None, states[-1].turn_id):
                    return states[-1]
                self._news.clear()
                await self._news.wait()

    async def until_closed(self) -> tuple[int, str]:
        """Waits for the server to hang up; the close code and reason."""
        async with asyncio.timeout(self.patience_s):
            while self.closed is None:
                self._news.clear()
                await self._news.wait()
        return self.closed

    async def until_sent(
        self, kind: type[Message], where: Callable[[Message], bool] = lambda _message: True, within_s: float | None = None
    ) -> Message:
        """Waits for a message; the first of its kind that fits."""
        async with asyncio.timeout(within_s or self.patience_s):
            while True:
                found = next(filter(where, self.of(kind)), None)
                if found is not None:
                    return found
                self._news.clear()
                await self._news.wait()
