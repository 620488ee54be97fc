"""Control characters: they move a terminal's cursor, or change the reading direction."""

from __future__ import annotations

import re

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""C0, DEL, C1, line separators, and the marks, embeddings and isolates of bidirectional text."""
