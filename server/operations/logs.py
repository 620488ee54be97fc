"""Log lines, as text for people or JSON for machines. What a candidate says is in neither, at any level.

Other libraries log what they are given (requests with prompts, SQL with its parameters), so below a warning only our own
lines are written.
"""

from __future__ import annotations

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

from server.errors import HotseatError

interview: ContextVar[str] = ContextVar("interview", default="-")
"""Id of the interview that the current task belongs to."""


def failed(log: logging.Logger, what: str, error: Exception) -> None:
    """A failure that nothing ends by: a line if it is one of ours, with its trace if nobody foresaw it."""
    if isinstance(error, HotseatError):
        log.warning("%s", error)
    else:
        log.error("%s failed", what, exc_info=error)


def set_up(level: str, style: Literal["text", "json"]) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(_Json() if style == "json" else _Text())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("server").setLevel(level.upper())


_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class _Text(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(interview)s] %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        record.interview = interview.get()
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        # What somebody sent may be part of it: it must not begin a line of its own, nor tell a terminal what to do.
        record.message = _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), record.message)
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
        return json.dumps(line, ensure_ascii=False)
