"""docs/protocol.md agrees with server/hotseat/wire.py: the same messages, fields and limits."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from hotseat import wire
from hotseat.http import guard
from hotseat.interview import connection
from pydantic import BaseModel

DOC = (Path(__file__).parents[1] / "docs" / "protocol.md").read_text(encoding="utf-8")
BROWSER = "Messages from the browser"
SERVER = "Messages from the server"

Messages = dict[str, type[BaseModel]]
Rows = dict[str, tuple[str, str]]
"""Field name to its type and its meaning."""


def by_type(union: Any) -> Messages:
    return {model.model_fields["type"].default: model for model in get_args(union)}


CODE: dict[str, Messages] = {BROWSER: by_type(get_args(wire.ClientMessage)[0]), SERVER: by_type(wire.ServerMessage)}
TYPES = r"(?:integer|number|string|boolean)(?: or null)?|array of strings"
EVERY = [(title, name) for title, messages in CODE.items() for name in messages]


def section(title: str) -> str:
    """The text under a second-level heading."""
    _, _, rest = DOC.partition(f"\n## {title}\n")
    assert rest, f"docs/protocol.md has no section {title!r}"
    return rest.split("\n## ")[0]


def documented(title: str) -> dict[str, Rows]:
    """Message type to its fields, without the ``turn_id`` that the section gives to all but a few."""
    body, _, state = section(title).partition("\n### `state`\n")
    found: dict[str, Rows] = {}
    for name, fields in re.findall(r"^\| `([\w.]+)` \| .*? \| (.*?)\|$", body, re.M):
        assert name not in found, f"{name} is described twice under {title!r}"
        parts = re.split(rf"`(\w+)` ({TYPES})(?:, default \w+)?: ", fields)
        found[name] = {field: (kind, meaning) for field, kind, meaning in zip(*(parts[n::3] for n in (1, 2, 3)), strict=True)}
    if state:
        rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*) \|$", state, re.M)
        found["state"] = {field: (kind, meaning) for field, kind, meaning in rows if field != "turn_id"}
    return found


def without_turn(title: str) -> set[str]:
    """The message types that have no ``turn_id``, as the section says."""
    [listed] = re.findall(r"^Each has `turn_id` .*? but (.*)\.$", section(title), re.M)
    return set(re.findall(r"`([\w.]+)`", listed))


def json_type(annotation: Any) -> str:
    """How the doc calls a field's type."""
    if get_origin(annotation) is Literal:
        return "string"
    if get_origin(annotation) is tuple:
        return f"array of {json_type(get_args(annotation)[0])}s"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "string"
    if args := get_args(annotation):
        return " or ".join(json_type(arg) for arg in args)
    return {int: "integer", float: "number", str: "string", bool: "boolean", type(None): "null"}[annotation]


@pytest.mark.parametrize("title", CODE)
def test_every_message_is_documented(title: str) -> None:
    """Every message of a direction is in the doc, with or without a turn, and every message in the doc exists."""
    assert set(documented(title)) == set(CODE[title])
    assert without_turn(title) == {name for name, model in CODE[title].items() if "turn_id" not in model.model_fields}


@pytest.mark.parametrize(("title", "name"), EVERY, ids=[f"{title.split()[-1]} {name}" for title, name in EVERY])
def test_fields_of_every_message(title: str, name: str) -> None:
    """A message's row has its fields, in order and with their types, and nothing else."""
    rows = documented(title)[name]
    fields = {field: info for field, info in CODE[title][name].model_fields.items() if field not in ("type", "turn_id")}
    assert list(rows) == list(fields)
    for field, info in fields.items():
        kind, meaning = rows[field]
        assert kind == json_type(info.annotation)
        assert meaning.strip()
        if get_origin(info.annotation) is Literal:
            assert set(re.findall(r"`(\w+)`", meaning)) >= set(get_args(info.annotation))


def test_limits() -> None:
    """The limits and the version in the doc are those of the code."""
    assert f"is {wire.PROTOCOL}; `hello`" in DOC
    assert f"at most {wire.MAX_FRAME_SAMPLES} (half a second)" in DOC
    assert f"A text frame may have {wire.MAX_TEXT_BYTES} bytes" in DOC
    assert f"above {64 * wire.MAX_FRAME_SAMPLES} bytes the server hangs up" in DOC
    longest = wire.Typed.model_fields["text"].metadata[0].max_length
    assert f"at most {longest} characters" in documented(BROWSER)["typed"]["text"][1]


def test_close_codes() -> None:
    """The doc lists the codes the server closes with."""
    listed = {int(code) for code in re.findall(r"^\| (\d{4}) \|", section("Close codes"), re.M)}
    used = {connection.GOING_AWAY, connection.POLICY, connection.UNKNOWN_INTERVIEW, connection.FORGOTTEN}
    used |= {connection.TAKEN_OVER, connection.NOT_READY}
    assert listed == used | {1000, guard.UNAUTHORISED}
