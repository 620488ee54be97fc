"""The queue of recognition jobs: final before commit before partial before review, fair between sessions, bounded.

- A session has at most one waiting partial. A newer one takes its place in the queue, so that nobody who talks on is starved.
- A session asks for one partial at a time, so with several workers a lone candidate's final mostly finds one free.
- Finals and commits are never dropped. Their number is bounded by the audio that was spoken.
- One review runs at a time, on a thread of its own, as it takes a second or two. It starts only if no final or commit waits or
  runs, no other session has anything to recognise, and the machine is not busy otherwise.
- A thread that hangs can't be stopped, but ``check`` notices it, so that the whole recogniser can be replaced.
- Callers ask for the next partial when the last is done, so under load captions come less often instead of piling up. A partial
  uses the audio that there is when it starts.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from hotseat.domain.model import Word
from hotseat.errors import TranscriberError
from hotseat.speech.audio import SAMPLE_RATE
from hotseat.speech.recognition import Priority, RecognitionJob, Superseded

_REMEMBERED = 256
"""Delays of each priority kept for the metrics."""
ALONE_S = 5.0
"""Reviews wait until no other session has asked for anything for so long."""
_BUSY = 0.1
"""Seconds of work per second of audio above which the machine is busy with something else; 0.06 is usual."""
_MEASURED_FROM_S = 4.0
"""Only jobs with at least so much audio are measured for that: shorter ones take hardly less work."""
LONG_S = 8.0
"""A job that has run for so long may hang; 28 s of audio take 4 s of an idle core."""
HUNG_FACTOR = 25
"""A job that takes so many times as long as a second of silence (0.2 s) hangs; up to 20 times were seen."""


@dataclass(slots=True, eq=False)  # jobs hold arrays, which do not compare
class _Entry:
    job: RecognitionJob
    future: asyncio.Future[tuple[Word, ...]]
    number: int
    """Order of arrival; a partial that replaces another inherits it."""
    since: float = field(default_factory=time.monotonic)
    began: float = 0.0
    """When it started to run."""


class RecognitionQueue:
    """Runs ``work`` for each job on threads. Belongs to one event loop."""

    def __init__(self, work: Callable[[RecognitionJob], tuple[Word, ...]], workers: int) -> None:
        self._work = work
        self._workers = workers
        self._threads = ThreadPoolExecutor(max_workers=workers + 1, thread_name_prefix="recognise")
        self._waiting: list[_Entry] = []
        self._running: set[_Entry] = set()
        self._number = 0
        self._jobs: Counter[Priority] = Counter()
        self._delays: dict[Priority, deque[float]] = {priority: deque(maxlen=_REMEMBERED) for priority in Priority}
        self._dropped = 0
        self._busy = 0.0
        self._asked: dict[str, float] = {}
        """When each session last asked for anything but a review; older than ``ALONE_S`` are dropped."""
        self._failed = False
        """Whether the latest job failed."""
        self._pace = 0.0
        """Seconds of work per second of audio in the latest final or commit of ``_MEASURED_FROM_S`` or more."""

    async def run(self, job: RecognitionJob) -> tuple[Word, ...]:
        """``work(job)``, when it is its turn. Raises Superseded (partials only) and what ``work`` raises.

        Cancelling the caller removes a waiting job from the queue; a running one goes on, but its result is dropped.
        """
        entry = _Entry(job, asyncio.get_running_loop().create_future(), self._number)
        self._number += 1
        if job.priority is not Priority.REVIEW:
            self._asked = {session: at for session, at in self._asked.items() if at > entry.since - ALONE_S}
            self._asked[job.session] = entry.since
        if job.priority is Priority.PARTIAL:
            self._replace_partial(entry)
        self._waiting.append(entry)
        self._start()
        try:
            return await entry.future
        finally:
            with contextlib.suppress(ValueError):
                self._waiting.remove(entry)
            del entry  # an error holds this frame, which must not hold the error: audio would stay until the next collection

    async def check(self, short: RecognitionJob) -> None:
        """If the latest job failed, or one has run for long, runs the ``short`` job as a test.

        Raises what that raises, and TranscriberError if a thread hangs.
        """
        if not self._failed and self._longest_s < LONG_S:
            return
        began = time.monotonic()
        await self.run(short)
        if self._longest_s >= max(LONG_S, HUNG_FACTOR * (time.monotonic() - began)):
            raise TranscriberError(f"one of its threads has not come back for {self._longest_s:.0f} s")

    @property
    def _longest_s(self) -> float:
        """Seconds that the oldest running job has been running; 0 if none is."""
        now = time.monotonic()
        return max((now - entry.began for entry in self._running), default=0.0)

    @property
    def spare(self) -> bool:
        """Whether a worker is idle or only at a partial or review. Thread-safe, but may have changed by the time it returns."""
        return not self._waiting and self._undroppable < self._workers

    def metrics(self) -> Iterator[Metric]:
        """Prometheus metrics since the start; delays are of the latest jobs."""
        jobs = CounterMetricFamily("hotseat_recognition_jobs", "Recognition jobs done", labels=["priority"])
        delay = GaugeMetricFamily(
            "hotseat_queue_delay_seconds", "Wait of the latest recognition jobs", labels=["priority", "quantile"]
        )
        for priority in Priority:
            name = priority.name.lower()
            jobs.add_metric([name], self._jobs[priority])
            for share in (0.5, 0.95):
                delay.add_metric([name, str(share)], _quantile(self._delays[priority], share))
        yield jobs
        yield delay
        yield CounterMetricFamily(
            "hotseat_dropped_partials", "Captions replaced by a newer one before they began", value=self._dropped
        )
        yield GaugeMetricFamily("hotseat_recognition_waiting", "Recognition jobs waiting", value=len(self._waiting))
        yield GaugeMetricFamily("hotseat_recognition_running", "Recognition jobs running", value=len(self._running))
        yield CounterMetricFamily(
            "hotseat_recognition_busy_seconds", "Seconds of recognition done, over all workers", value=self._busy
        )

    def close(self) -> None:
        """Lets running jobs end; waiting ones are cancelled."""
        for entry in self._waiting:
            entry.future.cancel()
        self._waiting.clear()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _replace_partial(self, entry: _Entry) -> None:
        for old in self._waiting:
            if old.job.session == entry.job.session and old.job.priority is Priority.PARTIAL and not old.future.done():
                entry.number = old.number
                self._waiting.remove(old)
                old.future.set_exception(Superseded())
                self._dropped += 1
                return

    def _start(self) -> None:
        while (entry := self._next()) is not None:
            self._waiting.remove(entry)
            if entry.job.fresh is not None:
                entry.job = replace(entry.job, samples=entry.job.fresh(), fresh=None)
            entry.began = time.monotonic()
            self._running.add(entry)
            self._delays[entry.job.priority].append(entry.began - entry.since)
            working = asyncio.get_running_loop().run_in_executor(self._threads, self._work, entry.job)
            working.add_done_callback(partial(self._end, entry))

    def _next(self) -> _Entry | None:
        ready = [entry for entry in self._waiting if self._may_start(entry)]
        return min(ready, key=lambda entry: (entry.job.priority, entry.number), default=None)

    def _may_start(self, entry: _Entry) -> bool:
        if entry.job.priority is Priority.REVIEW:
            return self._may_review(entry)
        return len(self._running) - self._count(Priority.REVIEW) < self._workers

    def _may_review(self, entry: _Entry) -> bool:
        """Whether a review may start; asked whenever a job comes or ends, several times a second while anybody speaks."""
        since = time.monotonic() - ALONE_S
        others = any(at > since for session, at in self._asked.items() if session != entry.job.session)
        coming = any(waiting.job.priority <= Priority.COMMIT for waiting in self._waiting)
        return not others and not coming and not self._undroppable and not self._count(Priority.REVIEW) and self._pace <= _BUSY

    @property
    def _undroppable(self) -> int:
        """Running finals and commits."""
        return self._count(Priority.FINAL, Priority.COMMIT)

    def _count(self, *priorities: Priority) -> int:
        """Number of running jobs of these priorities."""
        running = tuple(self._running)  # a copy: ``spare`` is called from other threads
        return sum(entry.job.priority in priorities for entry in running)

    def _end(self, entry: _Entry, working: asyncio.Future[tuple[Word, ...]]) -> None:
        """Passes the result of a job on, and starts the next."""
        self._running.discard(entry)
        error = working.exception()
        self._failed = error is not None
        if not entry.future.done():
            if error is not None:  # raised by ``run``
                entry.future.set_exception(error)
            else:
                entry.future.set_result(working.result())
        worked = time.monotonic() - entry.began
        audio_s = len(entry.job.samples) / SAMPLE_RATE
        if entry.job.priority <= Priority.COMMIT and audio_s >= _MEASURED_FROM_S:
            self._pace = worked / audio_s
        self._busy += worked
        self._jobs[entry.job.priority] += 1
        self._start()


def _quantile(values: deque[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
