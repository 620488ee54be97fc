"""What a monitor sees of a running server, in Prometheus' format (docs/operations.md lists the names)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from hotseat import wire
from hotseat.domain.model import Word
from hotseat.ports import ChatModel, Clock, Priority, RecognitionJob, Transcriber
from hotseat.telemetry.tracing import Spans

Stage = Literal["acknowledgement", "final_transcript", "follow_up_token", "reply_audio", "caption", "grade"]
Rejection = Literal["loading", "busy", "stopping", "unknown", "storage"]
Part = Literal["follow_up", "grader", "voice", "transcript"]

_BUCKETS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 13.0, 30.0)


class Metrics:
    """One process's numbers, in a registry of their own."""

    def __init__(self, spans: Spans | None = None) -> None:
        """``spans`` are told of every stage, too."""
        self._spans = spans
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._stages = Histogram(
            "hotseat_stage_seconds",
            "Seconds a candidate waits for each stage",
            ["stage"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._rejections = Counter(
            "hotseat_rejections", "Interviews and connections refused", ["reason"], registry=self._registry
        )
        self._answers = Counter("hotseat_answers", "Answers ended", ["ended_by"], registry=self._registry)
        self._fallbacks = Counter(
            "hotseat_fallbacks", "Times something simpler stood in for a part that failed", ["part"], registry=self._registry
        )
        self.active = Gauge("hotseat_active_interviews", "Interviews running in this process", registry=self._registry)
        self._registry.register(_Tasks())

    def stage(self, stage: Stage, seconds: float) -> None:
        self._stages.labels(stage).observe(max(0.0, seconds))
        if self._spans is not None:
            self._spans.stage(stage, max(0.0, seconds))

    @contextmanager
    def timed(self, stage: Stage) -> Iterator[None]:
        """Counts the seconds of a block that ends without an error."""
        began = time.monotonic()
        yield
        self.stage(stage, time.monotonic() - began)

    def rejected(self, reason: Rejection) -> None:
        self._rejections.labels(reason).inc()

    def answered(self, ended_by: str) -> None:
        self._answers.labels(ended_by).inc()

    def fell_back(self, part: Part) -> None:
        self._fallbacks.labels(part).inc()

    def watch_queue(self, read: Callable[[], QueueNumbers]) -> None:
        """Adds what a recognition queue tells of itself."""
        self._registry.register(_Queue(read))

    def render(self) -> bytes:
        """The exposition format's text."""
        return generate_latest(self._registry)

    async def close(self) -> None:
        if self._spans is not None:
            await asyncio.to_thread(self._spans.close)


class Waits:
    """One interview's waits after each answer, read off what is sent to its browser."""

    def __init__(self, metrics: Metrics, clock: Clock) -> None:
        self._metrics = metrics
        self._clock = clock
        self._since = 0.0
        self._awaited: set[Stage] = set()

    def ended(self, now: float) -> None:
        """An answer has ended."""
        self._since = now
        self._awaited = {"acknowledgement", "final_transcript", "reply_audio"}

    def sent(self, message: wire.ServerMessage) -> None:
        stage: Stage
        match message:
            case wire.VoiceMessage(utterance="acknowledgement"):
                stage = "acknowledgement"
            case wire.AnswerMessage():
                stage = "final_transcript"
            case wire.VoiceMessage(utterance="question" | "follow_up"):
                stage = "reply_audio"
            case _:
                return
        if stage in self._awaited:
            self._awaited.discard(stage)
            self._metrics.stage(stage, self._clock.now() - self._since)


class MeasuredTranscriber:
    """ports.Transcriber: a partial's way through the recogniser is how far the captions lag behind the voice."""

    def __init__(self, transcriber: Transcriber, metrics: Metrics) -> None:
        self._transcriber = transcriber
        self._metrics = metrics

    async def recognise(self, job: RecognitionJob) -> tuple[Word, ...]:
        if job.priority is not Priority.PARTIAL:
            return await self._transcriber.recognise(job)
        with self._metrics.timed("caption"):
            return await self._transcriber.recognise(job)


class MeasuredChat:
    """ports.ChatModel: how long a stream's first token takes."""

    def __init__(self, chat: ChatModel, metrics: Metrics) -> None:
        self.name = chat.name
        self._chat = chat
        self._metrics = metrics

    async def stream(self, messages: Sequence[dict[str, str]], *, max_tokens: int) -> AsyncGenerator[str]:
        began: float | None = time.monotonic()
        async for text in self._chat.stream(messages, max_tokens=max_tokens):
            if began is not None:
                self._metrics.stage("follow_up_token", time.monotonic() - began)
                began = None
            yield text

    async def complete(
        self, messages: Sequence[dict[str, str]], *, max_tokens: int, schema: dict[str, Any] | None = None
    ) -> tuple[str, int]:
        return await self._chat.complete(messages, max_tokens=max_tokens, schema=schema)


class QueueNumbers(Protocol):
    """What a recognition queue tells (adapters.whisper.queue.QueueMetrics)."""

    @property
    def jobs(self) -> dict[Priority, int]: ...

    @property
    def delay_p50_s(self) -> dict[Priority, float]: ...

    @property
    def delay_p95_s(self) -> dict[Priority, float]: ...

    @property
    def dropped_partials(self) -> int: ...

    @property
    def waiting(self) -> int: ...

    @property
    def running(self) -> int: ...

    @property
    def busy_s(self) -> float: ...


class _Queue(Collector):
    def __init__(self, read: Callable[[], QueueNumbers]) -> None:
        self._read = read

    def collect(self) -> Iterator[Metric]:
        queue = self._read()
        jobs = CounterMetricFamily("hotseat_recognition_jobs", "Recognition jobs done", labels=["priority"])
        delay = GaugeMetricFamily(
            "hotseat_queue_delay_seconds", "Wait of the latest recognition jobs", labels=["priority", "quantile"]
        )
        for priority in Priority:
            name = priority.name.lower()
            jobs.add_metric([name], queue.jobs[priority])
            delay.add_metric([name, "0.5"], queue.delay_p50_s[priority])
            delay.add_metric([name, "0.95"], queue.delay_p95_s[priority])
        yield jobs
        yield delay
        yield CounterMetricFamily(
            "hotseat_dropped_partials", "Captions replaced by a newer one before they began", value=queue.dropped_partials
        )
        yield GaugeMetricFamily("hotseat_recognition_waiting", "Recognition jobs waiting", value=queue.waiting)
        yield GaugeMetricFamily("hotseat_recognition_running", "Recognition jobs running", value=queue.running)
        yield CounterMetricFamily(
            "hotseat_recognition_busy_seconds", "Seconds of recognition done, over all workers", value=queue.busy_s
        )


class _Tasks(Collector):
    def collect(self) -> Iterator[Metric]:
        try:
            tasks = len(asyncio.all_tasks())
        except RuntimeError:  # no loop runs
            tasks = 0
        yield GaugeMetricFamily("hotseat_tasks", "Tasks in the event loop", value=tasks)
