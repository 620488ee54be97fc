"""The HTML that the server writes (the shell of the app, and the pages for getting in, which need no JavaScript), and the
files of the page."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import jinja2
from starlette.datastructures import Headers
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

VERSION = version("hotseat")


_TEXT = (".js", ".css", ".svg")


class PageFiles(StaticFiles):
    """Files as they are, text compressed for browsers that take that: a third of the bytes."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        wants = Headers(scope=scope).get("accept-encoding", "")
        if not isinstance(response, FileResponse) or not os.fspath(full_path).endswith(_TEXT) or "gzip" not in wants:
            return response
        kept = {name: response.headers[name] for name in ("content-type", "last-modified", "etag")}
        body = _compressed(os.fspath(full_path), stat_result.st_mtime_ns)
        return Response(body, headers=kept | {"content-encoding": "gzip", "vary": "Accept-Encoding"})


@lru_cache(maxsize=256)
def _compressed(path: str, _changed_ns: int) -> bytes:
    return gzip.compress(Path(path).read_bytes(), mtime=0)


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
