"""Replaces engines that stop working: the part is marked as degraded, and new engines are tried until one works.

Meanwhile every call fails at once with the engine's own error, and interviews go on as they do without that part.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Generic, TypeVar

from hotseat.chat import ChatModel, Messages, Schema
from hotseat.domain.model import Word
from hotseat.errors import ChatModelError, HotseatError, SpeakerError, TranscriberError
from hotseat.load_shedding import LiveTurns
from hotseat.server_status import Part, PartState
from hotseat.speech.recognition import Priority, RecognitionJob, Transcriber
from hotseat.speech.synthesis import Speaker, Voice
from hotseat.telemetry.metrics import Metrics

log = logging.getLogger(__name__)

Engine = TypeVar("Engine")
Result = TypeVar("Result")

PROBE_S = 30.0
"""An engine whose probe takes longer doesn't work."""
PROBE_HERE_S = 8.0
"""Likewise for a recogniser or voice in this process, which needs less than a second. After ``HUNG_S`` and this there is still
time for a new engine to recognise the answer (speech.segments.FINISH_TIMEOUT_S)."""
HUNG_S = 10.0
"""Recognition that takes longer is reported as trouble; a sentence that takes longer to speak is given up."""
PAUSES_S = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)
"""Backoff: pauses before each attempt at a new engine; the last is repeated."""
STEADY_S = 60.0
"""After an engine has worked for so long, the backoff starts again."""


@dataclass(eq=False)
class Supervisor(Generic[Engine]):
    """One part's engine and its replacements."""

    part: Part
    _engine: Engine
    make: Callable[[Engine], Awaitable[Engine]] | None
    """Closes an engine and returns a new one; may raise any exception. None for an engine on another server, which can't be
    replaced: it is probed until it answers."""
    probe: Callable[[Engine], Awaitable[None]]
    """Raises any exception if an engine doesn't work."""
    _: KW_ONLY
    detail: str
    """The part's text while the engine works."""
    probe_s: float = field(default_factory=lambda: PROBE_S)
    """Longest time of a probe."""
    every_s: float | None = None
    """Seconds between probes without a report; None for no such probes."""
    _suspected: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    """Set by a report, cleared when the engine is probed."""
    _broken: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    """Set once the engine is known not to work."""
    _examined: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    """Cleared by a report, set when the engine has been probed or replaced since."""
    _maintained: bool = field(default=False, init=False)
    _pauses: int = field(default=0, init=False)
    """How many pauses of ``PAUSES_S`` have been taken."""
    _since: float = field(default_factory=time.monotonic, init=False)
    """Since when the engine has worked."""

    def __post_init__(self) -> None:
        self.part.detail = self.detail

    @property
    def engine(self) -> Engine | None:
        """The engine; None while it is being replaced."""
        return None if self.part.state is PartState.DEGRADED and self.make is not None else self._engine

    @property
    def trouble(self) -> str:
        """The part's name and state, for messages."""
        return f"{self.part.name}: {self.part.detail}"

    def report(self) -> None:
        """Says that the engine may not work, so that it is probed."""
        self._examined.clear()
        self._suspected.set()

    async def use(self, work: Callable[[Engine], Awaitable[Result]], error: type[HotseatError]) -> Result:
        """``work(engine)``. Raises ``error`` if no engine works, or as soon as this one is known not to."""
        if (engine := self.engine) is None:
            raise error(self.trouble)
        working, broken = asyncio.ensure_future(work(engine)), asyncio.ensure_future(self._broken.wait())
        try:
            await asyncio.wait({working, broken}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done() or working.cancelled():  # a closed engine cancels what waits for it
                raise error(f"{self.part.name} stopped working")
            return working.result()
        finally:
            working.cancel()
            broken.cancel()

    async def wait_for_replacement(self, since: int) -> bool:
        """Reports trouble and waits; whether there is a new engine, i.e. the part was replaced more than ``since`` times."""
        if self._maintained and self.part.replaced == since:
            self.report()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(HUNG_S):
                    await self._examined.wait()
        return self.engine is not None and self.part.replaced > since

    def degrade(self, trouble: str) -> None:
        """Marks the engine as not working, without a probe."""
        self.part.state, self.part.detail = PartState.DEGRADED, f"{trouble}; trying again"
        self._broken.set()
        self._suspected.set()

    async def maintain(self) -> None:
        """Probes the engine after each report and replaces it if need be, until cancelled."""
        self._maintained = True
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.every_s):
                    await self._suspected.wait()
            self._suspected.clear()
            if (trouble := await self._trouble_of(self._engine)) is not None:
                await self._recover(trouble)
            elif self.part.state is PartState.DEGRADED:  # it was unreachable at the start, and works now
                self._works()
            if not self._suspected.is_set():
                self._examined.set()

    async def _recover(self, trouble: str) -> None:
        if time.monotonic() - self._since >= STEADY_S:
            self._pauses = 0
        while True:
            self.degrade(trouble)
            log.warning("%s", self.trouble)
            await asyncio.sleep(PAUSES_S[min(self._pauses, len(PAUSES_S) - 1)])
            self._pauses += 1
            try:
                if self.make is not None:
                    self._engine = await self.make(self._engine)
            except Exception as error:
                trouble = _words(error)
                continue
            if (found := await self._trouble_of(self._engine)) is None:
                break
            trouble = found
        self.part.replaced += 1
        self._works()

    def _works(self) -> None:
        self._since = time.monotonic()
        self.part.state, self.part.detail = PartState.READY, self.detail
        self._broken = asyncio.Event()
        self._suspected.clear()
        log.info("%s: works again", self.part.name)

    async def _trouble_of(self, engine: Engine) -> str | None:
        """What is wrong with the engine; None if it works."""
        try:
            async with asyncio.timeout(self.probe_s):
                await self.probe(engine)
        except Exception as error:
            return _words(error)
        return None


def _words(error: Exception) -> str:
    if isinstance(error, HotseatError):
        return str(error)
    return "it doesn't answer" if isinstance(error, TimeoutError) else f"it failed ({type(error).__name__})"


class SupervisedChat:
    """Implements ``ChatModel``. Measures the time to a stream's first token."""

    def __init__(self, name: str, supervisor: Supervisor[Any], metrics: Metrics, turns: LiveTurns | None = None) -> None:
        """With ``turns``, for a model on this machine, ``complete`` first waits until no candidate is being listened to."""
        self.name = name
        self._supervisor = supervisor
        self._metrics = metrics
        self._turns = turns

    async def stream(self, messages: Messages, *, max_tokens: int, schema: Schema | None = None) -> AsyncGenerator[str]:
        began: float | None = time.monotonic()
        with self._reported():
            async for text in self._chat.stream(messages, max_tokens=max_tokens, schema=schema):
                if began is not None:
                    self._metrics.stage("follow_up_token", time.monotonic() - began)
                    began = None
                yield text

    async def complete(self, messages: Messages, *, max_tokens: int, schema: Schema | None = None) -> tuple[str, int]:
        if self._turns is not None:
            await self._turns.wait_until_idle()
        with self._reported():
            return await self._chat.complete(messages, max_tokens=max_tokens, schema=schema)

    @property
    def _chat(self) -> ChatModel:
        chat: ChatModel | None = self._supervisor.engine
        if chat is None:
            raise ChatModelError(self._supervisor.trouble)
        return chat

    @contextlib.contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except ChatModelError:
            self._supervisor.report()
            raise


class SupervisedTranscriber:
    """Implements ``Transcriber``. A job that an engine failed at goes to the next engine, if there is one soon.

    Measures how long partials take, which is how far captions lag behind the voice.
    """

    def __init__(self, supervisor: Supervisor[Transcriber], metrics: Metrics) -> None:
        self._supervisor = supervisor
        self._metrics = metrics

    async def recognise(self, job: RecognitionJob) -> tuple[Word, ...]:
        if job.priority is Priority.PARTIAL:
            with self._metrics.timed("caption"):
                return await self._recognise(job)
        if job.priority is Priority.REVIEW:
            return await self._recognise(job)
        replaced = self._supervisor.part.replaced
        slow = asyncio.get_running_loop().call_later(HUNG_S, self._supervisor.report)
        try:
            return await self._recognise(job)
        except TranscriberError:
            if not await self._supervisor.wait_for_replacement(replaced):
                raise
            return await self._recognise(job)
        finally:
            slow.cancel()

    async def _recognise(self, job: RecognitionJob) -> tuple[Word, ...]:
        return await self._supervisor.use(lambda transcriber: transcriber.recognise(job), TranscriberError)


class SupervisedSpeaker:
    """Implements ``Speaker``."""

    def __init__(self, supervisor: Supervisor[Speaker]) -> None:
        self._supervisor = supervisor

    async def speak(self, sentence: str) -> Voice:
        try:
            async with asyncio.timeout(HUNG_S):
                return await self._supervisor.use(lambda speaker: speaker.speak(sentence), SpeakerError)
        except TimeoutError as error:
            self._supervisor.report()
            raise SpeakerError(f"the voice took longer than {HUNG_S:.0f} s") from error
        except SpeakerError:
            self._supervisor.report()
            raise
