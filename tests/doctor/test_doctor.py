"""The doctor names what is wrong with a broken installation, and how to fix it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hotseat.doctor import Check
from hotseat.doctor.components import bank, endpoint, endpoints, loaded, weight_files, weights
from hotseat.doctor.environment import access, data_dir, disk, microphone
from hotseat.doctor.installation import InstallMethod, install_method, packages, python
from hotseat.engines.weights import QWEN_GGUF, Weight, assembled
from hotseat.server_status import LLM, VOICE, Part, PartState
from hotseat.settings import OFF, PROJECT, AsrSettings, LlmSettings, Settings, TtsSettings
from hotseat.startup.assembly import open_storage
from pydantic import SecretStr

from tests.support.command_line import hotseat
from tests.support.disks import fill, mounted
from tests.support.scripted_llm import nobody
from tests.support.stub_http import Stub, serving

CONTENT = (b"first half, ", b"second half")


def assert_mends(check: Check, *said: str, mend: str) -> None:
    """The check failed, its detail says what is wrong, and its mend what to do."""
    assert not check.ok
    for text in said:
        assert text in check.detail
    assert mend in check.mend


# ---- The installation -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "ok"), [((3, 10), False), ((3, 11), True), ((3, 14), True), ((3, 15), False), ((4, 0), False)]
)
def test_the_range_of_python(version: tuple[int, int], ok: bool) -> None:
    """Exactly the versions that pyproject.toml allows are well."""
    check = python(version)
    assert check.ok is ok and bool(check.mend) is not ok


LOCK = """
[[package]]
name = "numpy"
version = "2.4.6"
[[package]]
name = "numpy"
version = "2.5.5"
[[package]]
name = "piper-tts"
version = "1.8.0"
"""


def test_packages_against_the_lock(tmp_path: Path) -> None:
    """A version that is not in the lock file and a package that is not there are named; another's packages don't matter."""
    lock = tmp_path / "uv.lock"
    lock.write_text(LOCK)
    needed = dict.fromkeys(packages(lock, {}).detail.replace(" is missing", "").split("; "), "1")
    assert {"numpy", "piper-tts", "faster-whisper", "fastapi"} <= needed.keys() and "asyncpg" not in needed
    assert packages(lock, needed | {"numpy": "2.5.5", "Piper_TTS": "1.8.0", "somebody-elses": "0.1"}).ok
    wrong = packages(lock, needed | {"numpy": "1.0", "piper-tts": "1.8.0"})
    assert_mends(wrong, "numpy is 1.0, locked is 2.4.6 or 2.5.5", mend="uv sync --frozen")
    assert "piper" not in wrong.detail


def test_no_lock_file_is_no_fault(tmp_path: Path) -> None:
    """An installed wheel has none beside it; then every package has to be there, of whatever version."""
    needed = dict.fromkeys(packages(tmp_path / "uv.lock", {}).detail.replace(" is missing", "").split("; "), "0.0")
    assert packages(tmp_path / "uv.lock", needed).ok
    assert_mends(packages(tmp_path / "uv.lock", {}), "numpy is missing", mend="hotseat")


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("/home/ada/.local/share/pipx/venvs/hotseat", InstallMethod.PIPX),
        ("/home/ada/.local/share/uv/tools/hotseat", InstallMethod.UV_TOOL),
        ("/home/ada/.cache/uv/archive-v0/AbC", InstallMethod.UV_TOOL),
        ("/home/ada/interviews/.venv", InstallMethod.PIP),
    ],
)
def test_advice_names_the_installing_tool(prefix: str, expected: InstallMethod) -> None:
    """Advice names the tool that the package was installed with."""
    assert install_method(Path(prefix), files=Path(prefix) / "files") is expected


def test_a_checkout_is_told_apart() -> None:
    """These tests run from one."""
    assert install_method() is InstallMethod.CHECKOUT


def test_a_broken_bank(tmp_path: Path) -> None:
    """The file and field are named."""
    rubrics = shutil.copytree(PROJECT / "rubrics", tmp_path / "rubrics")
    core = rubrics / "transformers" / "core.toml"
    core.write_text(core.read_text().replace("title = ", "titel = ", 1))
    assert_mends(bank(Settings(rubrics_dir=rubrics)), "core.toml", "titel", mend="correct that file")


# ---- The place ------------------------------------------------------------------------------------------------------


def test_a_read_only_data_directory(tmp_path: Path) -> None:
    """It is named, with ways out."""
    with mounted(tmp_path / "locked", "64k") as locked:
        subprocess.run(["mount", "-o", "remount,ro", str(locked)], check=True)
        assert_mends(data_dir(locked), str(locked), "Read-only", mend="choose another")


def test_a_data_directory_where_a_file_is(tmp_path: Path) -> None:
    """What is in the way is named."""
    (tmp_path / "file").touch()
    assert_mends(data_dir(tmp_path / "file"), str(tmp_path / "file"), mend="choose another")


def test_a_data_directory_for_everybody() -> None:
    """Voices that every user of the machine can read are a fault, unless something above keeps them out."""
    with tempfile.TemporaryDirectory() as made:  # pytest's own folders are private already
        outer, shared = Path(made), Path(made) / "shared"
        outer.chmod(0o755)
        shared.mkdir()
        shared.chmod(0o755)
        assert_mends(data_dir(shared), "every user", mend=f"chmod o-rwx {shared}")
        outer.chmod(0o750)
        assert data_dir(shared).ok
        outer.chmod(0o755)
        shared.chmod(0o750)
        assert data_dir(shared).ok
        assert data_dir(outer / "new").ok and (outer / "new").stat().st_mode & 0o777 == 0o700


def test_a_full_disk(tmp_path: Path) -> None:
    """The free space is told beside what is needed; weights still to be joined count."""
    with mounted(tmp_path / "full", "64k") as full:
        fill(full)
        light = Settings(data_dir=full, llm=LlmSettings(url=OFF))
        assert_mends(disk(light), "0.0 GB free", "0.7 GB are needed", mend="HOTSEAT_DATA_DIR")
        assert_mends(disk(Settings(data_dir=full)), "0.7 GB are needed", mend="delete old interviews")
        assert "1.8 GB are needed" in disk(Settings(data_dir=full, grader="llm")).detail
        assert "0.5 GB are needed" in disk(Settings(data_dir=full, models_dir=tmp_path)).detail


async def test_exposure_without_access_control_is_a_fault(tmp_path: Path, quick_hashes: None) -> None:
    """Exposed without a token or accounts is a fault; exposed at all brings the advice to serve HTTPS."""
    assert (await access(Settings())).ok and not microphone(Settings()).mend
    exposed = Settings(host="0.0.0.0", data_dir=tmp_path)
    assert_mends(await access(exposed), "0.0.0.0", mend="HOTSEAT_TOKEN")
    assert (await access(Settings(host="0.0.0.0", data_dir=tmp_path, token=SecretStr("s" * 20)))).ok
    assert (await access(Settings(host="0.0.0.0", data_dir=tmp_path, token=SecretStr("auto")))).ok
    short = Settings(host="0.0.0.0", data_dir=tmp_path, token=SecretStr("short"))
    assert_mends(await access(short), "5 characters", mend="auto")
    storage, accounts = open_storage(exposed)
    await storage.store.migrate()
    await accounts.add("Ada", "four words make one", "owner")
    await storage.store.close()
    found = await access(exposed)
    assert found.ok and "accounts" in found.detail
    assert microphone(exposed).ok and "HTTPS" in microphone(exposed).mend


# ---- Weights and models ---------------------------------------------------------------------------------------------


@pytest.fixture
def weight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Weight:
    """Two installed packages with half a file each."""
    for number, content in enumerate(CONTENT, start=1):
        package = tmp_path / "site" / f"half_weights_{number}"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "part").write_bytes(content)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    whole = b"".join(CONTENT)
    parts = tuple((f"half_weights_{number}", "part") for number in (1, 2))
    return Weight("toy model", "toy.bin", parts, hashlib.sha256(whole).hexdigest(), len(whole))


def test_weights_that_are_whole(weight: Weight, tmp_path: Path) -> None:
    """Before they are joined and after."""
    assert "first start" in weight_files("Toy", [weight], tmp_path).detail
    assembled(weight, tmp_path)
    check = weight_files("Toy", [weight], tmp_path)
    assert check.ok and "sha256" in check.detail


def test_missing_weights(weight: Weight, tmp_path: Path) -> None:
    """The package that is missing is named, and how to install it."""
    shutil.rmtree(tmp_path / "site" / "half_weights_2")
    assert_mends(weight_files("Toy", [weight], tmp_path), "half-weights-2", mend='"local" extra')


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        (Settings(), False),
        (Settings(grader="llm"), True),
        (Settings(grader="llm", llm=LlmSettings(url="http://127.0.0.1:1/v1")), False),
    ],
)
def test_the_language_model_is_missed_only_where_it_grades(
    settings: Settings, wanted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where its packages are not installed, and how to install them is said."""
    absent = replace(QWEN_GGUF, name="absent.gguf", parts=(("absent_model_part1", "data"),))
    monkeypatch.setattr("hotseat.doctor.components.QWEN_GGUF", absent)
    checks = {check.name: check for check in weights(settings.model_copy(update={"models_dir": tmp_path}))}
    assert ("Weights of the language model" in checks) is wanted
    if wanted:
        missing = checks["Weights of the language model"]
        assert_mends(missing, "absent-model-part1", "hotseat[local,llm]", mend="HOTSEAT_GRADER=llm ./hotseat serve")


def test_a_wrong_hash(weight: Weight, tmp_path: Path) -> None:
    """Bytes that changed behind a good stamp, which a start does not see, are found by reading the file."""
    path = assembled(weight, tmp_path)
    path.write_bytes(path.read_bytes().replace(b"half", b"hulf", 1))
    check = weight_files("Toy", [weight], tmp_path)
    assert_mends(check, str(path), weight.sha256, mend=f"delete {path}")
    path.unlink()  # as it says
    assembled(weight, tmp_path)
    assert weight_files("Toy", [weight], tmp_path).ok


def test_a_part_that_is_off_without_having_been_turned_off() -> None:
    """An LLM that could not be loaded leaves the server running, but the doctor calls it a fault."""
    fell_back = Part(LLM, PartState.OFF, "no package")
    assert_mends(loaded(fell_back, Settings(grader="llm")), "no package", mend="HOTSEAT_LLM__URL")
    assert loaded(fell_back, Settings()).ok and loaded(fell_back, Settings(llm=LlmSettings(url=OFF))).ok
    assert loaded(Part(VOICE, PartState.OFF, ""), Settings(tts=TtsSettings(voice=OFF))).ok
    assert not loaded(Part(VOICE, PartState.FAILED, ""), Settings()).ok


@contextmanager
def listing(status: int, body: str, posted: tuple[int, str] = (501, "")) -> Iterator[str]:
    """An HTTP server that answers everything so, and what is posted to it so."""

    class Handler(Stub):
        def do_GET(self) -> None:
            self.answer(status, body)

        def do_POST(self) -> None:
            self.body()
            self.answer(*posted)

    with serving(Handler) as url:
        yield f"{url}/v1"


async def examined(url: str) -> Check:
    return await endpoint("LLM endpoint", "LLM", url, "small", SecretStr("k"))


@pytest.mark.parametrize(
    ("status", "body", "said", "mend"),
    [
        (401, "", "refuses the key", "HOTSEAT_LLM__API_KEY"),
        (404, "", "404", "usually in /v1"),
        (200, "<html>", "not a list of models", "usually in /v1"),
        (200, '{"data": 3}', "not a list of models", "usually in /v1"),
        (200, '{"data": [{"id": "large"}]}', "does not serve 'small', but large", "HOTSEAT_LLM__MODEL"),
    ],
)
async def test_an_endpoint_that_is_not_well(status: int, body: str, said: str, mend: str) -> None:
    """Each kind of fault has its own mend."""
    with listing(status, body) as url:
        assert_mends(await examined(url), said, mend=mend)


async def test_an_endpoint_that_is_well_or_dead() -> None:
    """The model is served; nothing listens; no such address."""
    with listing(200, '{"data": [{"id": "large"}, {"id": "small"}]}') as url:
        assert (await examined(url)).ok
    with nobody() as llm:
        assert_mends(await examined(llm.url), llm.url, mend="start that server")
    assert_mends(await examined("http://[broken/v1"), "nothing answers", mend="correct HOTSEAT_LLM__URL")


async def test_every_endpoint_is_asked() -> None:
    """Remote hearing and voice, too; these may have no list of models, but have to answer and take the key."""
    with listing(404, "") as url, nobody() as dead:
        remote = Settings(asr=AsrSettings(url=url), tts=TtsSettings(url=dead.url), llm=LlmSettings(url=OFF))
        hearing, voice = await endpoints(remote)
    assert hearing.ok and hearing.name == "Speech recognition endpoint"
    assert_mends(voice, dead.url, mend="HOTSEAT_TTS__URL")
    with listing(401, "") as url:
        [refused] = await endpoints(Settings(asr=AsrSettings(url=url), llm=LlmSettings(url=OFF)))
    assert_mends(refused, "refuses the key", mend="HOTSEAT_ASR__API_KEY")
    assert await endpoints(Settings()) == []


def test_the_doctor_command_names_a_dead_endpoint(tmp_path: Path) -> None:
    """Exit code 1, and below each check that failed its mend."""
    with nobody() as llm:
        done = hotseat(
            "doctor",
            HOTSEAT_DATA_DIR=str(tmp_path),
            HOTSEAT_LLM__URL=llm.url,
            HOTSEAT_TTS__VOICE=OFF,
            HOTSEAT_ASR__MODEL="/none",
        )
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    failed = [number for number, line in enumerate(lines) if line.startswith("FAIL ")]
    assert [lines[number].split(":")[0] for number in failed] == ["FAIL LLM endpoint", "FAIL Speech recognition", f"FAIL {LLM}"]
    assert all(lines[number + 1].startswith("     -> ") for number in failed)
    assert lines[failed[0] + 1] == "     -> start that server, or correct HOTSEAT_LLM__URL"
