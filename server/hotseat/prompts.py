"""Renders prompts/*.j2. A missing value is an error, never an empty string in a prompt."""

from __future__ import annotations

import hashlib
from pathlib import Path

import jinja2

from hotseat.errors import ContentError


class Prompts:
    """The templates of one directory."""

    def __init__(self, root: Path) -> None:
        self._root = root
        # Prompts are plain text for a model, not HTML: escaping would corrupt them.
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(root),
            undefined=jinja2.StrictUndefined,
            autoescape=False,  # noqa: S701
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, name: str, **values: object) -> str:
        """Raises ContentError naming the file and what is wrong."""
        try:
            return self._templates.get_template(name).render(values).strip()
        except jinja2.TemplateNotFound as error:
            raise ContentError(f"prompts/{error.name}: file is missing") from None
        except jinja2.TemplateError as error:
            raise ContentError(f"prompts/{name}: {error.message}") from None

    def version(self, *names: str) -> str:
        """First 12 hex digits of the sha256 of the named templates' sources, in order."""
        try:
            sources = [(self._root / name).read_bytes() for name in names]
        except OSError as error:
            raise ContentError(f"prompts/{Path(error.filename).name}: file is missing") from None
        return hashlib.sha256(b"".join(sources)).hexdigest()[:12]
