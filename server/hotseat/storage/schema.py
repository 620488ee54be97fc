"""The tables as statements name them; the migrations beside this say which types and keys their columns have."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from hotseat.domain.corrections import Change
from hotseat.session.records import RegradeKind


def _table(name: str, columns: str, json: str = "", **enums: type[StrEnum]) -> sa.TableClause:
    """``json`` columns come out parsed, ``enums`` as their members; of all others the database knows the type."""
    types = dict.fromkeys(json.split(), sa.JSON()) | {
        column: sa.Enum(kind, native_enum=False, values_callable=list) for column, kind in enums.items()
    }
    return sa.table(name, *map(sa.column, columns.split()), *(sa.column(column, kind) for column, kind in types.items()))


INTERVIEWS = _table("interviews", "id created format title owner replica audio_deleted term", json="options plan summary")
REPLICAS = _table("replicas", "id beat")
EVENTS = _table("events", "interview_id seq monotonic wall type", json="payload")
NOTES = _table("notes", "interview_id round text changed")
CORRECTIONS = _table("corrections", "interview_id seq turn_id word before text made by", change=Change)
REGRADES = _table("regrades", "interview_id seq round reason made by", json="grade ruling", kind=RegradeKind)

ASSESSMENTS = _table("assessments", "id taken owner", json="scores")
SETTINGS = _table("settings", "owner name", json="value")
RATINGS = _table("ratings", "interview_id round owner question_id at", json="ratings")
CARDS = _table("cards", "owner question_id point_id due reviewed stability difficulty")

ACCOUNTS = _table("accounts", "id name key role password created subject")
INVITES = _table("invites", "hash role made_by expires")
SESSIONS = _table("sessions", "hash account_id expires browser address")
AUDIT = _table("audit", "id at what who address about")
ATTEMPTS = _table("attempts", "key spent at")
