"""The documents are short and plain, and agree with the tree."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import PROJECT

DOCS = sorted((PROJECT / "docs").rglob("*.md"))
PAGES = [*DOCS, *sorted(PROJECT.glob("*.md"))]
DECISIONS = sorted((PROJECT / "docs" / "decisions").glob("*.md"))
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)

MOST_WORDS = 13_900
"""Of all documents together, the root's included; marks between columns are no words."""

RIDDLES = re.compile(
    r"\b(?:one (?:can|may|must|has to|sees|hears)|nobody minds|nothing is kept for|than anybody waits for"
    r"|utili[sz]e|leverage[sd]?|in order to|it should be noted|basically|seamless(?:ly)?|robustly)\b",
    re.IGNORECASE,
)
"""Words that make a reader stop, or add nothing."""


def name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def prose(path: Path) -> str:
    """Without code."""
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", DECISIONS, ids=name)
def test_a_decision_is_short_and_complete(path: Path) -> None:
    """At most 250 words: status, context, decision and consequences."""
    text = path.read_text(encoding="utf-8")
    assert len(text.split()) <= 250
    assert text.startswith(f"# {int(path.name[:4])}. ")
    parts = ("Status", "Context", "Decision", "Consequences")
    assert [part for part in parts if not re.search(rf"^(?:\*\*{part}\.\*\*|## {part}$)", text, re.MULTILINE)] == []


def test_decisions_are_numbered_once() -> None:
    """Two of one number could not be cited."""
    assert [number for number, times in Counter(path.name[:4] for path in DECISIONS).items() if times > 1] == []


def test_documents_stay_short() -> None:
    """What grows has to replace something."""
    words = [word for path in PAGES for word in path.read_text(encoding="utf-8").split() if re.search(r"\w", word)]
    assert len(words) <= MOST_WORDS


def test_the_readme_is_a_page() -> None:
    """Up to what is folded."""
    assert len((PROJECT / "README.md").read_text(encoding="utf-8").split("<details>")[0].split()) <= 500


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_links_lead_somewhere(path: Path) -> None:
    """Within the tree."""
    links = [link for link in LINK.findall(path.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_no_riddles_and_no_filler(path: Path) -> None:
    """No riddles and no filler."""
    assert RIDDLES.findall(prose(path)) == []


def test_the_ten_changes_name_files_that_exist() -> None:
    """Whoever follows CONTRIBUTING finds them."""
    table = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## Ten changes")[1].split("\n\n")[1]
    rows = table.splitlines()[2:]
    assert len(rows) == 10
    paths = re.findall(r"`((?:server|web|docs|rubrics|training)/[\w./-]*)`", table)
    assert len(paths) >= 20
    paths += [f"{module.replace('.', '/')}.py" for module in re.findall(r"python -m ([\w.]+)", table)]
    assert [path for path in paths if not (PROJECT / path).exists()] == []


def test_the_changelog_has_this_version() -> None:
    """pyproject.toml is the only other place with a version."""
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"## {version}" in (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
