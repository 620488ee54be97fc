"""Events, plans and grades as JSON, for the store. An event's type is the name of its class."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import TypeAdapter

from hotseat.domain.model import Grade
from hotseat.session import events, phases
from hotseat.session.records import Amendments

_ADAPTERS: dict[str, TypeAdapter[events.Event]] = {kind.__name__: TypeAdapter(kind) for kind in get_args(events.Event)}
_GRADE: TypeAdapter[Grade] = TypeAdapter(Grade)
_PLAN: TypeAdapter[phases.Plan] = TypeAdapter(phases.Plan)


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


def encode_grade(grade: Grade) -> dict[str, Any]:
    return dict(_GRADE.dump_python(grade, mode="json"))


def decode_grade(payload: dict[str, Any]) -> Grade:
    return _GRADE.validate_python(payload)


def counted_grade(progress: phases.Progress, amendments: Amendments, round_index: int) -> Grade | None:
    """The grade of a round that counts everywhere: the latest, whoever asked for it; None while there is none."""
    later = amendments.latest(round_index)
    if later is not None:
        return decode_grade(later.grade)
    return next((item.grade for item in progress.grades if item.round == round_index), None)
