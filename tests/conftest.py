"""Fixtures of all tests: a directory with the packaged models, a real server in its own process, databases and clients."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from argon2 import PasswordHasher
from hotseat.accounts import passwords
from hotseat.storage.store import SqlStore
from hypothesis import settings

from tests.support.migrated_database import put_database
from tests.support.ports import free_port
from tests.support.shared_storage import ObjectStore, Postgres, temporary_object_store, temporary_postgres

if TYPE_CHECKING:
    from hotseat.startup.assembly import Assembly
    from starlette.testclient import TestClient

Clients = Callable[..., "TestClient"]
PROJECT = Path(__file__).parent.parent
MODELS = PROJECT / ".cache" / "models"
"""Kept between runs, so that weights are assembled once."""
READY_S = 120
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")  # one example may take its time on a busy machine
NO_MODELS = {"HOTSEAT_LLM__URL": "off", "HOTSEAT_TTS__VOICE": "off", "HOTSEAT_ASR__MODEL": "/none"}
"""For servers that only have to serve pages, at once."""

_SLOW = {
    "accounts",
    "audio",
    "cli",
    "doctor",
    "http",
    "image",
    "interview",
    "practice",
    "rehearsal",
    "storage",
    "telemetry",
    "transfer",
}
"""Folders of tests with servers, databases or whole interviews."""
_SLOW_FILES = {
    "test_amending.py",
    "test_bank.py",
    "test_benchmark_of_delivery.py",
    "test_benchmark_of_mock.py",
    "test_benchmark_of_recordings.py",
    "test_benchmark_of_voices.py",
    "test_benchmarks.py",
    "test_databases_bank.py",
    "test_deploy.py",
    "test_exam.py",
    "test_supervision.py",
    "test_housekeeping.py",
    "test_listening.py",
    "test_other_bank.py",
    "test_privacy.py",
    "test_recognition_queue.py",
    "test_remote_speech.py",
    "test_session_properties.py",
    "test_wheel.py",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks tests by where they are and by the fixtures that they use."""
    for item in items:
        folder, fixtures = item.path.relative_to(PROJECT / "tests").parts[0], getattr(item, "fixturenames", ())
        if folder == "browser":
            item.add_marker(pytest.mark.browser)
        if folder in _SLOW or item.path.name in _SLOW_FILES or "start_server" in fixtures:
            item.add_marker(pytest.mark.slow)
        if folder == "engines" or item.path.name == "test_embedded.py" or "server" in fixtures:
            item.add_marker(pytest.mark.models)
        if "postgres" in fixtures or "[postgresql" in item.name:
            item.add_marker(pytest.mark.postgres)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: without this, collections of garbage take a third of the time of some tests."""
    gc.freeze()


class ServerProcess:
    """``hotseat serve`` on a free port with its own data directory."""

    command: tuple[str, ...] = (sys.executable, "-m", "hotseat", "serve")

    def __init__(self, data_dir: Path, before: Sequence[str] = (), **environment: str) -> None:
        """``before`` is a command that runs the command after it, such as a tracer."""
        self.data_dir = data_dir
        self._before = before
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = environment
        self.process: subprocess.Popen[bytes] | None = None
        share_models(data_dir)
        self.start()

    def start(self) -> None:
        environment = {
            **os.environ,
            "HOTSEAT_DATA_DIR": str(self.data_dir),
            "HOTSEAT_PORT": str(self.port),
            **self._environment,
        }
        log = (self.data_dir / "server.log").open("ab")
        self.process = subprocess.Popen([*self._before, *self.command], env=environment, stderr=log, cwd=PROJECT)
        log.close()

    def wait_until_ready(self) -> ServerProcess:
        return self._wait_for("readyz")

    def wait_until_served(self) -> ServerProcess:
        """The first page can be had; the models may still be loading."""
        return self._wait_for("healthz")

    def _wait_for(self, path: str) -> ServerProcess:
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            assert self.process is not None and self.process.poll() is None, self.log()
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/{path}").status_code == 200:
                    return self
            time.sleep(0.1)
        raise AssertionError(f"no {path} after {READY_S} s:\n{self.log()}")

    def log(self) -> str:
        return (self.data_dir / "server.log").read_text()

    def kill(self) -> None:
        """SIGKILL: nothing gets to clean up."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


def share_models(data_dir: Path) -> None:
    """Lets a fresh data directory use the models that earlier tests assembled."""
    MODELS.mkdir(parents=True, exist_ok=True)
    data_dir.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        (data_dir / "models").symlink_to(MODELS)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL of its own; skips where there is none."""
    with temporary_postgres() as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database of each kind, both real."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres").fresh()
        return url
    return f"sqlite+aiosqlite:///{tmp_path / 'hotseat.db'}"


@pytest.fixture(scope="session")
def object_store() -> Iterator[ObjectStore]:
    """A real HTTP server that speaks S3."""
    with temporary_object_store() as store:
        yield store


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., ServerProcess]]:
    """Starts servers with given HOTSEAT_* variables and stops them all at the end."""
    started: list[ServerProcess] = []

    def start(before: Sequence[str] = (), **environment: str) -> ServerProcess:
        server = ServerProcess(tmp_path_factory.mktemp("data"), before, **environment)
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def server(start_server: Callable[..., ServerProcess]) -> ServerProcess:
    """The embedded default, ready: Whisper base, Piper joe, the bank and the reader."""
    return start_server().wait_until_ready()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    """A real SQLite, migrated."""
    opened = SqlStore(put_database(tmp_path))
    yield opened
    await opened.close()


@pytest.fixture
async def assembly(tmp_path: Path) -> AsyncIterator[Assembly]:
    """All parts, with fake models and a real database, which is that of ``store``."""
    from tests.support.fakes import fake_assembly  # here, so that tests that need none start sooner

    made = fake_assembly(tmp_path)
    yield made
    await made.storage.store.close()


@pytest.fixture
async def browser(assembly: Assembly) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application."""
    from tests.support.in_process_server import client

    async with client(assembly) as http:
        yield http


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Clients]:
    """Makes clients without an event loop, each of a server of its own with the given settings and the same data directory."""
    from hotseat.http.app import create_app
    from starlette.testclient import TestClient

    from tests.support.fakes import fake_assembly

    with contextlib.ExitStack() as opened:

        def make(base: str = "http://127.0.0.1:8000", address: str = "testclient", **settings: object) -> TestClient:
            assembly = fake_assembly(tmp_path, **settings)
            opened.callback(lambda: asyncio.run(assembly.storage.store.close()))
            return TestClient(create_app(assembly), base_url=base, client=(address, 50000), follow_redirects=False)

        yield make


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Password hashes of the same kind that take no time."""
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    passwords.hash_of_nobody.cache_clear()
