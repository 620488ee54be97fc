"""Reports for people: Markdown, and one self-contained HTML page. Neither runs scripts or loads anything."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import IO, Any, Literal

import jinja2
from markupsafe import Markup

from hotseat.engines import codecs
from hotseat.speech.recordings import AudioArchive
from hotseat.text.controls import without_controls

_TEMPLATES = Path(__file__).parent / "templates"
_MEDIA_TYPES: dict[codecs.Codec, str] = {"flac": "audio/flac", "opus": "audio/ogg"}


def write_report(
    kind: Literal["md", "html"],
    reviews: Sequence[dict[str, Any]],
    assessments: Sequence[dict[str, Any]],
    file: IO[bytes],
    archive: AudioArchive,
    codec: codecs.Codec | None,
) -> None:
    """Writes a report on interviews, from their reviews (``Reviews.review``), and on self-assessments.

    The HTML page has the audio inside where a codec is given. Raises StorageError.
    """
    style = (_TEMPLATES / "report.css").read_text(encoding="utf-8")

    def sound(interview_id: str, answer: dict[str, Any]) -> str:
        pcm = archive.read(interview_id, answer["turn_id"]) if codec is not None and answer["audio"] else b""
        if not pcm or codec is None:
            return ""
        return f"data:{_MEDIA_TYPES[codec]};base64,{base64.b64encode(codecs.encode(pcm, codec)).decode()}"

    template = _environment(autoescape=kind == "html").get_template(f"report.{kind}.j2")
    report = template.stream(
        reviews=reviews,
        assessments=assessments,
        marked=_marked,
        style=Markup(style),  # noqa: S704 - our own file
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        sound=sound,
    )
    for text in report:
        file.write(without_controls(text).encode())


def plain(text: str) -> str:
    """Text escaped for Markdown, on one line: what somebody said can't become markup, an image or a link."""
    text = without_controls(" ".join(text.split()))
    text = re.sub(r"([\\`*_{}\[\]<>#|~&!$])", r"\\\1", text)
    text = re.sub(r"(?i)\b(https?|ftp|mailto|www)([:.])", r"\1\\\2", text)
    return re.sub(r"^([-+=]|\d+(?=[.)]))", lambda match: f"\\{match[1]}" if not match[1].isdigit() else f"{match[1]}\\", text)


def _marked(answer: dict[str, Any], round_: dict[str, Any]) -> list[dict[str, Any]]:
    """The answer's words as runs of ``text`` quoted by the same ``criteria`` (numbers from 1)."""
    grade = round_["grade"]
    quotes = [
        (finding["evidence"]["word_start"], finding["evidence"]["word_end"], number, finding["status"] == "contradicted")
        for number, criterion in enumerate(grade["criteria"] if grade else [], 1)
        for finding in criterion["findings"]
        if finding["status"] in ("met", "contradicted") and finding["evidence"]
        if finding["evidence"]["turn_id"] == answer["turn_id"]
    ]

    def quoted_by(placed: tuple[int, dict[str, Any]]) -> tuple[list[int], bool]:
        covering = [(number, wrong) for start, end, number, wrong in quotes if start <= placed[0] < end]
        return sorted({number for number, _ in covering}), any(wrong for _, wrong in covering)

    return [
        {"text": " ".join(word.get("now", word)["text"] for _, word in run), "criteria": criteria, "contradicted": contradicted}
        for (criteria, contradicted), run in groupby(enumerate(answer["words"]), quoted_by)
    ]


def _environment(*, autoescape: bool) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        autoescape=autoescape,  # noqa: S701 - Markdown has its own, see ``plain``
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["clock"] = lambda seconds: f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
    environment.filters["day"] = lambda iso: f"{datetime.fromisoformat(iso):%-d %B %Y, %H:%M} UTC"
    environment.filters["plain"] = plain
    environment.filters["quoted"] = lambda text: "\n".join(f"> {plain(line)}".rstrip() for line in text.splitlines())
    environment.filters["slug"] = lambda verdict: (verdict or "none").lower().replace(" ", "-")
    return environment
