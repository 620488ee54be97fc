"""Imports of packages and modules form no cycle, pure packages stay pure, and tests use no private names."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SERVER = Path(__file__).parents[1] / "server"
PACKAGE = SERVER / "hotseat"
PURE = ("text", "domain")
PURE_FILES = sorted(path for name in PURE for path in (PACKAGE / name).rglob("*.py"))

IMPURE = {"asyncio", "time", "datetime", "random", "secrets", "os", "pathlib", "io", "socket", "subprocess", "threading"}
"""Parts of the standard library that read a clock, throw dice or touch the world."""


def module_name(path: Path, top: Path | None = None) -> str:
    return ".".join(path.relative_to(top or SERVER).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path, top: Path | None = None) -> set[str]:
    """Full names of all modules a file imports, wherever in it; ``from a import b`` counts as a and a.b."""
    package = module_name(path, top).split(".")[: None if path.name == "__init__.py" else -1]
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
    ours = {name for name in imports(path) if is_in(name, "hotseat")} - {"hotseat"}
    return {name for name in ours if not any(is_in(name, package) for package in allowed)}


@pytest.mark.parametrize("path", PURE_FILES, ids=module_name)
def test_pure_packages(path: Path) -> None:
    """They import each other and the standard library, and of that nothing with a clock, dice, a loop or a disk."""
    assert beyond(path, *(f"hotseat.{name}" for name in PURE)) == set()
    outside = {name.split(".")[0] for name in imports(path)} - {"hotseat"}
    assert outside - sys.stdlib_module_names == set()
    assert outside & IMPURE == set()


def import_graph(unit: Callable[[str], str]) -> dict[str, set[str]]:
    """Units to those they import, TYPE_CHECKING and imports within functions included; ``unit`` is that of a module."""
    graph: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        own = unit(module_name(path))
        graph.setdefault(own, set()).update({unit(name) for name in imports(path) if is_in(name, "hotseat")} - {own, "hotseat"})
    return {name: others & graph.keys() for name, others in graph.items()}


def package_of(module: str) -> str:
    """``hotseat.speech.synthesis`` belongs to ``speech``, ``hotseat.clock`` is its own."""
    return ".".join(module.split(".")[1:2]) or "hotseat"


def module_of(name: str) -> str:
    """The module itself, or the one that a name is imported from; importing a module runs its package's ``__init__``, too."""
    path = SERVER.joinpath(*name.split("."))
    return name if path.with_suffix(".py").exists() or path.is_dir() else name.rpartition(".")[0]


def in_cycles(graph: dict[str, set[str]]) -> dict[str, list[str]]:
    """What imports itself through others; prints an order in which the rest can be read."""
    order: list[str] = []
    while ready := sorted(name for name, others in graph.items() if name not in order and others <= set(order)):
        order += ready
    print("\n".join(order))
    return {name: sorted(graph[name] - set(order)) for name in graph.keys() - set(order)}


def test_packages_form_no_cycle() -> None:
    """Each package and root module can be understood after those it imports; the test prints an order to read them in."""
    assert in_cycles(import_graph(package_of)) == {}


def test_modules_form_no_cycle() -> None:
    """Nor do the modules within a package."""
    graph = {name: {other for other in others if not is_in(name, other)} for name, others in import_graph(module_of).items()}
    assert in_cycles(graph) == {}


def test_a_cycle_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two packages that import each other, one only for its types, fail the test above."""
    for name, other in (("one", "two"), ("two", "one")):
        (tmp_path / "hotseat" / name).mkdir(parents=True)
        (tmp_path / "hotseat" / name / "part.py").write_text(f"if TYPE_CHECKING:\n    from hotseat.{other}.part import Thing\n")
    monkeypatch.setattr(sys.modules[__name__], "SERVER", tmp_path)
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path / "hotseat")
    assert in_cycles(import_graph(package_of)) == {"one": ["two"], "two": ["one"]}
    assert in_cycles(import_graph(module_of)).keys() == {"hotseat.one.part", "hotseat.two.part"}


def test_errors_import_nothing() -> None:
    """The hierarchy of errors imports nothing of Hotseat."""
    assert beyond(PACKAGE / "errors.py") == set()


def test_relative_imports_are_seen(tmp_path: Path) -> None:
    """No way of writing an import escapes these tests."""
    path = tmp_path / "hotseat" / "text" / "odd.py"
    path.parent.mkdir(parents=True)
    path.write_text("from . import words\nfrom ..engines import piper\ndef f():\n    import time as t\nfrom .. import app\n")
    assert imports(path, tmp_path) >= {"hotseat.text.words", "hotseat.engines.piper", "time", "hotseat.app"}


_OF_LIBRARIES = {"_replace", "_mapping"}
"""Public attributes of named tuples and SQLAlchemy rows, whatever their names look like."""


def private_names(path: Path) -> list[str]:
    """Names with a leading underscore that a file imports, reads of anything but ``self``, or replaces."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.Attribute) and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")):
            found.append(node.attr)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("setattr", "delattr"):
            found += [str(one.value).rpartition(".")[2] for one in node.args[:2] if isinstance(one, ast.Constant)]
    return [name for name in found if name.startswith("_") and not name.startswith("__") and name not in _OF_LIBRARIES]


def test_tests_use_no_private_names() -> None:
    """Tests and benchmarks use what other modules could use, so that private parts can change."""
    top = SERVER.parent
    paths = sorted(path for folder in ("tests", "benchmarks", "training") for path in (top / folder).rglob("*.py"))
    assert {str(path.relative_to(top)): names for path in paths if (names := private_names(path))} == {}


def test_private_names_are_seen(tmp_path: Path) -> None:
    """Imported, read or replaced."""
    path = tmp_path / "test_odd.py"
    path.write_text('from a import _b\nx._c\nmonkeypatch.setattr("a.b._d", 1)\nmonkeypatch.setattr(a, "_e", 1)\nself._f\n')
    assert private_names(path) == ["_b", "_c", "_d", "_e"]
