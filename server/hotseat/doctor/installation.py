"""Whether the program is installed the way its lock file says."""

from __future__ import annotations

import platform
import re
import sys
import tomllib
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from hotseat.doctor.check import Check
from hotseat.settings import PROJECT

_SYNC = "run ./hotseat serve once, which installs what uv.lock says; in a virtual environment of your own: uv sync --frozen"


def python(version: tuple[int, int] = sys.version_info[:2]) -> Check:
    """The running Python against the range for which every package has been built."""
    wanted = metadata.metadata("hotseat")["Requires-Python"]
    bounds = [(sign, (int(major), int(minor))) for sign, major, minor in re.findall(r"(>=|<)(\d+)\.(\d+)", wanted)]
    ok = all(version >= bound if sign == ">=" else version < bound for sign, bound in bounds)
    detail = f"{version[0]}.{version[1]} on {platform.machine()}; Hotseat needs {wanted}"
    return Check("Python", ok, detail, "" if ok else "install such a Python, delete .venv and run ./hotseat serve")


def packages(lock: Path = PROJECT / "uv.lock", found: Mapping[str, str] | None = None) -> Check:
    """The installed packages (name to version) against the lock file; extras that are not installed are no fault."""
    if not lock.is_file():
        return Check("Packages", True, f"there is no {lock} to compare with")
    found = _installed() if found is None else {_normal(name): version for name, version in found.items()}
    locked: dict[str, set[str]] = {}
    for package in tomllib.loads(lock.read_text(encoding="utf-8"))["package"]:
        locked.setdefault(_normal(package["name"]), set()).add(package.get("version", ""))
    wrong = [
        f"{name} is {version}, locked is {' or '.join(sorted(locked[name]))}"
        for name, version in sorted(found.items())
        if name in locked and version not in locked[name]
    ]
    wrong += [f"{name} is missing" for name in _needed() if name not in found]
    if wrong:
        return Check("Packages", False, "; ".join(wrong), _SYNC)
    return Check("Packages", True, f"{len(locked.keys() & found.keys())} packages have the versions of uv.lock")


def _installed() -> dict[str, str]:
    return {_normal(distribution.name): distribution.version for distribution in metadata.distributions()}


def _needed() -> list[str]:
    """What Hotseat itself imports, without its extras."""
    lines = [line for line in metadata.requires("hotseat") or () if "extra ==" not in line]
    return sorted(_normal(re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0]) for line in lines)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
