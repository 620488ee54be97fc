"""What a monitor sees of a running server, in Prometheus' format (docs/operations.md lists the names)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from hotseat.domain.model import EndedBy
from hotseat.server_status import Part
from hotseat.telemetry.tracing import Spans

Stage = Literal["acknowledgement", "final_transcript", "follow_up_token", "reply_audio", "caption", "grade"]
"""What a candidate waits for."""
Rejection = Literal["loading", "busy", "stopping", "unknown", "storage"]
"""Why an interview or a connection is refused."""
Fallible = Literal["findings", "follow_up", "grader", "voice", "transcript"]
"""Parts for which something simpler stands in if they fail."""

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
        self.register(_tasks)

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

    def answered(self, ended_by: EndedBy) -> None:
        self._answers.labels(ended_by).inc()

    def fell_back(self, part: Fallible) -> None:
        self._fallbacks.labels(part).inc()

    def register(self, read: Callable[[], Iterable[Metric]]) -> None:
        """Adds metrics whose values are read at each ``render``."""
        self._registry.register(_Read(read))

    def render(self) -> bytes:
        """The exposition format's text."""
        return generate_latest(self._registry)

    async def close(self) -> None:
        if self._spans is not None:
            await asyncio.to_thread(self._spans.close)


class _Read(Collector):
    def __init__(self, read: Callable[[], Iterable[Metric]]) -> None:
        self._read = read

    def collect(self) -> Iterable[Metric]:
        return self._read()


def part_states(parts: Iterable[Part]) -> Iterator[Metric]:
    """Whether each part works, and how often it was replaced, by name."""
    up = GaugeMetricFamily("hotseat_part_up", "Whether a part works (1) or is degraded or failed (0)", labels=["part"])
    again = CounterMetricFamily("hotseat_part_replacements", "Times a part stopped working and was replaced", labels=["part"])
    for part in parts:
        up.add_metric([part.name], float(part.is_well))
        again.add_metric([part.name], part.replaced)
    yield up
    yield again


def _tasks() -> Iterator[Metric]:
    try:
        tasks = len(asyncio.all_tasks())
    except RuntimeError:  # no loop runs
        tasks = 0
    yield GaugeMetricFamily("hotseat_tasks", "Tasks in the event loop", value=tasks)
