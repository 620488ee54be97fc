"""Events, plans and grades as JSON, for the store, and the state that a log leads to. An event's type is its class's name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from hotseat.domain.model import Grade
from hotseat.errors import StorageError
from hotseat.session import events, phases, session
from hotseat.session.records import Amendments, InterviewRecord, LoggedEvent

_ADAPTERS: dict[str, TypeAdapter[events.Event]] = {kind.__name__: TypeAdapter(kind) for kind in get_args(events.Event)}
_GRADE: TypeAdapter[Grade] = TypeAdapter(Grade)
_PLAN: TypeAdapter[phases.Plan] = TypeAdapter(phases.Plan)

LoadInterview = Callable[[str], Awaitable[tuple[InterviewRecord, phases.State] | None]]
"""An interview's record and state by its id; None if there is none. Raises StorageError."""


def encode_event(event: events.Event) -> tuple[str, dict[str, Any]]:
    """(type, payload)."""
    name = type(event).__name__
    return name, _ADAPTERS[name].dump_python(event, mode="json")


def decode_event(name: str, payload: dict[str, Any]) -> events.Event:
    """Raises KeyError for an unknown type, pydantic.ValidationError for a payload that doesn't fit."""
    return _ADAPTERS[name].validate_python(payload)


def encode_plan(plan: phases.Plan) -> dict[str, Any]:
    return dict(_PLAN.dump_python(plan, mode="json"))


def decode_plan(payload: dict[str, Any]) -> phases.Plan:
    return _PLAN.validate_python(payload)


def replayed(record: InterviewRecord, log: Sequence[LoggedEvent]) -> phases.State:
    """The state after all logged events. Raises StorageError for a log that this version can't read."""
    try:
        history = tuple((decode_event(entry.type, entry.payload), entry.monotonic) for entry in log)
        return session.replay(decode_plan(record.plan), history)
    except (KeyError, ValidationError) as error:
        raise StorageError(f"the log of interview {record.id} is damaged, or another version of Hotseat wrote it") from error


def encode_grade(grade: Grade) -> dict[str, Any]:
    return dict(_GRADE.dump_python(grade, mode="json"))


def decode_grade(payload: dict[str, Any]) -> Grade:
    return _GRADE.validate_python(payload)


def counted_grade(progress: phases.Progress, amendments: Amendments, round_index: int) -> Grade | None:
    """The grade of a round that counts everywhere: the latest, whoever asked for it; None while there is none."""
    for regrade in reversed(amendments.regrades):
        if regrade.round == round_index:
            return decode_grade(regrade.grade)
    return next((item.grade for item in progress.grades if item.round == round_index), None)
