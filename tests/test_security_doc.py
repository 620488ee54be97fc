"""docs/security.md cites tests that exist, and its limits are those of the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from hotseat.accounts.accounts import BY_ADDRESS, BY_NAME, INVITE_S, KEEP_LOG_S, SESSION_S
from hotseat.http.guard import LOOK_AGAIN_S
from hotseat.settings import PROJECT

DOCUMENT = (PROJECT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(test_\w+\.py)(?:::(\w+))?`", DOCUMENT)))


def test_every_threat_names_its_tests() -> None:
    """Every line of the table ends in at least one."""
    table = DOCUMENT[DOCUMENT.index("| who | tries |") :].split("\n\n")[0].splitlines()[2:]
    assert len(table) >= 15
    for line in table:
        assert re.search(r"`test_\w+\.py[^`]*`[^|]*\|$", line), line


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_the_named_test_exists(file: str, test: str) -> None:
    """In the file and by the name the document gives."""
    functions = {
        node.name
        for path in Path(__file__).parent.rglob(file)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert functions
    assert not test or test in functions


def test_the_documents_numbers_are_the_codes() -> None:
    """Attempts and times."""
    assert f"{BY_NAME.attempts} attempts at a name or {BY_ADDRESS.attempts} from an address" in DOCUMENT
    assert (BY_NAME.refill_s, BY_ADDRESS.refill_s) == (60, 15)
    assert "then one a minute or every 15 s" in DOCUMENT
    assert (SESSION_S, INVITE_S, KEEP_LOG_S) == (30 * 86400, 7 * 86400, 365 * 86400)
    assert LOOK_AGAIN_S == 15
