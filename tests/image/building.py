"""Builds the Dockerfile with buildah on a stand-in for its base: the same distribution, by debootstrap.

Root is needed, and Debian's packages buildah and debootstrap. Everything is kept under ``.cache/image``.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.conftest import PROJECT

STORE = PROJECT / ".cache" / "image"
BASE = "docker.io/library/debian:trixie-slim"
"""The name the Dockerfile asks for; here it is the stand-in."""
_UNSLIM = ("doc", "man", "info", "locale", "groff", "lintian", "linda")
"""Folders of /usr/share that the slim images of Debian leave out, too."""
_CERTIFICATES = Path("/usr/local/share/ca-certificates")


def buildah(*arguments: str, show: bool = False) -> str:
    """What it prints; with ``show`` it prints that itself."""
    where = ["--root", str(STORE / "storage"), "--runroot", str(STORE / "run"), "--storage-driver", "vfs"]
    done = subprocess.run(["buildah", *where, *arguments], stdout=None if show else subprocess.PIPE, text=True, check=True)
    return (done.stdout or "").strip()


def exists(image: str) -> bool:
    return image in buildah("images", "--format", "{{.Name}}:{{.Tag}}").splitlines()


def make_base(bootstrapped: Path | None = None) -> None:
    """Puts the stand-in into the store, unless it is there. An existing debootstrap folder can be given."""
    if exists(BASE):
        return
    STORE.mkdir(parents=True, exist_ok=True)
    folder = bootstrapped or STORE / "trixie"
    if not folder.exists():
        unfinished = STORE / "trixie.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        subprocess.run(["debootstrap", "--variant=minbase", "trixie", str(unfinished)], check=True)
        unfinished.rename(folder)
    container = buildah("from", "scratch")
    root = Path(buildah("mount", container))
    subprocess.run(["cp", "--archive", f"{folder}/.", str(root)], check=True)
    for name in _UNSLIM:
        shutil.rmtree(root / "usr" / "share" / name, ignore_errors=True)
    rules = "".join(f"path-exclude /usr/share/{name}/*\n" for name in _UNSLIM)
    (root / "etc" / "dpkg" / "dpkg.cfg.d" / "slim").write_text(rules)
    for kept in ("var/cache/apt", "var/lib/apt/lists"):
        shutil.rmtree(root / kept, ignore_errors=True)
        (root / kept).mkdir()
    if _CERTIFICATES.is_dir():  # a machine behind an inspecting proxy trusts its certificate, so must the image's build
        shutil.copytree(_CERTIFICATES, root / "usr" / "local" / "share" / "ca-certificates", dirs_exist_ok=True)
    buildah("config", "--cmd", "bash", container)
    buildah("commit", "--rm", container, BASE)


def build(tag: str, target: str | None = None) -> None:
    """Builds from the working tree; the last stage when no target is named."""
    limits = []
    for name, limit in (("nofile", resource.RLIMIT_NOFILE), ("nproc", resource.RLIMIT_NPROC)):
        hard = resource.getrlimit(limit)[1]  # asking for more than that needs a privilege that sandboxes lack
        limits += ["--ulimit", f"{name}={hard}:{hard}"]
    made = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=PROJECT, capture_output=True, text=True, check=True)
    buildah(
        "build", "--format", "docker", "--isolation", "chroot", "--pull=never", "--network", "host", *limits,
        "--timestamp", made.stdout.strip(), *(["--target", target] if target else []), "--tag", tag, str(PROJECT),
        show=True,
    )  # fmt: skip


def inspected(image: str) -> dict[str, Any]:
    """The image's Docker configuration and its size in bytes."""
    [listed] = json.loads(buildah("images", "--json", image))
    config = json.loads(buildah("inspect", "--type", "image", image))["Docker"]["config"]
    return {"config": config, "bytes": _bytes(listed["size"])}


def _bytes(size: str) -> int:
    number, unit = size.split()
    return int(float(number) * {"B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9}[unit])
