"""The HTML that the server writes: the shell of the app, and the pages for getting in, which need no JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import jinja2
from starlette.responses import HTMLResponse

VERSION = version("hotseat")


class Pages:
    """Templates in ``web/``; what a person wrote is escaped in them."""

    def __init__(self, web_dir: Path) -> None:
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(web_dir), undefined=jinja2.StrictUndefined, autoescape=True
        )

    def add_filter(self, name: str, filter: Callable[[float], str]) -> None:
        self._templates.filters[name] = filter

    def render(self, template: str, /, status: int = 200, **values: object) -> HTMLResponse:
        return HTMLResponse(self._templates.get_template(template).render(version=VERSION, **values), status)
