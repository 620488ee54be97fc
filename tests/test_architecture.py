"""Imports point inward only: core <- ports <- adapters <- app. The layers are DESIGN's; this holds the code to them."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SERVER = ROOT / "server"
CORE = sorted((SERVER / "core").rglob("*.py"))
ADAPTERS = sorted((SERVER / "adapters").rglob("*.py"))

IMPURE = {"asyncio", "time", "datetime", "random", "secrets", "os", "pathlib", "io", "socket", "subprocess", "threading"}
"""Parts of the standard library that read a clock, throw dice or touch the world."""
SHARED = ("server.adapters.weights", "server.adapters.onnx_session")
"""What other adapters may import: where the packaged weights of each are, and how an ONNX file is run."""


def module_name(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    """Full names of all modules a file imports, wherever in it; ``from a import b`` counts as a and a.b."""
    package = module_name(path).split(".")[: None if path.name == "__init__.py" else -1]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return found


def is_in(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def beyond(path: Path, *allowed: str) -> set[str]:
    """What a file imports of Hotseat itself outside the allowed packages."""
    ours = {name for name in imports(path) if is_in(name, "server")} - {"server", "server.adapters"}
    return {name for name in ours if not any(is_in(name, package) for package in allowed)}


def short(path: Path) -> str:
    return str(path.relative_to(SERVER))


@pytest.mark.parametrize("path", CORE, ids=short)
def test_core_is_pure(path: Path) -> None:
    """The core imports the core and the standard library, and of that nothing with a clock, dice, a loop or a disk."""
    assert beyond(path, "server.core") == set()
    outside = {name.split(".")[0] for name in imports(path)} - {"server"}
    assert outside - sys.stdlib_module_names == set()
    assert outside & IMPURE == set()


@pytest.mark.parametrize("path", ADAPTERS, ids=short)
def test_adapters_stand_alone(path: Path) -> None:
    """An adapter imports the core, the ports and the errors, but no other adapter and nothing built on adapters."""
    own = "server.adapters." + path.relative_to(SERVER / "adapters").with_suffix("").parts[0]
    assert beyond(path, "server.core", "server.ports", "server.errors", own, *SHARED) == set()


def test_ports_know_only_the_core() -> None:
    """What the inside asks of the outside is said in the core's words."""
    assert beyond(SERVER / "ports.py", "server.core") == set()


@pytest.mark.parametrize("name", SHARED)
def test_shared_adapters_stand_alone(name: str) -> None:
    """An adapter that others share is not built on any of them."""
    path = ROOT.joinpath(*name.split(".")).with_suffix(".py")
    assert beyond(path, "server.core", "server.ports", "server.errors", name) == set()


def test_errors_know_nothing() -> None:
    """The hierarchy of errors imports nothing of Hotseat."""
    assert beyond(SERVER / "errors.py") == set()


def test_relative_imports_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No way of writing an import escapes these tests."""
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    path = tmp_path / "server" / "core" / "odd.py"
    path.parent.mkdir(parents=True)
    path.write_text("from . import domain\nfrom ..adapters import piper\ndef f():\n    import time as t\nfrom .. import app\n")
    assert imports(path) >= {"server.core.domain", "server.adapters.piper", "time", "server.app"}
