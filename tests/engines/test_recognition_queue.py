"""The order of recognition jobs; jobs end when the test says so."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hotseat.domain.model import Word
from hotseat.engines.whisper import RecognitionQueue
from hotseat.errors import TranscriberError
from hotseat.speech.audio import SAMPLE_RATE
from hotseat.speech.recognition import Priority, RecognitionJob, Superseded


class Work:
    """Blocks each job until it is released; keeps the order in which jobs began."""

    def __init__(self) -> None:
        self.began: list[str] = []
        self.gates: dict[str, threading.Event] = {}
        self.failing: set[str] = set()

    def __call__(self, job: RecognitionJob) -> tuple[Word, ...]:
        (name,) = job.terms
        self.began.append(name)
        assert self.gates.setdefault(name, threading.Event()).wait(10)
        if name in self.failing:
            raise TranscriberError("broken")
        return (Word(name, 0.0, 1.0),)

    def release(self, *names: str) -> None:
        for name in names:
            self.gates.setdefault(name, threading.Event()).set()

    async def until_begun(self, *names: str) -> None:
        while not set(names) <= set(self.began):
            await asyncio.sleep(0.001)


@pytest.fixture
def work() -> Iterator[Work]:
    work = Work()
    yield work
    for gate in work.gates.values():
        gate.set()


def job(name: str, priority: Priority, session: str = "a", seconds: float = 4.0) -> RecognitionJob:
    return RecognitionJob(session, np.zeros(round(seconds * SAMPLE_RATE), dtype=np.float32), priority, terms=(name,))


def numbers_of(queue: RecognitionQueue) -> dict[str, list[float]]:
    """By metric, in the order of their labels."""
    return {metric.name: [sample.value for sample in metric.samples] for metric in queue.metrics()}


def ask(
    queue: RecognitionQueue, name: str, priority: Priority, session: str = "a", seconds: float = 4.0
) -> asyncio.Task[tuple[Word, ...]]:
    return asyncio.ensure_future(queue.run(job(name, priority, session, seconds)))


async def test_finals_before_commits_before_partials(work: Work) -> None:
    """Waiting jobs start by priority, and by arrival within one."""
    queue = RecognitionQueue(work, workers=1)
    tasks = [ask(queue, "running", Priority.COMMIT)]
    await work.until_begun("running")
    for name, priority in (("p", Priority.PARTIAL), ("c1", Priority.COMMIT), ("c2", Priority.COMMIT), ("f", Priority.FINAL)):
        tasks.append(ask(queue, name, priority))
        await asyncio.sleep(0)
    work.release("running", "p", "c1", "c2", "f")
    assert [words[0].text for words in await asyncio.gather(*tasks)] == ["running", "p", "c1", "c2", "f"]
    assert work.began == ["running", "f", "c1", "c2", "p"]


async def test_a_newer_partial_takes_the_place_of_the_waiting_one(work: Work) -> None:
    """The older caller is told, the newer one keeps its place before other sessions, other sessions are untouched."""
    queue = RecognitionQueue(work, workers=1)
    running = ask(queue, "running", Priority.FINAL)
    await work.until_begun("running")
    old = ask(queue, "a old", Priority.PARTIAL, "a")
    await asyncio.sleep(0)
    other = ask(queue, "b", Priority.PARTIAL, "b")
    await asyncio.sleep(0)
    new = ask(queue, "a new", Priority.PARTIAL, "a")
    with pytest.raises(Superseded):
        await old
    work.release("running", "a new", "b")
    await asyncio.gather(running, new, other)
    assert work.began == ["running", "a new", "b"]
    assert numbers_of(queue)["hotseat_dropped_partials"] == [1]


async def test_a_final_waits_for_no_caption_that_has_not_begun(work: Work) -> None:
    """Captions of several candidates use every worker; a final is next as soon as one is free."""
    queue = RecognitionQueue(work, workers=2)
    tasks = [ask(queue, f"p{i}", Priority.PARTIAL, f"s{i}") for i in range(3)]
    await work.until_begun("p1")
    tasks.append(ask(queue, "f", Priority.FINAL))
    work.release("p0")
    await asyncio.wait_for(work.until_begun("f"), 5)
    assert work.began == ["p0", "p1", "f"]
    work.release("p1", "p2", "f")
    await asyncio.gather(*tasks)
    numbers = numbers_of(queue)
    assert numbers["hotseat_recognition_jobs"] == [1, 0, 3, 0], "of finals, commits, partials and reviews"
    assert numbers["hotseat_recognition_waiting"] == numbers["hotseat_recognition_running"] == [0]


async def test_finals_are_never_dropped(work: Work) -> None:
    """However many wait, each is answered."""
    queue = RecognitionQueue(work, workers=2)
    names = [f"f{i}" for i in range(50)]
    work.release(*names)
    results = await asyncio.gather(*(queue.run(job(name, Priority.FINAL)) for name in names))
    assert [words[0].text for words in results] == names


async def test_a_cancelled_caller_frees_its_place(work: Work) -> None:
    """An answer that was thrown away costs nothing more."""
    queue = RecognitionQueue(work, workers=1)
    running = ask(queue, "running", Priority.COMMIT)
    await work.until_begun("running")
    unwanted = ask(queue, "unwanted", Priority.FINAL)
    await asyncio.sleep(0)
    unwanted.cancel()
    await asyncio.wait([unwanted])
    work.release("running", "next")
    await asyncio.gather(running, queue.run(job("next", Priority.COMMIT)))
    assert work.began == ["running", "next"]


async def test_a_failure_reaches_its_caller_only(work: Work) -> None:
    """The queue goes on after a job that raised."""
    queue = RecognitionQueue(work, workers=1)
    work.failing.add("bad")
    work.release("bad", "good")
    with pytest.raises(TranscriberError):
        await queue.run(job("bad", Priority.FINAL))
    assert (await queue.run(job("good", Priority.FINAL)))[0].text == "good"


async def test_a_caption_is_made_of_what_was_said_when_its_turn_comes(work: Work) -> None:
    """Audio that came while it waited is recognised with it."""
    heard: list[int] = []

    def hear(job: RecognitionJob) -> tuple[Word, ...]:
        heard.append(len(job.samples))
        return work(job)

    queue = RecognitionQueue(hear, workers=1)
    running = ask(queue, "running", Priority.COMMIT, seconds=4.0)
    await work.until_begun("running")
    spoken = [np.zeros(2 * SAMPLE_RATE, dtype=np.float32)]
    waiting = asyncio.ensure_future(queue.run(replace(job("caption", Priority.PARTIAL, seconds=1.0), fresh=lambda: spoken[-1])))
    await asyncio.sleep(0)
    spoken.append(np.zeros(3 * SAMPLE_RATE, dtype=np.float32))
    work.release("running", "caption")
    await asyncio.gather(running, waiting)
    assert heard == [4 * SAMPLE_RATE, 3 * SAMPLE_RATE]


@pytest.mark.parametrize("end", ["superseded", "cancelled", "failed"])
async def test_audio_goes_with_the_job(work: Work, end: str) -> None:
    """However a job ends, its audio is not held until the next garbage collection, which may be minutes away."""
    queue = RecognitionQueue(work, workers=1)
    work.failing.add("wanted")
    running = ask(queue, "running", Priority.FINAL)
    await work.until_begun("running")
    wanted = job("wanted", Priority.PARTIAL)
    audio = weakref.ref(wanted.samples)
    gc.disable()
    try:
        asked = asyncio.ensure_future(queue.run(wanted))
        del wanted
        await asyncio.sleep(0)
        if end == "superseded":
            work.release("newer")
            newer = ask(queue, "newer", Priority.PARTIAL)
        elif end == "cancelled":
            asked.cancel()
        work.release("running", "wanted")
        await asyncio.wait([running, asked, newer] if end == "superseded" else [running, asked])
        assert asked.cancelled() or isinstance(asked.exception(), Superseded | TranscriberError)
        del asked
        await asyncio.sleep(0.05)
        assert audio() is None
    finally:
        gc.enable()


async def test_a_review_waits_until_nobody_else_speaks(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own session's captions go first but do not hold it up; another session's hold it up for seconds."""
    queue = RecognitionQueue(work, workers=2)
    work.release("p", "again", "other", "again2")
    await asyncio.gather(ask(queue, "p", Priority.PARTIAL, "a"), ask(queue, "again", Priority.REVIEW, "a"))
    assert work.began == ["p", "again"]
    await ask(queue, "other", Priority.PARTIAL, "b")
    review = ask(queue, "again2", Priority.REVIEW, "a")
    await asyncio.sleep(0.05)
    assert "again2" not in work.began
    monkeypatch.setattr("hotseat.engines.whisper.queue.ALONE_S", 0.0)
    await ask(queue, "p", Priority.PARTIAL, "a")  # any job that ends lets it be looked at
    await review


async def test_reviews_hold_up_nothing(work: Work) -> None:
    """One at a time, and beside the workers."""
    queue = RecognitionQueue(work, workers=1)
    reviews = [ask(queue, f"again{i}", Priority.REVIEW) for i in range(2)]
    await work.until_begun("again0")
    final = ask(queue, "final", Priority.FINAL)
    await work.until_begun("final")
    assert work.began == ["again0", "final"]
    work.release("again0", "again1", "final")
    await asyncio.gather(final, *reviews)


async def test_a_review_begins_when_what_it_goes_over_is_known(work: Work) -> None:
    """Beside the commit that it is asked for with, it would make the final that may come next wait for both."""
    queue = RecognitionQueue(work, workers=2)
    commit = ask(queue, "commit", Priority.COMMIT, seconds=60.0)  # a stall of the test would make less look slow
    review = ask(queue, "again", Priority.REVIEW)
    await work.until_begun("commit")
    await asyncio.sleep(0.05)
    assert work.began == ["commit"]
    work.release("commit", "again")
    await asyncio.gather(commit, review)


async def test_no_second_hearing_on_a_busy_machine(work: Work) -> None:
    """When recognition is far slower than usual, somebody's final would pay for the review; it waits for better times."""
    queue = RecognitionQueue(work, workers=2)
    slow = ask(queue, "slow", Priority.COMMIT)
    await work.until_begun("slow")
    await asyncio.sleep(0.5)
    work.release("slow", "again", "fast", "short")
    await slow
    review = ask(queue, "again", Priority.REVIEW)
    await asyncio.sleep(0.05)
    await ask(queue, "short", Priority.COMMIT, seconds=1.0)  # tells nothing of the machine
    assert "again" not in work.began
    await ask(queue, "fast", Priority.COMMIT)
    await review
    assert work.began == ["slow", "short", "fast", "again"]


async def test_one_thread_that_hangs_is_noticed(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """By how long its job takes, beside how long a short one takes now; nothing is recognised for that before."""
    monkeypatch.setattr("hotseat.engines.whisper.queue.LONG_S", 0.1)
    queue = RecognitionQueue(work, workers=2)
    hung = ask(queue, "hung", Priority.PARTIAL)
    await work.until_begun("hung")
    work.release("short")
    await queue.check(job("short", Priority.FINAL))
    assert work.began == ["hung"]
    await asyncio.sleep(0.1)
    monkeypatch.setattr("hotseat.engines.whisper.queue.HUNG_FACTOR", 1_000_000)
    await queue.check(job("short", Priority.FINAL))
    assert work.began == ["hung", "short"], "on a slow machine it may only be slow"
    monkeypatch.setattr("hotseat.engines.whisper.queue.HUNG_FACTOR", 0)
    with pytest.raises(TranscriberError, match="has not come back"):
        await queue.check(job("short", Priority.FINAL))
    work.release("hung")
    await hung
    await queue.check(job("none", Priority.FINAL))


async def test_after_a_failure_the_next_check_recognises_something(work: Work) -> None:
    """So that it is known whether all jobs fail."""
    queue = RecognitionQueue(work, workers=1)
    work.failing.add("bad")
    work.release("bad", "good")
    with pytest.raises(TranscriberError):
        await queue.run(job("bad", Priority.FINAL))
    with pytest.raises(TranscriberError):
        await queue.check(job("bad", Priority.FINAL))
    await queue.check(job("good", Priority.FINAL))
    await queue.check(job("none", Priority.FINAL))
    assert work.began == ["bad", "bad", "good"]
