"""A calendar of whole days, as RFC 5545 wants it: CRLF, lines of at most 75 octets, escaped text, stable ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MEDIA_TYPE = "text/calendar; charset=utf-8"
_OCTETS = 75


@dataclass(frozen=True, slots=True)
class Day:
    """Something to do on one day."""

    uid: str
    """The same in every export, also when the day has moved, so that a calendar replaces it instead of adding another."""
    on: date
    summary: str
    description: str = ""


def render(days: Iterable[Day], stamp: float) -> bytes:
    """``stamp``: when the calendar was made, seconds since the epoch."""
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
            "TRANSP:TRANSPARENT",  # it fills no hour of the day
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(part + b"\r\n" for line in lines for part in _folded(line))


def _escaped(text: str) -> str:
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\n"), ("\r", "\n"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return "".join(char for char in text if char >= " " or char == "\t")


def _folded(line: str) -> Iterator[bytes]:
    """Never within a character, though the standard would let it."""
    part = b""
    for char in line:
        encoded = char.encode()
        if len(part) + len(encoded) > _OCTETS:
            yield part
            part = b" "
        part += encoded
    yield part
