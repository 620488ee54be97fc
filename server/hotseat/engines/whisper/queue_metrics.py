"""What a monitor sees of the recognition queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from hotseat.engines.whisper.queue import QueueMetrics
from hotseat.speech.recognition import Priority


class QueueCollector(Collector):
    def __init__(self, read: Callable[[], QueueMetrics]) -> None:
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
