"""The state that an interview's log leads to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from pydantic import ValidationError

from hotseat.errors import StorageError
from hotseat.session import session
from hotseat.session.eventlog import decode_event, decode_plan
from hotseat.session.phases import State
from hotseat.session.records import InterviewRecord, LoggedEvent

LoadInterview = Callable[[str], Awaitable[tuple[InterviewRecord, State] | None]]
"""An interview's record and state by its id; None if there is none. Raises StorageError."""


def replayed(record: InterviewRecord, log: Sequence[LoggedEvent]) -> State:
    """The state after all logged events. Raises StorageError for a log that this version can't read."""
    try:
        history = tuple((decode_event(entry.type, entry.payload), entry.monotonic) for entry in log)
        return session.replay(decode_plan(record.plan), history)
    except (KeyError, ValidationError) as error:
        raise StorageError(f"the log of interview {record.id} is damaged, or another version of Hotseat wrote it") from error
