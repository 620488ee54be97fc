"""All interviews of this process: planning, running and reopening them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import secrets
from collections.abc import Collection, Sequence

from hotseat.engines.native_memory import release_free_memory
from hotseat.errors import StorageError, UnavailableError
from hotseat.interview.connection import GOING_AWAY, NOT_READY, POLICY, TAKEN_OVER, UNKNOWN_INTERVIEW, Connection
from hotseat.interview.context import InterviewContext
from hotseat.interview.interview import PENDING, Interview
from hotseat.interview.journal import Journal
from hotseat.interview.orphans import Orphans
from hotseat.questions.formats import Choices, make_plan
from hotseat.server_status import ServerStatus
from hotseat.session import session
from hotseat.session.eventlog import encode_plan
from hotseat.session.phases import Finished, State
from hotseat.session.records import InterviewRecord
from hotseat.session.summary import summary
from hotseat.settings import InterviewSettings
from hotseat.storage.rows import Scope
from hotseat.telemetry.logs import failed
from hotseat.telemetry.logs import interview as logged_interview
from hotseat.telemetry.metrics import Rejection
from hotseat.transfer.removing import Removed, interviews_in, remove

log = logging.getLogger(__name__)

MAINTAIN_EVERY_S = 1.0
"""How often leases are renewed, and so how soon a process notices that another has taken an interview over."""
STOPPED_WRITING_S = MAINTAIN_EVERY_S + 1.0
"""How long after a take-over the process before writes nothing any more."""
STOPPING = "this server is stopping; your interview is kept and goes on as soon as it, or another, is back"
ELSEWHERE = "the interview was opened elsewhere"
ALONE_S = 60.0
"""How long an interview that waits for a browser stays in memory; it can be reopened from its log."""
_UNSTARTED_S = 600.0
"""How long a page may wait for somebody to start its interview."""
UNSTARTED_WHEN_FULL_S = 120.0
"""Likewise while another candidate needs the place."""
_FORGOTTEN = "you haven’t started this interview, so its place is free for others; continue when you’re ready"
_KEPT_UNSTARTED = 20
"""How many planned interviews that were never started are kept for a person; older ones are deleted."""
_DRAIN_S = 5.0
"""How long a stopping server goes on with what candidates wait for; the next process does the rest."""


class Interviews:
    """Holds the interviews that are running; all others are only in the store."""

    def __init__(self, context: InterviewContext, settings: InterviewSettings, status: ServerStatus) -> None:
        self._context = context
        self._settings = settings
        self._status = status
        self._store = context.storage.store
        self._clock = context.clock
        self._metrics = context.metrics
        self._running: dict[str, tuple[Interview, asyncio.Task[bool]]] = {}
        self._opening = asyncio.Lock()
        self._removing: set[str] = set()
        """Ids of interviews being deleted, which can't be reopened."""
        self._replica = secrets.token_hex(8)
        """Id of this process among those that share the database."""

    @property
    def running(self) -> frozenset[str]:
        """Ids of the interviews in memory."""
        return frozenset(self._running)

    async def create(self, owner: str, choices: Choices) -> str:
        """Plans and stores an interview; returns its id. Raises InputError, StorageError, UnavailableError."""
        if self._status.stopping:
            self._metrics.rejected("stopping")
            raise UnavailableError("this server is stopping; try again in a minute")
        library = self._context.library
        title, plan = make_plan(library.catalogue, library.bank, choices, self._settings, random.SystemRandom())
        record = InterviewRecord(
            id=secrets.token_urlsafe(9).replace("-", "a").replace("_", "b"),
            created=self._clock.wall(),
            format=choices.format,
            title=title,
            options={"tier": choices.tier, "time_factor": choices.time_factor, "path": choices.path},
            plan=encode_plan(plan),
            summary=summary(session.begin(plan)),
            owner=owner,
        )
        await self._store.create(record)
        with contextlib.suppress(StorageError):  # the next interview planned tries again
            await self._delete_old_unstarted(owner)
        return record.id

    async def _delete_old_unstarted(self, owner: str) -> None:
        """Deletes all but the latest ``_KEPT_UNSTARTED`` interviews that were never started. Raises StorageError."""
        old = (await self._store.unstarted(owner))[_KEPT_UNSTARTED:]
        if idle := tuple(interview_id for interview_id in old if interview_id not in self._running):
            await self._remove(Scope(interviews=idle))

    async def connect(self, owner: str, interview_id: str, connection: Connection, *, shared: bool = True) -> None:
        """Serves one browser until it leaves, or closes it with the reason why not. On a ``shared`` server each person may have
        only so many places."""
        try:
            interview = await self.admit(owner, interview_id, shared=shared)
        except Refused as refused:
            self._metrics.rejected(refused.reason)
            await connection.refuse(refused.code, str(refused))
            return
        logged_interview.set(interview.id)
        interview.attach(connection)
        try:
            await connection.serve(interview)
        finally:
            interview.detach(connection)

    async def admit(self, owner: str, interview_id: str, *, shared: bool = True) -> Interview:
        """The interview, opened if it wasn't running. Raises Refused."""
        if self._status.stopping:
            raise Refused("stopping", NOT_READY, STOPPING)
        if not self._status.is_ready:
            raise Refused("loading", NOT_READY, "the models are still loading")
        try:
            owned = await self._store.owner_of(interview_id) == owner
            if owned:
                self._make_room(owner, interview_id, shared=shared)
            interview = await self.open(interview_id) if owned else None
        except StorageError as error:
            log.error("interview not opened: %s", error)
            raise Refused("storage", NOT_READY, "the interview can't be read from storage right now") from error
        if interview is None:
            raise Refused("unknown", UNKNOWN_INTERVIEW, "there is no such interview")
        return interview

    def _make_room(self, owner: str, interview_id: str, *, shared: bool) -> None:
        """Evicts a browser that hasn't started, if this interview needs its place. Raises Refused if there is no room."""
        engaged = [one for one, _ in self._running.values() if one.engaged and one.id != interview_id]
        own = [one for one in engaged if one.record.owner == owner]
        if shared and len(own) >= self._settings.max_per_person and not _evict_one(own, MAINTAIN_EVERY_S):
            words = f"you have {self._settings.max_per_person} interviews open already; finish or close one of them"
            raise Refused("busy", NOT_READY, words)
        if interview_id in self._running:  # a browser that lost its connection for a moment
            return
        engaged = [one for one in engaged if one.engaged]
        if len(engaged) >= self._settings.max_active and not _evict_one(engaged, UNSTARTED_WHEN_FULL_S):
            raise Refused("busy", NOT_READY, "this machine is busy with other interviews; try again in a few minutes")

    async def maintain(self) -> None:
        """Until cancelled: renews leases, stops what others took over, unloads what waits, takes over orphaned interviews."""
        orphans = Orphans(self._store, self._clock, self._replica)
        while True:
            await asyncio.sleep(MAINTAIN_EVERY_S)
            try:
                if running := list(self._running.values()):
                    held = await self._store.heartbeat(self._replica)
                    for interview, task in running:
                        # One that has just finished releases its lease by itself.
                        if held.get(interview.id) != interview.token and not isinstance(interview.state, Finished):
                            self._stop_taken_over(interview, task)
                await self.unload_waiting()
                if self._status.is_ready:
                    for interview_id in await orphans.find():
                        log.info("taking over orphaned interview %s", interview_id)
                        await self.open(interview_id)
            except Exception as error:  # the next round tries again
                failed(log, "maintaining interviews", error)

    async def unload_waiting(self) -> None:
        """Drops interviews from memory that have waited for a browser or a start too long; they can be reopened."""
        for interview, _ in list(self._running.values()):
            if interview.unstarted_s > _UNSTARTED_S:
                interview.evict(_FORGOTTEN)
        async with self._opening:
            await _cancelled([task for interview, task in self._running.values() if interview.alone_s > ALONE_S])

    async def load(self, interview_id: str) -> tuple[InterviewRecord, State] | None:
        """The interview's record and state, running or stored. Raises StorageError."""
        if interview_id in self._running:
            interview = self._running[interview_id][0]
            return interview.record, interview.state
        return await self._store.load_state(interview_id)

    async def delete(self, interview_id: str) -> Removed | None:
        """Stops an interview and removes it with its audio; None if there is no such interview. Raises StorageError."""
        scope = Scope(interviews=(interview_id,))
        return await self._remove(scope) if await self._context.storage.tables.interviews(scope) else None

    async def delete_everything(self, owner: str) -> Removed:
        """Stops and removes all interviews of this person, and their ratings, plan and settings. Raises StorageError."""
        return await self._remove(Scope(owner=owner))

    async def _remove(self, scope: Scope) -> Removed:
        ids = await interviews_in(self._context.storage, scope)
        self._removing.update(ids)
        try:
            async with self._opening:
                stopped = [self._running[interview_id] for interview_id in ids if interview_id in self._running]
                for interview, _ in stopped:
                    interview.drop(UNKNOWN_INTERVIEW, "the interview was deleted")
                await _cancelled([task for _, task in stopped])
            taken = await self._take_from_others(ids)
            try:
                return await remove(self._context.storage, self._context.practice, scope)
            except StorageError:
                for interview_id, token in taken:  # or no process would run them while this one lives
                    with contextlib.suppress(StorageError):
                        await self._store.release(interview_id, token)
                raise
        finally:
            self._removing.difference_update(ids)

    async def _take_from_others(self, ids: Collection[str]) -> Sequence[tuple[str, int]]:
        """Takes over those that other processes run, which could otherwise write audio after the removal.

        Returns their ids and fencing tokens once the others have stopped writing. Raises StorageError.
        """
        store = self._store
        alive = [held for held in await store.leased_by_others(self._replica) if held.beat is not None]
        taken = [await store.acquire(held.interview_id, self._replica) for held in alive if held.interview_id in ids]
        if taken:
            await asyncio.sleep(STOPPED_WRITING_S)
        return [(one.record.id, one.token) for one in taken if one is not None]

    async def drain(self) -> None:
        """Refuses new interviews, finishes what candidates wait for within ``_DRAIN_S``, and closes."""
        self._status.stopping = True
        log.info("stopping; %d interviews are running", len(self._running))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_DRAIN_S):
                for interview, _ in list(self._running.values()):
                    await interview.idle.wait()
        await self.close()

    async def close(self) -> None:
        """Stops everything; each interview can be reopened from its log, here or elsewhere."""
        stopped = list(self._running.values())
        await _cancelled([task for _, task in stopped])
        # Only now, so that a browser that reconnects at once finds everything written.
        for interview, _ in stopped:
            interview.drop(GOING_AWAY, STOPPING)
        with contextlib.suppress(StorageError):
            await self._store.release_all(self._replica)

    async def open(self, interview_id: str) -> Interview | None:
        """The interview, acquired and started if it isn't running; None if there is none. Raises StorageError."""
        async with self._opening:
            store = self._store
            if interview_id in self._removing:
                return None
            if interview_id in self._running:
                interview, task = self._running[interview_id]
                held = (await store.heartbeat(self._replica)).get(interview_id) == interview.token
                if not task.done():  # it may have ended meanwhile
                    if held:
                        return interview
                    self._stop_taken_over(interview, task)
                    await asyncio.wait([task])
            taken = await store.acquire(interview_id, self._replica)
            if taken is None:
                return None
            interview = Interview(Journal(store, self._clock, taken), self._context)
            task = asyncio.create_task(self._run(interview), name=f"interview {interview_id}")
            self._running[interview_id] = (interview, task)
            self._metrics.active.set(len(self._running))
            task.add_done_callback(lambda done: self._ended(interview, done))
            return interview

    async def _run(self, interview: Interview) -> bool:
        try:
            return await interview.run()
        finally:
            # With work pending the lease is kept, so that another process finds the interview orphaned.
            if not isinstance(interview.state, PENDING):
                with contextlib.suppress(StorageError):
                    await self._store.release(interview.id, interview.token)

    def _stop_taken_over(self, interview: Interview, task: asyncio.Task[bool]) -> None:
        """Stops an interview that another process has taken over."""
        task.add_done_callback(lambda _: interview.drop(TAKEN_OVER, ELSEWHERE))
        task.cancel()

    def _ended(self, interview: Interview, task: asyncio.Task[bool]) -> None:
        """Disconnects the browser only now, so that when it reconnects everything is stored."""
        if self._running[interview.id][0] is interview:
            del self._running[interview.id]
        self._metrics.active.set(len(self._running))
        if task.cancelled():
            pass
        elif (error := task.exception()) is not None:
            log.error("interview %s failed", interview.id, exc_info=error)
            # The browser reconnects, which reopens the interview from its log.
            interview.drop(POLICY, "something went wrong; reconnecting")
        elif not task.result():
            interview.drop(TAKEN_OVER, ELSEWHERE)
        asyncio.get_running_loop().run_in_executor(None, release_free_memory)


async def _cancelled(tasks: Sequence[asyncio.Task[bool]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _evict_one(interviews: Sequence[Interview], longer_than_s: float) -> bool:
    """Evicts the browser that has waited longest without starting, if longer than so many seconds; whether it did."""
    longest = max(interviews, key=lambda one: one.unstarted_s)
    if longest.unstarted_s <= longer_than_s:
        return False
    longest.evict(_FORGOTTEN)
    return True


class Refused(Exception):
    """A browser is turned away: with a reason for metrics, a close code and words for the page."""

    def __init__(self, reason: Rejection, code: int, words: str) -> None:
        super().__init__(words)
        self.reason = reason
        self.code = code
