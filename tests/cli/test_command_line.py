"""The command line and the system: streams, signals, ports, and servers that answer badly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from hotseat.cli import grade as cli_grade
from hotseat.cli import main as cli
from hotseat.domain.model import Grade, Verdict
from hotseat.errors import InputError, SettingsError
from hotseat.rehearsal.rehearse import RehearsalError, Script, is_hotseat, rehearse_interview
from hotseat.settings import PROJECT, Settings, load_settings

from tests.doctor.test_doctor import listing
from tests.support import scripted_llm
from tests.support.command_line import hotseat_here

ENTRY = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["scripts"]["hotseat"]
LORA = "finetuning/lora"
SAID = "LoRA freezes the base model and adds small trainable matrices."


def run(code: str, *arguments: str, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    """Python code in a process of its own."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True, cwd=PROJECT, timeout=100)


# ---- Settings -------------------------------------------------------------------------------------------------------


def test_an_empty_variable_is_as_if_it_were_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise an empty HOTSEAT_DATA_DIR would be the current folder."""
    for name in ("HOTSEAT_DATA_DIR", "HOTSEAT_PORT", "HOTSEAT_TOKEN", "HOTSEAT_LLM", "HOTSEAT_LLM__URL"):
        monkeypatch.setenv(name, "")
    settings, usual = load_settings(), Settings.model_fields
    assert settings.data_dir.is_absolute()
    assert (settings.port, settings.token, settings.llm) == (usual["port"].default, None, usual["llm"].default)


def test_a_group_is_told_from_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each variable with the name of a group, in any case, and how those of it are written."""
    monkeypatch.setenv("hotseat_llm", "off")
    monkeypatch.setenv("HOTSEAT_TTS", "off")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert str(refused.value) == (
        "HOTSEAT_TTS: is a group; set HOTSEAT_TTS__VOICE and the like; "
        "HOTSEAT_LLM: is a group; set HOTSEAT_LLM__URL and the like"
    )


def test_a_misspelt_variable_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what it may have been meant to be; others' variables of the same prefix, and empty ones, are passed over."""
    for name in ("HOTSEAT_RETENTION_DAY", "HOTSEAT_ASR__MODELL", "HOTSEAT_ASR_MODEL", "HOTSEAT_QQ"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("HOTSEAT_LOG_STILE", "")
    for name in ("HOTSEAT_LITE", "HOTSEAT_TEST_CHROMIUM", "HOTSEAT_SERVICE_HOST", "HOTSEAT_PORT_8000_TCP_ADDR"):
        monkeypatch.setenv(name, "x")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert str(refused.value) == (
        "HOTSEAT_ASR_MODEL: is no setting; did you mean HOTSEAT_ASR__MODEL?; "
        "HOTSEAT_ASR__MODELL: is no setting; did you mean HOTSEAT_ASR__MODEL?; "
        "HOTSEAT_QQ: is no setting; "
        "HOTSEAT_RETENTION_DAY: is no setting; did you mean HOTSEAT_RETENTION_DAYS?"
    )


@pytest.mark.parametrize("proxies", ["10.0.0.1/8", "caddy", "127.0.0.1,", "*,10.0.0.1", "10.0.0", "fe80::1%eth0/64"])
def test_a_proxy_list_that_names_nobody_is_refused(monkeypatch: pytest.MonkeyPatch, proxies: str) -> None:
    """An entry that no address would ever match is a mistake, and is named."""
    monkeypatch.setenv("HOTSEAT_TRUSTED_PROXIES", proxies)
    with pytest.raises(SettingsError, match=r"HOTSEAT_TRUSTED_PROXIES: .* is neither an address nor a network"):
        load_settings()


def test_proxies_are_told_by_their_networks() -> None:
    """Addresses, networks, or anybody."""
    some = load_settings(trusted_proxies="10.0.0.0/8, ::1")
    assert [some.is_proxy(address) for address in ("10.9.8.7", "::1", "127.0.0.1", "nobody", "")] == [
        True,
        True,
        False,
        False,
        True,
    ]
    assert load_settings(trusted_proxies="*").is_proxy("192.0.2.1")


def test_a_database_address_does_not_tell_its_password() -> None:
    """What follows an @ and a colon in it is taken for a port."""
    done = hotseat_here("accounts", "list", HOTSEAT_DATABASE_URL="postgresql+asyncpg://u:p@ss:cret/x@db/hotseat")
    assert done.returncode == 2 and "HOTSEAT_DATABASE_URL" in done.stderr
    assert "cret" not in done.stderr


def test_a_database_driver_that_is_missing() -> None:
    """What to install and how to write the address, not only which module Python could not find."""
    done = hotseat_here("accounts", "list", HOTSEAT_DATABASE_URL="postgresql://u:p@db/hotseat")
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
    assert "postgresql+asyncpg://" in done.stderr and "extra postgres" in done.stderr


# ---- Graders --------------------------------------------------------------------------------------------------------


def test_a_language_model_that_is_asked_for_grades_or_fails(tmp_path: Path) -> None:
    """With --grader llm no other grader stands in, for one answer or many; and "off" can't grade."""
    answer, batch = tmp_path / "answer.txt", tmp_path / "batch.jsonl"
    answer.write_text(SAID)
    batch.write_text(json.dumps({"id": "a", "question": LORA, "answer": SAID}))
    with scripted_llm.scripted_llm(scripted_llm.Script(raw=(500, "text/plain", ""))) as llm:
        grade = partial(hotseat_here, "grade", "--grader", "llm", HOTSEAT_LLM__URL=llm.url, HOTSEAT_DATA_DIR=str(tmp_path))
        one, many = grade("--question", LORA, "--answer-file", str(answer)), grade("--batch", str(batch))
    why = f"the language model could not grade: the language model at {llm.url} answered HTTP 500"
    assert (one.returncode, one.stdout) == (1, "") and why in one.stderr
    assert why in json.loads(many.stdout)["error"]
    off = grade("--question", LORA, "--answer-file", str(answer), HOTSEAT_LLM__URL="off")
    assert off.returncode == 2 and "HOTSEAT_LLM__URL" in off.stderr


def test_a_grade_by_a_stand_in_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the line with the verdict, and why."""

    async def stand_in(_settings: Settings, item: cli_grade.BatchItem) -> Grade:
        return Grade(item.question.id, Verdict.NO_HIRE, (), "embedded", fallback=True, reason="it was too slow")

    monkeypatch.setattr(cli_grade, "grade_one", stand_in)
    (tmp_path / "answer.txt").write_text(SAID)
    done = CliRunner().invoke(cli_grade.grade, ["--question", LORA, "--answer-file", str(tmp_path / "answer.txt")])
    assert done.output.splitlines()[0] == "No Hire  (embedded, in place of the language model: it was too slow)"


# ---- Streams and signals --------------------------------------------------------------------------------------------


def test_standard_input_may_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python has none then."""
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(InputError, match="standard input is closed"):
        cli_grade.read_text_of(Path("-"))


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("command", [("bank", "--json"), ("--version",)], ids=["long", "short"])
def test_output_that_can_not_be_written(command: tuple[str, ...], unbuffered: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is one line and exit code 1, whether the output is written at once or at the end."""
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        done = run("from hotseat.cli.main import main; main()", *command, stdout=full)
    finally:
        os.close(full)
    assert (done.returncode, done.stderr) == (1, "hotseat: can't write: No space left on device\n")


@pytest.mark.parametrize("start", ["import runpy; runpy.run_module('hotseat', run_name='__main__')", "console script"])
def test_ctrl_c_while_it_is_imported(start: str) -> None:
    """No traceback, however the program was started."""
    interrupted = """
import sys
class Interrupts:
    def find_spec(self, name, *_):
        if name == "hotseat.settings":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupts())
"""
    module, function = ENTRY.split(":")
    done = run(interrupted + (start if "import" in start else f"from {module} import {function}; {function}()"))
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_bad_audio_is_told_before_models_are_imported(tmp_path: Path) -> None:
    """That would take seconds."""
    (tmp_path / "text.wav").write_text("this is not audio\n" * 100)
    code = (
        "import atexit, sys; from hotseat.cli.main import main;"
        "atexit.register(lambda: print(*{'hotseat.startup.models', 'sqlalchemy'} & sys.modules.keys())); main()"
    )
    done = run(code, "transcribe", str(tmp_path / "text.wav"), "--question", "finetuning/lora")
    assert done.returncode == 2 and "text.wav is not audio" in done.stderr
    assert done.stdout.split() == []


# ---- The bank -------------------------------------------------------------------------------------------------------


def test_a_new_question_is_of_a_known_kind(tmp_path: Path) -> None:
    """Another kind would break the bank; those there are, are named."""
    done = hotseat_here("bank", "add", "rag/new", "--title", "New", "--kind", "bogus", HOTSEAT_RUBRICS_DIR=str(tmp_path))
    assert done.returncode == 2 and "'bogus' is not one of 'core', 'concept'" in done.stderr
    assert not list(tmp_path.iterdir())


# ---- Sockets --------------------------------------------------------------------------------------------------------


def test_a_second_server_learns_at_once_that_the_port_is_taken() -> None:
    """Also while the first has not served anything yet."""
    with closing(cli.listen(Settings(port=0))) as first, pytest.raises(InputError, match="--port or HOTSEAT_PORT"):
        cli.listen(Settings(port=first.getsockname()[1]))


@pytest.mark.parametrize("host", ["192.0.2.1", "ä..b"])
def test_an_address_of_another_machine(host: str) -> None:
    """Not the port is at fault but the host."""
    with pytest.raises(InputError, match="another with --host or HOTSEAT_HOST"):
        cli.listen(Settings(host=host, port=0))


def test_an_address_in_brackets() -> None:
    """As it stands in a link."""
    assert Settings(host="[::1]").host == "::1"


SOMEBODY_ELSE = "is no Hotseat"


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (200, "<html>", SOMEBODY_ELSE),
        (404, "<html>", SOMEBODY_ELSE),
        (200, "[]", SOMEBODY_ELSE),
        (200, '{"status": "ok"}', SOMEBODY_ELSE),
        (404, '{"detail": "Not Found"}', SOMEBODY_ELSE),
        (401, '{"error": "sign in first"}', "sign in first; set HOTSEAT_TOKEN"),
    ],
)
async def test_a_rehearsal_with_another_server(status: int, body: str, why: str) -> None:
    """What another web application answers is no reason for a traceback, and one that refuses says how to be let in."""
    with listing(status, body) as url:
        with pytest.raises(InputError, match=why):
            await rehearse_interview(Settings(), Script(files=(), url=url))
        assert await is_hotseat(url) is (body == '{"status": "ok"}')


@pytest.mark.parametrize(
    ("status", "body", "error", "why"),
    [(502, "<html>", InputError, SOMEBODY_ELSE), (201, '{"id": "x"}', RehearsalError, "the interview broke off")],
)
async def test_a_rehearsal_through_a_proxy_that_fails(status: int, body: str, error: type[Exception], why: str) -> None:
    """A page of the proxy's own where an interview is to be made, and no WebSocket."""
    with listing(200, '{"ready": true, "parts": []}', posted=(status, body)) as url, pytest.raises(error, match=why):
        await rehearse_interview(Settings(), Script(files=(), url=url))


async def test_a_rehearsal_at_no_address() -> None:
    """A port that is not a number."""
    with pytest.raises(InputError, match="http://host:port is no address"):
        await rehearse_interview(Settings(), Script(files=(), url="http://host:port"))


async def test_a_rehearsal_that_types_more_than_an_answer_may_have() -> None:
    """Refused before a server is looked for."""
    with pytest.raises(InputError, match="more than 8,000 characters"):
        await rehearse_interview(Settings(), Script(files=(), typed=("so on " * 2000,)))


# ---- Places ---------------------------------------------------------------------------------------------------------


def test_a_data_directory_that_can_not_be_used(tmp_path: Path) -> None:
    """It is a setting that is wrong: exit code 2, and how to choose another."""
    (tmp_path / "file").touch()
    done = hotseat_here("accounts", "list", HOTSEAT_DATA_DIR=str(tmp_path / "file"))
    assert done.returncode == 2 and "choose another with HOTSEAT_DATA_DIR" in done.stderr


def test_a_file_does_not_steer_the_terminal(tmp_path: Path) -> None:
    """What is wrong with somebody's file is told with its control characters written out."""
    files = {"hotseat.db": {"bytes": 0, "sha256": "0" * 64}}
    manifest = {"hotseat": "1", "created": "2026-01-01T00:00:00Z", "files": files}
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as file:
        file.writestr("manifest.json", json.dumps(manifest))
        file.writestr("a\x1b[2J\x9b2J\u202eb", "")
    done = hotseat_here("backup", "--verify", str(tmp_path / "evil.zip"), HOTSEAT_DATA_DIR=str(tmp_path))
    assert done.returncode == 2 and "a\\u001b[2J\\u009b2J\\u202eb is not in manifest.json" in done.stderr, done.stderr


def test_the_schema_of_exports_needs_no_file() -> None:
    """It goes to stdout; an export has to be given one."""
    done = hotseat_here("export", "--schema")
    assert done.returncode == 0 and done.stdout == (PROJECT / "docs" / "export.schema.json").read_text()
    done = hotseat_here("export", "--all")
    assert done.returncode == 2 and "-o" in done.stderr


def test_a_password_needs_standard_input() -> None:
    """Which may be closed."""
    command = ["sh", "-c", f"{sys.executable} -m hotseat accounts add Ada <&-"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, timeout=100)
    assert (done.returncode, done.stderr) == (2, "hotseat: standard input is closed; the password is its first line\n")
