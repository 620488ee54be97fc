"""Past interviews as JSON, for the review page and the list of interviews."""

from __future__ import annotations

import asyncio
from typing import Any

from hotseat.domain.model import Bank
from hotseat.review import view
from hotseat.session.replay import LoadInterview
from hotseat.speech.recordings import AudioArchive
from hotseat.storage.store import SqlStore


class Reviews:
    """Every method raises StorageError."""

    def __init__(self, store: SqlStore, archive: AudioArchive, bank: Bank, load: LoadInterview) -> None:
        self._store = store
        self._archive = archive
        self._bank = bank
        self._load = load

    async def review(self, interview_id: str) -> dict[str, Any] | None:
        """The review as JSON; None if there is no such interview."""
        found = await self._load(interview_id)
        if found is None:
            return None
        afterwards = await self._store.afterwards(interview_id)
        return await asyncio.to_thread(view.review, *found, afterwards, self._bank, self._archive)

    async def list(self, owner: str, limit: int, offset: int) -> dict[str, Any]:
        """Some of those in which this person answered something, newest first, and how many there are."""
        records = await self._store.list(owner, limit, offset, answered=True)
        return {"interviews": [view.list_entry(record) for record in records], "total": await self._store.count(owner)}
