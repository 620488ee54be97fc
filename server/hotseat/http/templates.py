"""The HTML that the server writes: the shell of the app, and the pages for getting in, which need no JavaScript."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import jinja2
from starlette.responses import HTMLResponse

from hotseat.accounts.accounts import SESSION_S

VERSION = version("hotseat")


class Pages:
    """Templates in ``web/``; what a person wrote is escaped in them."""

    def __init__(self, web_dir: Path) -> None:
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(web_dir), undefined=jinja2.StrictUndefined, autoescape=True
        )
        self._templates.filters |= {
            "day": lambda seconds: _utc(seconds).date().isoformat(),
            "began": lambda expires: _utc(expires - SESSION_S).date().isoformat(),
            "moment": lambda seconds: f"{_utc(seconds):%Y-%m-%d %H:%M:%S}",
        }

    def render(self, template: str, /, status: int = 200, **values: object) -> HTMLResponse:
        return HTMLResponse(self._templates.get_template(template).render(version=VERSION, **values), status)


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
