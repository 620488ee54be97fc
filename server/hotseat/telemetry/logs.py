"""Log lines, as text for people or JSON for machines. What a candidate says is in neither, at any level.

Other libraries log what they are given (requests with prompts, SQL with its parameters), so below a warning only our own
lines are written.
"""

from __future__ import annotations

import json
import logging
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

from hotseat.errors import HotseatError
from hotseat.text.controls import escaped

interview: ContextVar[str] = ContextVar("interview", default="-")
"""Id of the interview that the current task belongs to."""


def failed(log: logging.Logger, what: str, error: Exception) -> None:
    """Logs a failure after which the work goes on: a line for a HotseatError, a traceback for any other exception."""
    if isinstance(error, HotseatError):
        log.warning("%s", error)
    else:
        log.error("%s failed", what, exc_info=error)


def set_up(level: str, style: Literal["text", "json"]) -> None:
    """Logs to standard error: our own lines from ``level`` on, other libraries' from WARNING on."""
    handler = logging.StreamHandler()
    handler.addFilter(_Repeats())
    logging.raiseExceptions = False  # or logging would print a traceback for a line that can't be written
    handler.setFormatter(_Json() if style == "json" else TextFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("hotseat").setLevel(level.upper())
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # its warnings are about malformed requests of strangers


_MOST_ALIKE = 100
"""Most lines a minute from one place in the code, so that strangers can't fill the disk."""
_MINUTE_S = 60.0


class _Repeats(logging.Filter):
    """Drops lines beyond ``_MOST_ALIKE`` a minute from one place in the code, and says how many were dropped."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[tuple[str, int], tuple[float, int]] = {}
        """For each place in the code, when its minute began, and the lines since."""

    def filter(self, record: logging.LogRecord) -> bool:
        place, now = (record.pathname, record.lineno), time.monotonic()
        began, count = self._seen.get(place, (now, 0))
        if now - began >= _MINUTE_S:
            if count > _MOST_ALIKE:
                record.msg, record.args = f"{record.getMessage()} ({count - _MOST_ALIKE} lines like it were left out)", ()
            began, count = now, 0
        self._seen[place] = (began, count + 1)
        return count < _MOST_ALIKE


class TextFormatter(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(interview)s] %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        record.interview = interview.get()
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        # It may contain what somebody sent, which must not start a new line or control the terminal.
        record.message = escaped(record.message)
        return super().formatMessage(record)


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "interview": interview.get(),
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return escaped(json.dumps(line, ensure_ascii=False))  # in JSON, too, \u202e is that character
