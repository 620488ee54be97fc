"""Everything an interview uses, loaded once for the process, and how far the loading is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from hotseat.accounts.accounts import Accounts
from hotseat.chat import ChatModel
from hotseat.clock import Clock
from hotseat.domain.model import Bank
from hotseat.errors import HotseatError
from hotseat.grading.grader import Grader
from hotseat.interview.interviewer import Interviewer
from hotseat.prompts import Prompts
from hotseat.questions.formats import Catalogue
from hotseat.questions.study import Study
from hotseat.settings import Settings
from hotseat.speech.recognition import Transcriber, VoiceActivity
from hotseat.speech.recordings import AudioArchive
from hotseat.speech.voice import PreparedVoice
from hotseat.storage.store import SqlStore
from hotseat.storage.tables import SqlTables
from hotseat.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hotseat.engines.llama import LlamaServer
    from hotseat.grading.disputes import Disputes
    from hotseat.grading.embedded import EmbeddedGrader
    from hotseat.grading.exam import Exam
    from hotseat.grading.llm import LlmGrader

STORAGE, HEARING, VOICE, LLM, GRADER = "Storage", "Speech recognition", "Voice", "Interviewer (LLM)", "Grader"

PartState = Literal["loading", "ready", "failed", "off"]


@dataclass(slots=True)
class Part:
    """One thing that has to be loaded, for the page to tell of."""

    name: str
    state: PartState = "loading"
    detail: str = "waiting"
    done: int = 0
    total: int = 0
    """Bytes or steps; 0 when unknown."""

    def progress(self, label: str, done: int, total: int) -> None:
        self.detail, self.done, self.total = label, done, total


class Quiet:
    """Whether someone is being listened or replied to, so that work that can wait does."""

    def __init__(self) -> None:
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def enter(self) -> None:
        self._busy += 1
        self._idle.clear()

    def leave(self) -> None:
        self._busy -= 1
        if not self._busy:
            self._idle.set()

    @property
    def crowded(self) -> bool:
        """Several are at once, so that anything not asked for yet would be at another's cost."""
        return self._busy > 1

    async def wait(self, longest_s: float) -> None:
        """Returns when nobody is, or after ``longest_s``."""
        try:
            await asyncio.wait_for(self._idle.wait(), longest_s)
        except TimeoutError:
            return


class BackgroundChat:
    """Implements ``ChatModel`` for work that yields to interviews sharing the same cores."""

    def __init__(self, chat: ChatModel, quiet: Quiet, patience_s: float = 90.0) -> None:
        self.name = chat.name
        self._chat = chat
        self._quiet = quiet
        self._patience_s = patience_s

    async def stream(self, messages: Sequence[dict[str, str]], *, max_tokens: int) -> AsyncGenerator[str]:
        await self._quiet.wait(self._patience_s)
        async for text in self._chat.stream(messages, max_tokens=max_tokens):
            yield text

    async def complete(
        self, messages: Sequence[dict[str, str]], *, max_tokens: int, schema: dict[str, Any] | None = None
    ) -> tuple[str, int]:
        await self._quiet.wait(self._patience_s)
        return await self._chat.complete(messages, max_tokens=max_tokens, schema=schema)


@dataclass(slots=True)
class Services:
    """Built by loading.load; fields without a default exist from the start, the others once their part is ready."""

    settings: Settings
    bank: Bank
    catalogue: Catalogue
    study: Study
    prompts: Prompts
    store: SqlStore
    tables: SqlTables
    """The same database as the store's."""
    archive: AudioArchive
    clock: Clock
    accounts: Accounts
    parts: dict[str, Part] = field(default_factory=dict)
    quiet: Quiet = field(default_factory=Quiet)
    metrics: Metrics = field(default_factory=Metrics)
    stopping: bool = False
    """No new interviews: the process is about to end."""
    transcriber: Transcriber | None = None
    make_vad: Callable[[], VoiceActivity] | None = None
    sounds: Callable[[str], str] | None = None
    """Text to phonemes, by which misheard key terms are repaired."""
    voice: PreparedVoice | None = None
    interviewer: Interviewer | None = None
    embedded: EmbeddedGrader | None = None
    """Grades at once, to choose follow-ups by."""
    grader: Grader | None = None
    """The one in use: hotseat.examining chooses it."""
    llm_grader: LlmGrader | None = None
    """Grades if the settings say so, or it has passed the exam."""
    exam: Exam | None = None
    disputes: Disputes | None = None
    """Looks at disputed points again."""
    llama: LlamaServer | None = None
    """The embedded language model's process, which lives as long as this."""

    @property
    def ready(self) -> bool:
        """Every part that is wanted has loaded, and the process is not about to end.

        A failed LLM does not count: the interview manages without.
        """
        return not self.stopping and bool(self.parts) and all(part.state in ("ready", "off") for part in self.parts.values())

    @contextmanager
    def loading(self, name: str) -> Iterator[Part]:
        """Marks a part as ready at the end, or failed with the reason."""
        part = self.parts.setdefault(name, Part(name))
        try:
            yield part
        except HotseatError as error:
            part.state, part.detail = "failed", str(error)
        else:
            if part.state != "off":
                part.state = "ready"
