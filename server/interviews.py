"""All interviews of this process: planning, running, reopening and reviewing them."""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
from typing import Any

from server import review
from server.connection import GOING_AWAY, NOT_READY, POLICY, UNKNOWN_INTERVIEW, Connection
from server.core import session
from server.core.phases import State
from server.errors import StorageError
from server.eventlog import encode_plan
from server.formats import Choices, make_plan
from server.interview import Interview
from server.journal import Journal
from server.ports import InterviewRecord
from server.practice import Practice
from server.progress import Measured, measure
from server.services import Services
from server.snapshot import summary

log = logging.getLogger(__name__)


class Interviews:
    """Keeps the running ones; the rest live in the store."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.practice = Practice(services)
        self._running: dict[str, tuple[Interview, asyncio.Task[None]]] = {}
        self._opening = asyncio.Lock()

    async def create(self, owner: str, choices: Choices) -> str:
        """Plans and stores an interview of this person's. Raises InputError, StorageError."""
        services = self._services
        title, plan = make_plan(services.catalogue, services.bank, choices, services.settings.interview, random.SystemRandom())
        record = InterviewRecord(
            id=secrets.token_urlsafe(9).replace("-", "a").replace("_", "b"),
            created=services.clock.wall(),
            format=choices.format,
            title=title,
            options={"tier": choices.tier, "time_factor": choices.time_factor, "path": choices.path},
            plan=encode_plan(plan),
            summary=summary(session.begin(plan)),
            owner=owner,
        )
        await services.store.create(record)
        return record.id

    async def connect(self, owner: str, interview_id: str, connection: Connection) -> None:
        """Serves one browser of this person's until it leaves."""
        if not self._services.ready:
            connection.close(NOT_READY, "the models are still loading")
        elif len(self._running) >= self._services.settings.interview.max_active and interview_id not in self._running:
            connection.close(NOT_READY, "this machine is busy with other interviews; try again in a few minutes")
        else:
            owned = await self._services.store.owner_of(interview_id) == owner
            interview = await self._open(interview_id) if owned else None
            if interview is None:
                connection.close(UNKNOWN_INTERVIEW, "there is no such interview")
            else:
                interview.attach(connection)
                try:
                    await connection.serve(interview)
                finally:
                    interview.detach(connection)
                return
        await connection.serve(_Deaf())

    async def resume_unfinished(self) -> None:
        """Lets interviews that only wait for the server (a transcript, a grade) go on. Raises nothing."""
        try:
            records = await self._services.store.list(None)
        except StorageError as error:
            log.error("unfinished interviews not resumed: %s", error)
            return
        for record in records:
            if self._services.ready and record.summary["phase"] in ("finalising", "followingup", "grading"):
                await self._open(record.id)

    async def load(self, interview_id: str) -> tuple[InterviewRecord, State] | None:
        """The interview's record and state, running or stored. Raises StorageError."""
        if interview_id in self._running:
            interview = self._running[interview_id][0]
            return interview.record, interview.state
        found = await self._services.store.load(interview_id)
        if found is None:
            return None
        return found[0], Journal(self._services.store, self._services.clock, *found).state

    async def review(self, interview_id: str) -> dict[str, Any] | None:
        """The review as JSON; None if there is no such interview. Raises StorageError."""
        found = await self.load(interview_id)
        if found is None:
            return None
        services, afterwards = self._services, await self._services.store.afterwards(interview_id)
        return await asyncio.to_thread(review.review, *found, afterwards, services.bank, services.archive)

    async def list(self, owner: str, limit: int, offset: int) -> dict[str, Any]:
        """Some of this person's, newest first, and how many there are. Raises StorageError."""
        records = await self._services.store.list(owner, limit, offset)
        return {
            "interviews": [review.list_entry(record) for record in records],
            "total": await self._services.store.count(owner),
        }

    async def measured(self, owner: str) -> dict[str, Measured]:
        """Topic id to what the recent verdicts on it show. Raises StorageError."""
        return measure(await self._services.store.list(owner, limit=100))

    async def delete(self, interview_id: str) -> bool:
        """Stops and removes an interview with its audio; False if there is none. Raises StorageError."""
        if interview_id in self._running:
            task = self._running[interview_id][1]
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        found = await self._services.store.load(interview_id)
        await self._services.store.delete(interview_id)
        await asyncio.to_thread(self._services.archive.delete, interview_id)
        if found is None:
            return False
        await self.practice.forget(found[0].owner, [entry["question_id"] for entry in found[0].plan["rounds"]])
        return True

    async def close(self) -> None:
        """Stops everything; each interview can be reopened from its log."""
        tasks = [task for _, task in self._running.values()]
        for interview, task in list(self._running.values()):
            interview.drop(GOING_AWAY, "the server is stopping; your interview is kept")
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _open(self, interview_id: str) -> Interview | None:
        async with self._opening:
            if interview_id in self._running:
                return self._running[interview_id][0]
            found = await self._services.store.load(interview_id)
            if found is None:
                return None
            interview = Interview(Journal(self._services.store, self._services.clock, *found), self._services, self.practice)
            task = asyncio.create_task(interview.run(), name=f"interview {interview_id}")
            self._running[interview_id] = (interview, task)
            task.add_done_callback(lambda done: self._ended(interview, done))
            return interview

    def _ended(self, interview: Interview, task: asyncio.Task[None]) -> None:
        self._running.pop(interview.id, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("interview %s stopped", interview.id, exc_info=error)
            # The browser reconnects, which reopens the interview from its log.
            interview.drop(POLICY, "something went wrong; reconnecting")


class _Deaf:
    """Receives nothing: for connections that are only told why they are closed."""

    def on_message(self, message: object) -> None:
        pass

    def on_frame(self, frame: object) -> None:
        pass
