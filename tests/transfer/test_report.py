"""Reports show what was said, and run nothing."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hotseat.session.records import Note
from hotseat.storage.rows import Scope
from hotseat.text.controls import CONTROLS
from hotseat.transfer.importing import import_file
from hotseat.transfer.report import plain

from tests.storage.test_migrations import OLD
from tests.support.fakes import importing
from tests.transfer.test_transfer import EVERYTHING, exported, storage

ONE = Scope(interviews=("a03FQk9myQpa",))
HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> ![x](http://evil.example/x.png) [a](javascript:alert(1)) "
    "# big *bold* `code` | cell <https://evil.example> www.evil.example &lt; $x$ ~~y~~ "
    "\x1b]0;title\x07 \x9b2J \u202eb\u2066 end"
)


class Page(HTMLParser):
    """Collects what could run or be fetched, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name in ("src", "href", "action", "srcset", "poster", "data", "style"):
                self.addresses.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)

    def handle_data(self, data: str) -> None:
        self.text += data


async def reports(folder: Path) -> dict[str, str]:
    async with storage(folder) as assembly:
        with OLD.open("rb") as file:
            await import_file(*importing(assembly), file)
        [interview_id] = ONE.interviews or ()
        await assembly.storage.store.keep_note(interview_id, Note(0, f"{HOSTILE}\n- {HOSTILE}", 1_760_000_000.0))
        recording = assembly.storage.archive.create(interview_id, 1, 0)
        recording.append((8000 * np.sin(np.arange(16_000) * 0.2)).astype("<i2").tobytes())
        recording.close()
        return {
            "one.html": (await exported(assembly, ONE, "html", "opus")).getvalue().decode(),
            "all.html": (await exported(assembly, EVERYTHING, "html")).getvalue().decode(),
            "one.md": (await exported(assembly, ONE, "md")).getvalue().decode(),
            "all.md": (await exported(assembly, EVERYTHING, "md")).getvalue().decode(),
            "all.json": (await exported(assembly, EVERYTHING, "json")).getvalue().decode(),
        }


async def test_the_page_holds_all_and_can_do_nothing(tmp_path: Path) -> None:
    """No script, no handler, nothing fetched: styles and audio are inside, and the page's own policy forbids the rest."""
    written = await reports(tmp_path)
    page = Page(written["one.html"])
    assert page.tags.isdisjoint({"script", "link", "iframe", "object", "embed", "img", "form", "base"})
    assert page.handlers == []
    [sound] = page.addresses
    assert base64.b64decode(sound.removeprefix("data:audio/ogg;base64,"))[:4] == b"OggS"
    for shown in (
        "How LoRA works",
        "Lean No Hire",
        "Includes the math",
        "adds small trainable low rank matrices",
        "0:00",
        "Missing",
    ):
        assert shown in page.text
    assert HOSTILE.split(" ![")[0] in page.text, "shown as it was written"
    style = re.search(r"<style>(.*?)</style>", written["one.html"], re.DOTALL)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', written["one.html"])
    assert style and policy
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy[1].replace("&#39;", "'") == f"default-src 'none'; style-src 'sha256-{digest}'; media-src data:"
    assert "url(" not in style[1] and "@import" not in style[1]
    everything = Page(written["all.html"])
    assert everything.addresses == [] and "Self-assessments" in everything.text, "of everything, without the audio"


async def test_markdown_says_what_was_said_and_no_more(tmp_path: Path) -> None:
    """Words that look like markup, images, links or HTML are escaped, line by line."""
    written = await reports(tmp_path)
    for text in (written["one.md"], written["all.md"]):
        assert "# How LoRA works" in text and "**Lean No Hire**" in text
        assert "> LoRA freezes the base model" in text and "| Includes the math | Lean Hire |" in text
        assert not re.search(r"(?<!\\)[<`\[]", text), "no HTML, code or links at all"
        assert not re.search(r"https?:/|(?<!\\)~~|www\.", text), "nothing that is made a link by itself"
    assert "# Self-assessments" in written["all.md"] and "# Self-assessments" not in written["one.md"]
    assert not any(line.startswith("> - ") for line in written["one.md"].splitlines())


async def test_no_export_steers_a_terminal(tmp_path: Path) -> None:
    """What moves a cursor or turns the reading direction is left out of reports, and escaped in JSON, which keeps it."""
    written = await reports(tmp_path)
    for name, text in written.items():
        assert "2J" in text and not set(CONTROLS.findall(text)) - {"\n"}, name
    assert any(row["text"].endswith(HOSTILE) for row in json.loads(written["all.json"])["tables"]["notes"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("LoRA is fine-tuning.", "LoRA is fine-tuning."),
        ("1. first", "1\\. first"),
        ("- dash", "\\- dash"),
        ("a  b\n c", "a b c"),
        ("<b>*x*</b>", "\\<b\\>\\*x\\*\\</b\\>"),
        ("", ""),
        ("a\x1b]0;title\x07 \x9b2J\u202eb\u2066\u200f", "a\\]0;title 2Jb"),
        ("ht\u202etps://x", "https\\://x"),
    ],
)
def test_plain_text_in_markdown(text: str, shown: str) -> None:
    """Ordinary words stay readable."""
    assert plain(text) == shown
