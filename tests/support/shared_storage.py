"""A real PostgreSQL cluster and object store for several replicas, as long as the tests run."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.ports import free_port


@dataclass(slots=True)
class Postgres:
    """A running cluster; ``stop`` and ``start`` make it go and come back."""

    programs: Path
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        flags = ["-k", str(self.folder), "-p", str(self.port), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        self.process = self._run(["postgres", "-D", str(self.folder / "data"), *flags])
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self._run(["pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).wait() == 0:
                return
            time.sleep(0.1)
        raise AssertionError("PostgreSQL did not start")

    def stop(self) -> None:
        """At once: whoever is connected is cut off."""
        if self.process is not None:
            self.process.terminate()
            self._run(["pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop"]).wait()
            self.process.wait(20)

    def fresh(self) -> str:
        """The URL of a new, empty database."""
        name = f"hotseat_{secrets.token_hex(4)}"
        made = self._run(["createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "hotseat", name])
        assert made.wait() == 0, "createdb failed"
        return f"postgresql+asyncpg://hotseat@127.0.0.1:{self.port}/{name}"

    def initialise(self) -> None:
        made = self._run(["initdb", "-D", str(self.folder / "data"), "-U", "hotseat", "--auth=trust", "--no-sync"])
        assert made.wait() == 0, "initdb failed"

    def _run(self, command: list[str]) -> subprocess.Popen[bytes]:
        program, *arguments = command
        return subprocess.Popen(
            [self.programs / program, *arguments],
            user="postgres" if os.getuid() == 0 else None,  # it refuses to run as root
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


@contextmanager
def temporary_postgres() -> Iterator[Postgres]:
    """Skips the test where no PostgreSQL is installed."""
    found = [path.parent for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))]
    if (on_path := shutil.which("postgres")) is not None:
        found.append(Path(on_path).resolve().parent)
    programs = next((path for path in reversed(found) if (path / "initdb").exists()), None)
    if programs is None:
        pytest.skip("PostgreSQL is not installed; on Debian: apt-get install postgresql")
    with tempfile.TemporaryDirectory(prefix="hotseat-postgres-") as folder:
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        cluster = Postgres(programs, Path(folder), free_port())
        cluster.initialise()
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """Where it is; ``environment`` is what a process needs to reach it."""

    url: str
    environment: dict[str, str] = field(default_factory=dict)


@contextmanager
def temporary_object_store() -> Iterator[ObjectStore]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    environment = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        import s3fs

        s3fs.S3FileSystem(skip_instance_cache=True).mkdir("hotseat")
        try:
            yield ObjectStore("s3://hotseat/audio", environment)
        finally:
            server.stop()
