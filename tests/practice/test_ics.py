"""The calendar file follows RFC 5545."""

from __future__ import annotations

import re
from datetime import date

from hotseat.practice.ics import Day, render
from hypothesis import given
from hypothesis import strategies as st

STAMP = 1_700_000_000.0
LINE = re.compile(r"^([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=[^;:\"]+)*):(.*)$", re.DOTALL)
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from(";,\\\n"), max_size=200)


def parse(calendar: bytes) -> list[dict[str, str]]:
    """The events' properties, unfolded and unescaped. Asserts every rule on the way."""
    assert calendar.endswith(b"\r\n")
    assert b"\n" not in calendar.replace(b"\r\n", b""), "no line ends without CR"
    physical = calendar[:-2].split(b"\r\n")
    assert all(len(line) <= 75 for line in physical)
    assert all(line.decode() for line in physical), "folds are between characters"
    lines = b"\r\n".join(physical).replace(b"\r\n ", b"").decode().split("\r\n")
    matched = [LINE.match(line) for line in lines]
    assert all(matched), lines
    content = [(entry[1], entry[2], entry[3]) for entry in matched if entry]
    assert content[0] == ("BEGIN", "", "VCALENDAR") and content[-1] == ("END", "", "VCALENDAR")
    assert [value for name, _, value in content if name == "VERSION"] == ["2.0"]
    assert sum(name == "PRODID" for name, *_ in content) == 1
    events: list[dict[str, str]] = []
    for name, parameters, value in content:
        if (name, value) == ("BEGIN", "VEVENT"):
            events.append({})
        elif events and name != "END":
            assert name not in events[-1], "each property at most once"
            events[-1][name] = unescaped(value) if name in ("SUMMARY", "DESCRIPTION") else value
            assert parameters == (";VALUE=DATE" if name in ("DTSTART", "DTEND") else "")
    return events


def unescaped(text: str) -> str:
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", text), "bare separators"
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], text)


def test_a_day_is_a_whole_day_with_its_own_id() -> None:
    """Start and end are dates, the end exclusive; the stamp is in UTC; two days don't share an id."""
    days = [Day("a@x", date(2026, 12, 31), "Say it aloud", "Ten topics"), Day("b@x", date(2027, 1, 1), "Interview")]
    first, second = parse(render(days, STAMP))
    assert first == {
        "UID": "a@x",
        "DTSTAMP": "20231114T221320Z",
        "SEQUENCE": "1700000000",
        "DTSTART": "20261231",
        "DTEND": "20270101",
        "SUMMARY": "Say it aloud",
        "DESCRIPTION": "Ten topics",
        "TRANSP": "TRANSPARENT",
    }
    assert second["UID"] == "b@x" and "DESCRIPTION" not in second


def test_an_empty_calendar_is_one() -> None:
    """Whoever subscribes before there is anything to do gets a valid file."""
    assert parse(render([], STAMP)) == []


@given(TEXT, TEXT)
def test_any_text_comes_back(summary: str, description: str) -> None:
    """Long, foreign and awkward text survives escaping and folding."""
    [event] = parse(render([Day("u@x", date(2026, 1, 2), summary, description)], STAMP))
    assert event["SUMMARY"] == summary
    assert event.get("DESCRIPTION", "") == description
