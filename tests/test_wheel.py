"""The built wheel, installed into an empty environment, is complete and can hold a typed interview."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hotseat.questions.content import load_bank
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.conftest import PROJECT
from tests.support.scripted_llm import Script, scripted_llm
from tests.support.threaded_server import serving

UV = next((str(path) for path in (PROJECT / ".uv" / "bin" / "uv", shutil.which("uv")) if path and Path(path).exists()), None)
pytestmark = [pytest.mark.skipif(UV is None, reason="needs uv, which ./hotseat installs")]


_OURS = ("HOTSEAT_", "PYTHONPATH", "VIRTUAL_ENV")
"""Variables that would let the checkout in."""


def run(*command: str | Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd="/",
        env={name: value for name, value in os.environ.items() if not name.startswith(_OURS)} | environment,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the wheel and the source distribution."""
    folder = tmp_path_factory.mktemp("dist")
    assert UV is not None
    run(UV, "build", "--out-dir", folder, PROJECT)
    return folder


@pytest.fixture(scope="module")
def environment(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with nothing but the wheel and what it requires, in the versions of uv.lock."""
    assert UV is not None
    folder = tmp_path_factory.mktemp("environment")
    locked = folder / "constraints.txt"
    listed = run(UV, "export", "--project", PROJECT, "--frozen", "--no-dev", "--no-emit-project", "--no-hashes")
    locked.write_text("\n".join(line for line in listed.splitlines() if "==" in line))
    run(UV, "venv", "--python", sys.executable, folder / "venv")
    [wheel] = built.glob("*.whl")
    run(UV, "pip", "install", "--python", folder / "venv" / "bin" / "python", "--constraint", locked, wheel)
    return folder / "venv"


@pytest.fixture
def silent_transcriber() -> Iterator[str]:
    """An OpenAI-compatible audio server that recognises nothing: typed interviews need no more."""

    async def transcribe(_request: Request) -> Response:
        return JSONResponse({"text": "", "words": [], "segments": []})

    with serving(Starlette(routes=[Route("/v1/audio/transcriptions", transcribe, methods=["POST"])])) as url:
        yield f"{url}/v1"


def test_contents_of_the_wheel(built: Path) -> None:
    """The wheel has questions, prompts and pages; the source distribution has no data for training and no tests."""
    [wheel], [sdist] = built.glob("*.whl"), built.glob("*.tar.gz")
    names = zipfile.ZipFile(wheel).namelist()
    for name in ("rubrics/formats.toml", "rubrics/rag/core.toml", "prompts/grade_system.j2", "web/index.html", "web/app.js"):
        assert f"hotseat/files/{name}" in names
    with tarfile.open(fileobj=io.BytesIO(sdist.read_bytes())) as sources:
        folders = {Path(name).parts[1] for name in sources.getnames() if len(Path(name).parts) > 2}
    assert folders == {"server", "prompts", "rubrics", "web"}


def test_the_bank_of_an_installed_package(environment: Path) -> None:
    """It is the one in this checkout."""
    listed = json.loads(run(environment / "bin" / "hotseat", "bank", "--json"))
    assert len(listed["questions"]) == len(load_bank(PROJECT / "rubrics").questions)


def test_a_typed_interview(environment: Path, silent_transcriber: str, tmp_path: Path) -> None:
    """Without the packaged models: endpoints hear, phrase and grade, and the server has its pages."""
    typed = tmp_path / "typed.txt"
    typed.write_text("You freeze the base model and train two small low-rank matrices.\nIt takes less memory.\n")

    def graded(_message: str) -> str:
        return json.dumps({"points": []})

    with scripted_llm(Script(said="You freeze the base model.", graded=graded)) as llm:
        report: dict[str, Any] = json.loads(
            run(
                *(environment / "bin" / "hotseat", "rehearse", "--typed", typed, "--question", "finetuning/lora", "--json"),
                HOTSEAT_DATA_DIR=str(tmp_path / "data"),
                HOTSEAT_LLM__URL=llm.url,
                HOTSEAT_GRADER="llm",
                HOTSEAT_ASR__URL=silent_transcriber,
                HOTSEAT_TTS__VOICE="off",
            )
        )
    assert report["turns"][0]["text"].startswith("You freeze the base model")
    [entry] = report["rounds"]
    assert entry["question"]["id"] == "finetuning/lora"
