"""Writes a calendar of all-day events as RFC 5545 requires: CRLF, lines of at most 75 octets, escaped text, stable uids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MEDIA_TYPE = "text/calendar; charset=utf-8"
_OCTETS = 75


@dataclass(frozen=True, slots=True)
class Day:
    """An all-day event."""

    uid: str
    """The same in every export, even if the day has moved, so that calendars replace the event instead of adding another."""
    on: date
    summary: str
    description: str = ""


def render(days: Iterable[Day], stamp: float) -> bytes:
    """The calendar as a file; ``stamp`` is the present time in seconds since the epoch."""
    made = datetime.fromtimestamp(stamp, UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Hotseat//Practice//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for day in days:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{day.uid}",
            f"DTSTAMP:{made}",
            f"SEQUENCE:{int(stamp)}",  # a later export is a later revision
            f"DTSTART;VALUE=DATE:{day.on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day.on + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(day.summary)}",
            *([f"DESCRIPTION:{_escaped(day.description)}"] if day.description else []),
            "TRANSP:TRANSPARENT",  # it doesn't make the person busy
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(part + b"\r\n" for line in lines for part in _folded(line))


def _escaped(text: str) -> str:
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\n"), ("\r", "\n"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return "".join(char for char in text if char >= " " or char == "\t")


def _folded(line: str) -> Iterator[bytes]:
    """The parts of a line folded to ``_OCTETS``, never within a character."""
    part = b""
    for char in line:
        encoded = char.encode()
        if len(part) + len(encoded) > _OCTETS:
            yield part
            part = b" "
        part += encoded
    yield part
