"""Runs an image like a container engine does: with namespaces, bind mounts and chroot.

The root is read-only, /data is the writable volume and /tmp a small one in memory. The process has the image's user,
environment, directory and command, no capabilities, and a network with loopback only.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType

from tests.image.building import buildah, inspected
from tests.support.without_network import offline

_MOUNTS = """
set -e
root=$1 data=$2; shift 2
mount --make-rprivate /
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount --bind "$data" "$root/data"
mount -t tmpfs -o mode=1777,size=256m tmpfs "$root/tmp"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755,size=64k tmpfs "$root/dev"
for device in null zero full random urandom; do
    : > "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir -m 1777 "$root/dev/shm"
exec "$@"
"""
_SPACES = ("--mount", "--pid", "--ipc", "--uts")


class Container:
    """A running image; leaving it stops it. Its output is in ``log``."""

    def __init__(self, image: str, data: Path, **environment: str) -> None:
        """``data`` becomes the volume; like an engine's new volume it takes over who owns /data in the image."""
        self._container = buildah("from", "--pull=never", image)
        self._root = Path(buildah("mount", self._container))
        config = inspected(image)["config"]
        self.health: list[str] = config["Healthcheck"]["Test"]
        volume = (self._root / "data").stat()
        subprocess.run(["chown", f"{volume.st_uid}:{volume.st_gid}", str(data)], check=True)
        data.chmod(volume.st_mode & 0o777)
        variables = {**dict(entry.split("=", 1) for entry in config["Env"]), **environment}
        user = self._user(config["User"])
        self._entered = [
            "chroot", str(self._root), "setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--no-new-privs",
            "--bounding-set=-all", "--inh-caps=-all", "env", "-i", f"--chdir={config['WorkingDir']}",
            *(f"{name}={value}" for name, value in variables.items()),
        ]  # fmt: skip
        self._log = data.parent / f"{self._container}.log"
        self.stopped_with: int | None = None
        """The exit code, once it was asked to stop."""
        self.started = time.monotonic()
        with self._log.open("wb") as log:
            spaces = [
                "unshare",
                *_SPACES,
                "--fork",
                "--kill-child",
                "sh",
                "-c",
                _MOUNTS,
                "container",
                str(self._root),
                str(data),
            ]
            self._process = subprocess.Popen(
                offline(*spaces, *self._entered, *config["Cmd"]), stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    def run(self, *command: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Runs another command in it."""
        entering = ["nsenter", "--target", str(self._first()), "--net", *_SPACES]
        return subprocess.run([*entering, *self._entered, *command], input=stdin, capture_output=True, text=True, timeout=300)

    def healthy(self) -> bool:
        """What the image's own health check says."""
        kind, *command = self.health
        assert kind == "CMD", shlex.join(self.health)
        return self.run(*command).returncode == 0

    def _first(self) -> int:
        """The id, out here, of the container's process 1."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        while self._process.poll() is None:  # it takes a moment to be there
            if found := children.read_text().split():
                return int(found[0])
            time.sleep(0.01)
        raise ProcessLookupError(f"the container has ended: {self.log}")

    @property
    def log(self) -> str:
        return self._log.read_text()

    def __enter__(self) -> Container:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            # Process 1 itself: only it can stop in order, and its end is everybody's in there.
            os.kill(first := self._first(), signal.SIGTERM)
            try:
                self.stopped_with = self._process.wait(20)
            except subprocess.TimeoutExpired:
                os.kill(first, signal.SIGKILL)
                self._process.wait()
        buildah("rm", self._container)

    def _user(self, name: str) -> int:
        lines = (self._root / "etc" / "passwd").read_text().splitlines()
        return next(int(line.split(":")[2]) for line in lines if line.startswith(f"{name}:"))
