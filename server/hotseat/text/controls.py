"""Control characters: they move a terminal's cursor, or change the reading direction."""

from __future__ import annotations

import re

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""C0, DEL, C1, line separators, and the marks, embeddings and isolates of bidirectional text."""


def escaped(text: str) -> str:
    """The text with control characters as ``\\uXXXX``, which JSON understands, too."""
    return CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def escaped_lines(text: str) -> str:
    """Like ``escaped``, but lines stay lines."""
    return "\n".join(map(escaped, text.split("\n")))


def without_controls(text: str) -> str:
    """The text without control characters; lines stay lines."""
    return "\n".join(CONTROLS.sub("", line) for line in text.split("\n"))
